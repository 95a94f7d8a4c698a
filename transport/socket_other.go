//go:build !unix

package transport

import "syscall"

// attempt cannot write without waiting here, and leaves all to who waits.
type attempt struct{}

func (*attempt) write(syscall.RawConn, []byte) (int, error) { return 0, nil }

// take leaves the reading to the library.
func (a *arrival) take(uintptr) bool { return true }
