package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parley-engine/parley/bench"
	"github.com/parley-engine/parley/bench/profiles"
)

// started serves on a port of its own until the test ends.
func started(t *testing.T, agents map[string]string) (address, journal string) {
	t.Helper()
	journal = filepath.Join(t.TempDir(), "journal")
	file, err := os.Create(journal)
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(agents, file, func(err error) { t.Errorf("the journal ended: %v", err) })
	served := make(chan error, 1)
	go func() { served <- s.serve(l) }()
	t.Cleanup(func() {
		l.Close()
		<-served
		file.Close()
	})
	return "http://" + l.Addr().String(), journal
}

// TestTheFloorPlaysTheLifecycle loads it as Parley is loaded: what it leaves out
// must not be what the generator counts.
func TestTheFloorPlaysTheLifecycle(t *testing.T) {
	p, err := profiles.Builtin("reference")
	if err != nil {
		t.Fatal(err)
	}
	p.Duration, p.Warmup, p.Drain = 500*time.Millisecond, 0, 2*time.Second
	p.Arrivals.Process, p.Arrivals.Rate = "even", 50
	p.Agents.Count, p.Agents.LoginOver, p.Customers.Pool = 3, 0, 2
	agents := map[string]string{}
	var ids []string
	for n := range p.Agents.Count {
		ids = append(ids, fmt.Sprintf("a%d", n))
		agents[ids[n]] = fmt.Sprintf("Agent %d", n)
	}
	address, journal := started(t, agents)
	r, err := bench.Run(t.Context(), bench.Options{Profile: p, Address: address, Key: bench.Key{Secret: make([]byte, 32)}, Agents: ids, Sources: []string{"s0"}})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Correctness.Clean() || len(r.Errors) > 0 {
		t.Errorf("counted %+v, errors %v", r.Correctness, r.Errors)
	}
	if c := r.Chats; c.Completed != c.Arrived || c.Arrived < 20 || c.Messages != 10*c.Arrived || c.Transfers != c.Arrived {
		t.Errorf("chats %+v", c)
	}
	written, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(written, []byte(`{"type":"`)); n < 17*int(r.Chats.Completed) {
		t.Errorf("%d commands are in the journal of %d chats, expected 17 of each", n, r.Chats.Completed)
	}
}

func TestTheFloorTakesItsAgentsFromTheConfigurationOfARun(t *testing.T) {
	p, err := profiles.Builtin("reference")
	if err != nil {
		t.Fatal(err)
	}
	p.Agents.Count = 12
	config := filepath.Join(t.TempDir(), "bench.yaml")
	if err := os.WriteFile(config, bench.Config(p), 0o600); err != nil {
		t.Fatal(err)
	}
	names, err := namesOf(config)
	if err != nil || len(names) != 12 || names["a11"] != "Agent 11" {
		t.Errorf("%v, %v", names, err)
	}
	if err := os.WriteFile(config, []byte("agents: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := namesOf(config); err == nil {
		t.Error("a configuration without agents is taken")
	}
}
