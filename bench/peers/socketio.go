package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// rooms is socket.io with Redis. Its ends live in a process of Node's that this
// one talks to by lines, so that they are socket.io's own client.
type rooms struct{ scripts string }

// Talk implements talker. The CPU is that of the server and of Redis.
func (r rooms) Talk(ctx context.Context, dir string, load Talk) (run, error) {
	if err := r.ready(); err != nil {
		return nil, err
	}
	var opened []io.Closer
	shut := func() {
		for i := len(opened) - 1; i >= 0; i-- {
			_ = opened[i].Close() // processes that are killed
		}
	}
	servers, url, err := r.serve(ctx, dir)
	for _, p := range servers {
		opened = append(opened, closing(p.Close))
	}
	if err != nil {
		shut()
		return nil, err
	}
	crowd, err := r.crowd(ctx, url, load.Pairs)
	if err != nil {
		shut()
		return nil, err
	}
	opened = append(opened, closing(crowd.close))
	usage := func() (Usage, error) { return sum(servers) }
	return talk(load, crowd.pairs(), usage, shut), nil
}

type closing func()

// Close implements io.Closer.
func (c closing) Close() error { c(); return nil }

// ready reports what is not installed.
func (r rooms) ready() error {
	for _, program := range []string{"node", "redis-server"} {
		if _, err := exec.LookPath(program); err != nil {
			return missing(program, "install it, see README.md")
		}
	}
	if _, err := os.Stat(filepath.Join(r.scripts, "node_modules")); err != nil {
		return missing("socket.io", "run npm install in "+r.scripts)
	}
	return nil
}

func (r rooms) serve(ctx context.Context, dir string) ([]*process, string, error) {
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	redis, err := start(dir, "redis-server", "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	if err != nil {
		return nil, "", err
	}
	servers := []*process{redis}
	at := fmt.Sprintf("127.0.0.1:%d", port)
	if err := redis.listens(ctx, at); err != nil {
		return servers, "", err
	}
	if port, err = freePort(); err != nil {
		return servers, "", err
	}
	inner := filepath.Join(dir, "node")
	if err := os.MkdirAll(inner, 0o700); err != nil {
		return servers, "", err
	}
	node, err := start(inner, "node", filepath.Join(r.scripts, "server.mjs"), strconv.Itoa(port), "redis://"+at)
	if err != nil {
		return servers, "", err
	}
	servers, at = append(servers, node), fmt.Sprintf("127.0.0.1:%d", port)
	return servers, "http://" + at, node.listens(ctx, at)
}

// sum is what several processes have taken together.
func sum(servers []*process) (Usage, error) {
	var all Usage
	var errs []error
	for _, p := range servers {
		u, err := p.Usage()
		all.CPU, all.RSS = all.CPU+u.CPU, all.RSS+u.RSS
		errs = append(errs, err)
	}
	return all, errors.Join(errs...)
}

// roomCrowd is the process of all ends.
type roomCrowd struct {
	command *exec.Cmd
	mu      sync.Mutex
	in      io.Writer
	ends    []*roomEnd
}

type roomEnd struct {
	ear
	crowd *roomCrowd
	index int
	acked chan struct{}
}

func (r rooms) crowd(ctx context.Context, url string, pairs int) (*roomCrowd, error) {
	c := &roomCrowd{command: exec.Command("node", filepath.Join(r.scripts, "ends.mjs"), url, strconv.Itoa(pairs))}
	c.command.Stderr = os.Stderr
	in, err := c.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.in = in
	for i := range 2 * pairs {
		c.ends = append(c.ends, &roomEnd{ear: newEar(), crowd: c, index: i, acked: make(chan struct{}, 1)})
	}
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	open := make(chan error, 1)
	go c.read(bufio.NewScanner(out), open)
	select {
	case err = <-open:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// read takes what the ends tell.
func (c *roomCrowd) read(lines *bufio.Scanner, open chan<- error) {
	opened := false
	for lines.Scan() {
		what, which, _ := strings.Cut(lines.Text(), " ")
		if what == "open" {
			opened = true
			open <- nil
			continue
		}
		n, err := strconv.Atoi(which)
		if err != nil || n < 0 || n >= len(c.ends) {
			continue // not a line of the ends
		}
		if what == "ack" {
			c.ends[n].acked <- struct{}{}
		} else {
			c.ends[n].hears()
		}
	}
	if !opened {
		open <- errors.New("the ends have closed before they were open")
	}
}

func (c *roomCrowd) pairs() [][2]end {
	var all [][2]end
	for i := 0; i < len(c.ends); i += 2 {
		all = append(all, [2]end{c.ends[i], c.ends[i+1]})
	}
	return all
}

func (c *roomCrowd) close() {
	_ = c.command.Process.Kill() // it may be gone
	_ = c.command.Wait()
}

// Say implements end.
func (e *roomEnd) Say(ctx context.Context, text string) error {
	e.crowd.mu.Lock()
	_, err := fmt.Fprintf(e.crowd.in, "%d %s\n", e.index, text)
	e.crowd.mu.Unlock()
	if err != nil {
		return err
	}
	return wait(ctx, e.acked)
}
