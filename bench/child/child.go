// Package child runs a Parley server as a process of its own, so that what it
// costs is told apart from what the load costs, and so that it can be killed.
package child

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options of a server. All but Logger and Env are needed.
type Options struct {
	Binary string   // the program
	Dir    string   // an empty folder: configuration, data and log
	Config []byte   // what it serves
	Env    []string // added to this process's environment
	Logger *slog.Logger
}

const (
	startLimit = 5 * time.Minute // recovery included
	stopLimit  = 30 * time.Second
)

// Server is a running process.
type Server struct {
	options Options
	listen  string // with the port that it took
	admin   string
	exited  chan struct{}

	mu      sync.Mutex // the process may be asked about while it is replaced
	command *exec.Cmd
	spent   float64 // CPU seconds of the processes before this one
}

// Start writes the configuration and returns when the server listens.
func Start(ctx context.Context, o Options) (*Server, error) {
	s := &Server{options: o, listen: "127.0.0.1:0", admin: "127.0.0.1:0"}
	if err := os.WriteFile(filepath.Join(o.Dir, "bench.yaml"), o.Config, 0o600); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	return s, s.start(ctx)
}

func (s *Server) start(ctx context.Context) error {
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	defer log.Close()
	c := exec.Command(s.options.Binary, "serve", "--config", filepath.Join(s.options.Dir, "bench.yaml"),
		"--data", filepath.Join(s.options.Dir, "data"), "--listen", s.listen, "--admin-listen", s.admin, "--log-level", "warn")
	c.Stderr = log
	c.Env = append(os.Environ(), s.options.Env...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's interrupt is for the generator
	out, err := c.StdoutPipe()
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("server: start %s: %w", s.options.Binary, err)
	}
	s.mu.Lock()
	s.command = c
	s.mu.Unlock()
	s.exited = make(chan struct{})
	first, exited := make(chan string, 1), s.exited
	go func() {
		r := bufio.NewReader(out)
		line, _ := r.ReadString('\n')
		first <- line
		_, _ = io.Copy(io.Discard, r)
		_ = c.Wait() // how it ended is in ProcessState
		close(exited)
	}()
	return s.await(ctx, first)
}

func (s *Server) await(ctx context.Context, first <-chan string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	select {
	case line := <-first:
		if n, err := fmt.Sscanf(strings.NewReplacer("http://", "", "(", "", ")", "").Replace(line), "listening on %s admin %s", &s.listen, &s.admin); n != 2 {
			_ = s.command.Process.Kill()
			return fmt.Errorf("server: said %q: %w; its log: %s", line, err, s.Log())
		}
		return nil
	case <-ctx.Done():
		_ = s.command.Process.Kill()
		return fmt.Errorf("server: not listening: %w; its log: %s", ctx.Err(), s.Log())
	}
}

// URL is where clients connect.
func (s *Server) URL() string {
	u := url.URL{Scheme: "ws", Host: s.listen, Path: "/v1/ws"}
	return u.String()
}

// Admin is the operator's address.
func (s *Server) Admin() string { return "http://" + s.admin }

// Kill ends the process as a power cut would, and returns when it is gone.
func (s *Server) Kill() {
	if u, err := s.Usage(); err == nil {
		s.mu.Lock()
		s.spent = u.CPU
		s.mu.Unlock()
	}
	_ = s.command.Process.Kill()
	<-s.exited
}

// Restart starts it again on the same addresses and data.
func (s *Server) Restart(ctx context.Context) error { return s.start(ctx) }

// Stop lets the server drain and end.
func (s *Server) Stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("server: %w", err)
	}
	select {
	case <-s.exited:
	case <-time.After(stopLimit):
		_ = s.command.Process.Kill()
		<-s.exited
		return errors.New("server: did not end when it was asked to")
	}
	if state := s.command.ProcessState; !state.Success() {
		return fmt.Errorf("server: ended with %s; its log: %s", state, s.Log())
	}
	return nil
}

// Exited is closed when the process has ended.
func (s *Server) Exited() <-chan struct{} { return s.exited }

func (s *Server) logFile() string { return filepath.Join(s.options.Dir, "server.log") }

// Log is the end of what the server has logged.
func (s *Server) Log() string {
	text, err := os.ReadFile(s.logFile())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}
