package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// killConfig has every mode of wrap-up and times short enough to run out in a
// life of the process. However slow the machine is, no chat is refused for it.
const killConfig = `
tokens: {issuer: parley, audience: parley, secret_file: secret, max_customer_lifetime: 4h}
limits:
  customer: {per_second: 1000, burst: 1000, sessions: 100, unanswered: 100}
  desk: {per_second: 1000, burst: 1000, sessions: 100, unanswered: 100}
  address: {trust_loopback: true}
  answer_within: 1m
channels:
  - {id: livechat, customer_grace: {waiting: 2s, served: 3s}}
queues:
  - {id: support, offer_timeout: 2s, min_alert: 100ms, reject_hold: 300ms, rating_window: 1s, max_wait: never, strategy: longest_idle,
     wrapup: {mode: mandatory, notes: true, codes: [{code: solved}, {code: other}]}}
  - {id: sales, offer_timeout: 2s, min_alert: 100ms, reject_hold: 300ms, rating_window: 1s, max_wait: never, strategy: least_busy,
     wrapup: {mode: timed, limit: 1s, extend: 1s, extensions: 2, codes: [{code: solved}, {code: other}]}}
  - {id: claims, offer_timeout: 2s, min_alert: 100ms, reject_hold: 300ms, rating_window: 1s, max_wait: never, strategy: round_robin,
     wrapup: {mode: mandatory, blocking: agent, codes: [{code: solved}, {code: other}]}}
  - {id: lobby, offer_timeout: 2s, min_alert: 100ms, reject_hold: 300ms, rating_window: 1s, max_wait: 3s,
     on_max_wait: {queue: support, text: "One moment more."}, wrapup: {mode: none}}
sources:
  - {id: web, channel: livechat, queue: support}
  - {id: shop, channel: livechat, queue: sales}
  - {id: portal, channel: livechat, queue: claims}
  - {id: door, channel: livechat, queue: lobby}
agents:
  - {id: alice, queues: [support, sales, claims, lobby], capacity: 4}
  - {id: bob, queues: [support, sales, lobby], capacity: 3}
  - {id: carol, queues: [support, claims], capacity: 2}
  - {id: dave, queues: [support, sales, claims, lobby], capacity: 4}
presence_reasons: [{code: break}]
desk: {grace: 2s, reject_delay: 20ms, no_answer_delay: 20ms, reserve_ttl: 1s, reserve_wait: 500ms}
`

// server is the real process, started on the same data and the same address
// again and again.
type server struct {
	t       *testing.T
	dir     string
	address string // of the public listener, since the first start
	log     *os.File
	secret  []byte
	env     []string      // beside this process's own
	shift   time.Duration // of the wall clock that the engine reads, in the process that is started next
	admin   string        // the operator's address of the present process
	flags   []string      // of serve, beside those that every life has
	trust   *tls.Config   // what clients of a public listener with TLS believe; nil without

	process *exec.Cmd
	ready   chan [2]string // its addresses, once the process listens
	exit    chan error     // how it ended
}

// shipped is the real program, built once for all tests.
func shipped(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "parley")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), address: "127.0.0.1:0", secret: bytes.Repeat([]byte("parley"), 8)}
	write(t, s.path("secret"), string(s.secret))
	write(t, s.path("parley.yaml"), killConfig)
	log, err := os.Create(s.path("log"))
	if err != nil {
		t.Fatal(err)
	}
	s.log = log
	t.Cleanup(func() {
		if s.process != nil {
			_ = s.process.Process.Kill()
			<-s.exit
		}
		_ = log.Close()
	})
	return s
}

func (s *server) path(name string) string { return filepath.Join(s.dir, name) }

// start starts the process and does not wait for it.
func (s *server) start() {
	s.t.Helper()
	s.process = exec.Command(shipped(s.t), append([]string{"serve", "--config", s.path("parley.yaml"), "--data", s.path("data"),
		"--listen", s.address, "--admin-listen", "127.0.0.1:0", "--log-level", "warn"}, s.flags...)...)
	s.process.Stderr, s.process.Env = s.log, append(os.Environ(), append([]string{"PARLEY_DISK_REFUSE=0"}, s.env...)...) // disks are small here, and meant to fill
	if s.shift != 0 {                                                                                                    // the program is in the test's own binary as well
		s.process.Path = os.Args[0]
		s.process.Env = append(s.process.Env, clockShift+"="+s.shift.String())
	}
	out, err := s.process.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	ready, exit, process := make(chan [2]string, 1), make(chan error, 1), s.process
	s.ready, s.exit = ready, exit
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if at := firstLine.FindStringSubmatch(lines.Text()); at != nil {
				ready <- [2]string{at[1], at[2]}
			}
		}
		exit <- process.Wait()
	}()
}

// serving waits until the process listens. It may be called again.
func (s *server) serving() {
	s.t.Helper()
	select {
	case at := <-s.ready:
		s.address, s.admin = at[0], at[1]
		s.ready <- at
	case err := <-s.exit:
		s.exit <- err
		s.t.Fatalf("the server ended with %v:\n%s", err, s.tail())
	case <-time.After(3 * patience): // it shares the machine with other tests
		s.t.Fatalf("the server does not listen:\n%s", s.tail())
	}
}

// kill is kill -9.
func (s *server) kill() {
	s.t.Helper()
	if err := s.process.Process.Kill(); err != nil {
		s.t.Fatalf("kill: %v, the server ended by itself:\n%s", err, s.tail())
	}
	<-s.exit
	s.process = nil
}

// terminate asks the process to end and waits until it has.
func (s *server) terminate() {
	s.t.Helper()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case err := <-s.exit:
		s.process = nil
		if err != nil {
			s.t.Errorf("after SIGTERM the server ended with %v:\n%s", err, s.tail())
		}
	case <-time.After(patience):
		s.t.Fatalf("SIGTERM does not end the server:\n%s", s.tail())
	}
}

// tail is the end of the log of all lives.
func (s *server) tail() string {
	text, err := os.ReadFile(s.path("log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4000):])
}

// checkLog: no life of the process had an error or a panic to tell of, but for
// those that the test has provoked.
func (s *server) checkLog(but ...string) {
	s.t.Helper()
	text, err := os.ReadFile(s.path("log"))
	if err != nil {
		s.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		for _, bad := range []string{"level=ERROR", "panic", "quarantine", "snapshot refused", "WARNING: DATA RACE"} {
			if strings.Contains(line, bad) && !slices.ContainsFunc(but, func(known string) bool { return strings.Contains(line, known) }) {
				s.t.Errorf("the server's log says: %s", line)
			}
		}
	}
}
