package main

import (
	"bytes"
	"context"
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
func started(t *testing.T, agents map[string]string, j journal) (address string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(agents, j, func(err error) { t.Errorf("the journal ended: %v", err) })
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		<-served
	})
	return "http://" + l.Addr().String()
}

// play loads it as Parley is loaded: what it leaves out must not be what the
// generator counts. It returns how many chats there were.
func play(t *testing.T, j journal) int {
	t.Helper()
	p, err := profiles.Builtin("reference")
	if err != nil {
		t.Fatal(err)
	}
	p.Duration, p.Warmup, p.Drain = 500*time.Millisecond, 0, time.Minute
	p.Arrivals.Process, p.Arrivals.Rate = "even", 50
	p.Agents.Count, p.Agents.LoginOver, p.Customers.Pool = 3, 0, 2
	agents := map[string]string{}
	var ids []string
	for n := range p.Agents.Count {
		ids = append(ids, fmt.Sprintf("a%d", n))
		agents[ids[n]] = fmt.Sprintf("Agent %d", n)
	}
	address := started(t, agents, j)
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
	return int(r.Chats.Completed)
}

func TestTheFloorPlaysTheLifecycle(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	chats := play(t, &file{File: f})
	written, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(written, []byte(`{"type":"`)); n < 17*chats {
		t.Errorf("%d commands are in the journal of %d chats, expected 17 of each", n, chats)
	}
}

// TestTheFloorGivesTheStoreWhatALifecycleIs counts what is in Parley's store
// when it is the journal.
func TestTheFloorGivesTheStoreWhatALifecycleIs(t *testing.T) {
	s, err := openStore(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	chats := play(t, s)
	records, rows := 0, 0
	if err := s.Last(1<<20, func(string, uint64, []byte) error { records++; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Scan([]byte{0}, []byte{0xff}, func(_, _ []byte) error { rows++; return nil }); err != nil {
		t.Fatal(err)
	}
	const agents = 3 // each has signed in with a record and a row
	if records != agents+23*chats || rows != agents+49*chats {
		t.Errorf("%d chats left %d records and %d rows, expected 23 and 49 of each", chats, records, rows)
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
