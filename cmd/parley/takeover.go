package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A process takes another one's place on the same folder in four words over a
// socket in it:
//
//	successor    "claim"
//	predecessor  "sockets public admin", and the listeners themselves
//	successor    "ready": it can use them; until then nothing has happened
//	predecessor  sends everybody away, closes the journal: "yours"
//
// Who connects meanwhile waits in the kernel's queue of the listeners, which are
// never closed, and is served by the successor.
const (
	wordClaim   = "claim"
	wordSockets = "sockets"
	wordReady   = "ready"
	wordYours   = "yours"
)

// takeoverSocket is the name of that socket in the data folder.
const takeoverSocket = "takeover.sock"

// wordWithin bounds the wait for a word that needs no work.
const wordWithin = 5 * time.Second

// errNobody is a folder that no process serves.
var errNobody = errors.New("no process serves this folder")

// talk is one end of the conversation.
type talk struct {
	conn *net.UnixConn
	in   *bufio.Reader
}

func newTalk(c *net.UnixConn) *talk { return &talk{c, bufio.NewReader(c)} }

func (t *talk) say(words ...string) error {
	_ = t.conn.SetWriteDeadline(time.Now().Add(wordWithin))
	_, err := io.WriteString(t.conn, strings.Join(words, " ")+"\n")
	return err
}

// hear waits for a line that begins with a word.
func (t *talk) hear(word string, within time.Duration) error {
	_ = t.conn.SetReadDeadline(time.Now().Add(within))
	line, err := t.in.ReadString('\n')
	if err != nil {
		return fmt.Errorf("waiting for %q: %w", word, err)
	}
	if got := strings.TrimSpace(line); got != word {
		return fmt.Errorf("expected %q, heard %q", word, got)
	}
	return nil
}

// near is an address for a socket in a folder whose path may be longer than the
// 107 bytes that an address can have. The folder has to stay open for it.
func near(dir *os.File) *net.UnixAddr {
	return &net.UnixAddr{Net: "unix", Name: fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), takeoverSocket)}
}

// heirs lets a later process take this one's place. What cannot be offered is
// no reason not to serve.
func heirs(dir string, log *slog.Logger) (claims <-chan *talk, end func()) {
	folder, err := os.Open(dir)
	if err != nil {
		log.Warn("no later process can take over", "err", err)
		return nil, func() {}
	}
	defer folder.Close()
	_ = os.Remove(filepath.Join(dir, takeoverSocket)) // of a process that was killed: we hold the folder now
	l, err := net.ListenUnix("unix", near(folder))
	if err != nil {
		log.Warn("no later process can take over", "err", err)
		return nil, func() {}
	}
	l.SetUnlinkOnClose(false) // its path is gone with the folder's descriptor, and the successor has one of its own there
	_ = os.Chmod(filepath.Join(dir, takeoverSocket), 0o600)
	found := make(chan *talk)
	stop := make(chan struct{})
	go func() {
		for {
			conn, err := l.AcceptUnix()
			if err != nil {
				return
			}
			t := newTalk(conn)
			if err := t.hear(wordClaim, wordWithin); err != nil {
				log.Warn("somebody at the take-over socket", "err", err)
				_ = conn.Close()
				continue
			}
			select {
			case found <- t:
			case <-stop:
				_ = conn.Close()
			}
		}
	}()
	return found, func() { close(stop); _ = l.Close() }
}

// bequeath hands the listeners to a successor and returns when that can use
// them. With an error nothing has happened.
func (t *talk) bequeath(named map[string]net.Listener) error {
	words, rights := []string{wordSockets}, []int{}
	for _, name := range []string{publicSocket, adminSocket} {
		l, ok := named[name].(*net.TCPListener)
		if !ok {
			return fmt.Errorf("the %s listener is a %T, expected one of TCP", name, named[name])
		}
		f, err := l.File()
		if err != nil {
			return err
		}
		defer f.Close()
		words, rights = append(words, name), append(rights, int(f.Fd()))
	}
	_ = t.conn.SetWriteDeadline(time.Now().Add(wordWithin))
	if err := sendFiles(t.conn, strings.Join(words, " ")+"\n", rights); err != nil {
		return err
	}
	return t.hear(wordReady, 4*wordWithin)
}

// predecessor is the process whose place is taken.
type predecessor struct {
	talk    *talk
	sockets sockets
}

// claim asks the process that serves a folder for its listeners.
func claim(ctx context.Context, dir string) (*predecessor, error) {
	folder, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNobody
	}
	if err != nil {
		return nil, fmt.Errorf("take over: %w", err)
	}
	defer folder.Close()
	dialer := net.Dialer{Timeout: wordWithin}
	c, err := dialer.DialContext(ctx, "unix", near(folder).Name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, errNobody
	}
	if err != nil {
		return nil, fmt.Errorf("take over: %w", err)
	}
	conn := c.(*net.UnixConn) // what "unix" dials
	p := &predecessor{talk: newTalk(conn)}
	if err := p.inherit(); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("take over: %w", err)
	}
	return p, nil
}

// inherit takes the listeners in.
func (p *predecessor) inherit() error {
	if err := p.talk.say(wordClaim); err != nil {
		return err
	}
	_ = p.talk.conn.SetReadDeadline(time.Now().Add(wordWithin))
	text, fds, err := receiveFiles(p.talk.conn)
	if err != nil {
		return fmt.Errorf("waiting for the sockets: %w", err)
	}
	words := strings.Fields(text)
	if len(words) != 1+len(fds) || words[0] != wordSockets {
		return fmt.Errorf("%d sockets came with %q", len(fds), text)
	}
	p.sockets = sockets{named: map[string]net.Listener{}, moved: true}
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), words[i+1])
		l, err := net.FileListener(f)
		_ = f.Close()
		if err != nil {
			return fmt.Errorf("the socket %s: %w", words[i+1], err)
		}
		p.sockets.named[words[i+1]] = l
	}
	return nil
}

// leave lets the predecessor go, and returns when the folder is free. If it
// dies meanwhile, the folder is free too.
func (p *predecessor) leave(within time.Duration) error {
	defer p.talk.conn.Close()
	if err := p.talk.say(wordReady); err != nil {
		return fmt.Errorf("take over: %w", err)
	}
	err := p.talk.hear(wordYours, within)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("take over: %w", err)
	}
	return nil
}

// keep leaves everything to the predecessor.
func (p *predecessor) keep() {
	p.sockets.close()
	_ = p.talk.conn.Close()
}
