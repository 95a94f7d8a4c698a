package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/parley-engine/parley/bench/child"
)

// process is a server that runs beside the load.
type process struct {
	command *exec.Cmd
	log     string
	exited  chan struct{}
}

// start runs a program in a folder, its output going to a log there.
func start(dir, name string, arg ...string) (*process, error) {
	log := filepath.Join(dir, "log")
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := &process{command: exec.Command(name, arg...), log: log, exited: make(chan struct{})}
	p.command.Dir, p.command.Stdout, p.command.Stderr = dir, out, out
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		_ = p.command.Wait() // its end is all that counts
		close(p.exited)
	}()
	return p, nil
}

// Usage is what the process has taken.
func (p *process) Usage() (Usage, error) {
	u, err := child.UsageOf(p.command.Process.Pid)
	return Usage{u.CPU, u.RSS}, err
}

// Close kills the process and waits for its end.
func (p *process) Close() {
	_ = p.command.Process.Kill() // it may be gone
	<-p.exited
}

// listens waits until somebody listens at the address.
func (p *process) listens(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended: %s", filepath.Base(p.command.Path), tail(p.log))
		case <-ctx.Done():
			return fmt.Errorf("%s does not listen at %s: %s", filepath.Base(p.command.Path), address, tail(p.log))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// tail is the end of a log.
func tail(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	var last []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if last = append(last, lines.Text()); len(last) > 5 {
			last = last[1:]
		}
	}
	return strings.Join(last, " | ")
}

// freePort is a port of loopback that nobody listens on just now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// self runs one of this program's own servers, which says its address on the
// first line of its output.
func self(ctx context.Context, dir string, arg ...string) (*process, string, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	p, err := start(dir, program, arg...)
	if err != nil {
		return nil, "", err
	}
	for {
		if line, err := firstLine(p.log); err == nil {
			return p, line, nil
		}
		select {
		case <-p.exited:
			return nil, "", fmt.Errorf("%v ended: %s", arg, tail(p.log))
		case <-ctx.Done():
			p.Close()
			return nil, "", ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func firstLine(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadString('\n')
	if errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimSpace(line), err
}
