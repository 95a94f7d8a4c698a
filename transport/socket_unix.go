//go:build unix

package transport

import (
	"errors"
	"io"
	"syscall"
)

// attempt is one write that does not wait, and room to say what came of it.
type attempt struct {
	p    []byte
	n    int
	err  error
	call func(fd uintptr) bool // once, made once
}

// write returns how much the system has taken, which may be nothing.
func (a *attempt) write(raw syscall.RawConn, p []byte) (int, error) {
	if a.call == nil {
		a.call = a.once
	}
	a.p, a.n, a.err = p, 0, nil
	err := raw.Write(a.call)
	a.p = nil
	return a.n, errors.Join(err, a.err)
}

// once always reports that it is done, so that nobody waits for more room.
func (a *attempt) once(fd uintptr) bool {
	for {
		n, err := syscall.Write(int(fd), a.p)
		switch {
		case err == nil && n == 0 && len(a.p) > 0:
			a.err = io.ErrUnexpectedEOF
		case err == nil:
			a.n = n
		case err == syscall.EINTR: // as the call gives it, which is not wrapped
			continue
		case err != syscall.EAGAIN:
			a.err = err
		}
		return true
	}
}

// take reads what has come, and reports false when that is nothing yet.
func (a *arrival) take(fd uintptr) bool {
	a.room = rooms.Get().(*room)
	for {
		n, err := syscall.Read(int(fd), a.room[:])
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			a.give()
			return false
		case err != nil:
			a.err = err
		case n == 0:
			a.err = io.EOF
		default:
			a.left = a.room[:n]
			return true
		}
		a.give()
		return true
	}
}
