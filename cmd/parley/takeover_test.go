package main

import (
	"context"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// moves times how long people are between two processes: from the goodbye of
// the one, or the end of the connection if that comes first, to the welcome of
// the other.
type moves struct {
	mu    sync.Mutex
	here  map[string]bool // connected
	left  map[string]time.Time
	still map[string]bool     // to be moved by the restart that is under way, nil without one
	last  map[string]*watched // connection
	took  []time.Duration
	stir  chan struct{} // somebody has arrived, or has gone for himself
}

func newMoves() *moves {
	return &moves{here: map[string]bool{}, left: map[string]time.Time{}, last: map[string]*watched{}, stir: make(chan struct{}, 1)}
}

func (m *moves) leave(name string, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.here, name)
	if m.still != nil && m.left[name].IsZero() {
		m.left[name] = at
	}
}

func (m *moves) arrive(name string, at time.Time) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.here[name] = true
	if left := m.left[name]; !left.IsZero() {
		m.took = append(m.took, at.Sub(left))
		delete(m.left, name)
		delete(m.still, name)
	}
	m.changed()
}

func (m *moves) changed() {
	select {
	case m.stir <- struct{}{}:
	default:
	}
}

// until waits until nobody is missing any more, and names who is if that takes
// too long.
func (m *moves) until(t *testing.T, what string, missing func() []string) {
	t.Helper()
	for end := time.After(patience); ; {
		m.mu.Lock()
		names := missing()
		m.mu.Unlock()
		if len(names) == 0 {
			return
		}
		select {
		case <-m.stir:
		case <-end:
			t.Fatalf("not %s: %v", what, names)
		}
	}
}

// complete waits until all of these people are connected.
func (m *moves) complete(t *testing.T, names []string) {
	t.Helper()
	m.until(t, "connected", func() []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return m.here[name] })
	})
}

// during counts who leaves while something is done, and waits until everybody
// who was there before has been moved by it.
func (m *moves) during(t *testing.T, restart func()) {
	t.Helper()
	m.mu.Lock()
	m.still = maps.Clone(m.here)
	m.mu.Unlock()
	restart()
	m.until(t, "moved", func() []string { return slices.Sorted(maps.Keys(m.still)) })
	m.mu.Lock()
	m.still = nil
	m.mu.Unlock()
}

// forget leaves out somebody who has gone because he wanted to.
func (m *moves) forget(name string) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.here, name)
	delete(m.left, name)
	delete(m.still, name)
	m.changed()
}

// watch notes the end of a person's connection, unless he has another by then.
func (m *moves) watch(c net.Conn, name string) net.Conn {
	if m == nil {
		return c
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last[name] = &watched{c, m, name}
	return m.last[name]
}

type watched struct {
	net.Conn
	moves *moves
	name  string
}

// Close is called by the client when the server has said to go.
func (w *watched) Close() error {
	w.moves.mu.Lock()
	last := w.moves.last[w.name] == w
	w.moves.mu.Unlock()
	if last {
		w.moves.leave(w.name, time.Now())
	}
	return w.Conn.Close()
}

// of is the log of a person's client.
func (m *moves) of(name string) *slog.Logger {
	if m == nil {
		return nil
	}
	return slog.New(&moveLog{m, name})
}

type moveLog struct {
	*moves
	name string
}

func (l *moveLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *moveLog) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *moveLog) WithGroup(string) slog.Handler            { return l }

func (l *moveLog) Handle(_ context.Context, r slog.Record) error {
	switch r.Message {
	case "server says goodbye":
		l.leave(l.name, r.Time)
	case "connected again":
		l.arrive(l.name, r.Time)
	}
	return nil
}

// steady are the names of the people who stay when they are asked to.
func (c *crowd) steady() (names []string) {
	for _, p := range c.people() {
		if p.steady {
			names = append(names, p.name)
		}
	}
	return names
}

// quantile of the pauses so far.
func (m *moves) quantile(q float64) time.Duration {
	slices.Sort(m.took)
	return m.took[min(len(m.took)-1, int(q*float64(len(m.took))))]
}

// takenOver starts another process in the place of the present one and waits
// until that has gone.
func (s *server) takenOver() {
	s.t.Helper()
	before, address := s.exit, s.address
	s.flags = []string{"--take-over"}
	s.start()
	s.serving()
	if s.address != address {
		s.t.Errorf("the successor is at %s instead of %s", s.address, address)
	}
	select {
	case err := <-before:
		if err != nil {
			s.t.Errorf("the predecessor ended with %v:\n%s", err, s.tail())
		}
	case <-time.After(patience):
		s.t.Fatalf("the predecessor does not go:\n%s", s.tail())
	}
}

// TestARollingRestartUnderLoadLosesNothingAndRepeatsNothing has one process
// after the other take the place of the last while customers and agents work.
// What everybody was told, on whatever connection, is held against the disk; the
// pause is what a person sees of it.
func TestARollingRestartUnderLoadLosesNothingAndRepeatsNothing(t *testing.T) {
	lengthy(t)
	s := newServer(t)
	s.restartedUnderLoad(rounds(4, 40))
}

// restartedUnderLoad has a crowd work while one process after the other takes
// the place of the last. Half of it is there each time, and is moved; the other
// half comes and goes as it likes.
func (s *server) restartedUnderLoad(times int) {
	t := s.t
	t.Helper()
	s.start()
	s.serving()
	c := newCrowd(t, s, chaosSeed(t), func(c *crowd) { c.moves = newMoves() })
	for range times {
		c.during(700 * time.Millisecond)
		c.stay.Store(true)
		c.moves.complete(t, c.steady())
		c.rush.Store(true)
		c.during(50 * time.Millisecond)
		c.moves.during(t, s.takenOver)
		c.rush.Store(false)
		c.stay.Store(false)
	}
	moves := c.moves
	f := c.settle(s)
	f.Troubles = times
	f.tell(t)
	moves.mu.Lock()
	defer moves.mu.Unlock()
	if expected := times * len(c.steady()) / 2; len(moves.took) < expected { // somebody may just have been about to go
		t.Fatalf("%d moves by %d restarts, expected %d at least", len(moves.took), times, expected)
	}
	t.Logf("%d restarts under load: %d commands acknowledged, 0 lost, 0 repeated (%d violations); the pause of %d moves: p50 %s, p99 %s, longest %s",
		times, f.Acknowledged, f.Violations, len(moves.took), moves.quantile(0.5), moves.quantile(0.99), moves.quantile(1))
	if longest := moves.quantile(1); longest > patience/2 {
		t.Errorf("somebody was away for %s", longest)
	}
	if f.Acknowledged < 50 || f.Chats < 5 {
		t.Errorf("too little has happened to prove anything: %d commands, %d chats", f.Acknowledged, f.Chats)
	}
}

func TestATakeOverOfAFolderThatNobodyServesIsAnOrdinaryStart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for range 2 { // the second time there is what the first has left
		p := serve(t, "--dev", "--data", data, "--take-over")
		p.waitFor("nobody to take over from")
		if code := p.stop(); code != exitOK {
			t.Fatalf("exit %d: %s", code, p.errs)
		}
	}
}

// TestASuccessorThatCannotServeChangesNothing: it dies after it was given the
// listeners, or asks for nonsense, and the first process goes on.
func TestASuccessorThatCannotServeChangesNothing(t *testing.T) {
	data := t.TempDir()
	p := serve(t, "--dev", "--data", data)
	_, token, _ := run(t, "token", "--dev", "--data", data, "--subject", "alice")
	alice := p.dial(strings.TrimSpace(token))
	alice.until("snapshot")
	before, err := claim(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	if len(before.sockets.named) != 2 || before.sockets.named[publicSocket].Addr().String() != p.public {
		t.Errorf("given were %v", before.sockets.named)
	}
	before.keep()
	p.waitFor("not handed over, going on")
	stranger, err := net.Dial("unix", filepath.Join(data, takeoverSocket))
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if _, err := stranger.Write([]byte("give\n")); err != nil {
		t.Fatal(err)
	}
	p.waitFor("somebody at the take-over socket")
	alice.send(map[string]any{"type": "set_presence", "id": "1", "state": "available"})
	alice.until("ok")
	p.dial(strings.TrimSpace(token)).until("snapshot")
	if code, _, errs := run(t, "serve", "--dev", "--data", data, "--take-over", "--listen=127.0.0.1:0", "--admin-listen="+p.public); code != exitUsage {
		t.Errorf("a successor whose address is taken: exit %d, %s", code, errs)
	}
	alice.send(map[string]any{"type": "set_presence", "id": "2", "state": "not_ready", "reason": "break"})
	alice.until("ok")
}

func TestTheSocketOfATakeOverIsForItsOwnerAlone(t *testing.T) {
	data := filepath.Join(t.TempDir(), strings.Repeat("a long path ", 15)) // longer than an address may be
	serve(t, "--dev", "--data", data)
	info, err := os.Stat(filepath.Join(data, takeoverSocket))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestWhoSaysNothingIsNotWaitedFor: a connection that has not said hello, and
// one that keeps a request open, hold up a hand-over for a moment only.
func TestWhoSaysNothingIsNotWaitedFor(t *testing.T) {
	data := t.TempDir()
	first := serve(t, "--dev", "--data", data)
	silent, err := net.Dial("tcp", first.public)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if _, err := silent.Write([]byte("GET /healthz HTTP/1.1\r\nHost: x\r\n")); err != nil { // and no end
		t.Fatal(err)
	}
	began := time.Now()
	second := serve(t, "--dev", "--data", data, "--take-over", "--listen="+first.public, "--admin-listen="+first.admin)
	if took := time.Since(began); took > patience/2 {
		t.Errorf("it took %s", took)
	}
	if first.ended() != exitOK || second.public != first.public || second.admin != first.admin {
		t.Errorf("%s and %s after %s and %s: %s", second.public, second.admin, first.public, first.admin, first.errs)
	}
	second.waitFor("taken over")
}
