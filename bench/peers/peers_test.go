package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain lets the test's program be the servers that this one brings along.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		if err := serve(os.Args[2:]); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

func TestPeersOfThisProgramCarryWordsBothWays(t *testing.T) {
	for name, peer := range map[string]talker{"echo": echo{}, "file": appends{}, "jetstream": jet{}, "jetstream always": jet{always: true}} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			run, err := peer.Talk(ctx, t.TempDir(), Talk{Pairs: 3, Length: 80})
			if err != nil {
				t.Fatal(err)
			}
			defer run.Close()
			for {
				f, err := run.Figures()
				if err != nil {
					t.Fatal(err)
				}
				if f.Done >= 30 && f.RSS > 0 {
					return
				}
				if err := pause(ctx, 5*time.Millisecond); err != nil {
					t.Fatalf("%d texts: %v", f.Done, err)
				}
			}
		})
	}
}

func TestWhoAppendsAtOnceSharesASyncAndFindsHisRecord(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "records"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	g := &grouped{file: file}
	g.turn.L = &g.mu
	var all sync.WaitGroup
	const people, records = 20, 50
	for n := range people {
		all.Go(func() {
			for range records {
				if err := g.append([]byte{byte('a' + n), '\n'}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	for n := range people {
		if got := strings.Count(string(text), string(rune('a'+n))+"\n"); got != records {
			t.Errorf("%c has %d records of %d", 'a'+n, got, records)
		}
	}
	if g.synced >= people*records {
		t.Errorf("%d syncs for %d records", g.synced, people*records)
	}
}

// broken is a run that fails.
type broken struct{ run }

func (broken) Figures() (Figures, error) { return Figures{}, errors.New("the socket broke") }

func TestAFailureOfAPeerIsAFailureOfTheRun(t *testing.T) {
	if _, err := watch(t.Context(), broken{}, time.Millisecond); err == nil || !strings.Contains(err.Error(), "the socket broke") {
		t.Errorf("watch says %v", err)
	}
}

func TestRatiosAreToParleyUnderTheSameLoad(t *testing.T) {
	r := newResult(options{rounds: 3})
	some := func(rates ...float64) (all []sample) {
		for _, x := range rates {
			all = append(all, sample{perSecond: x, cpu: 10 * x, p50: time.Millisecond, p99: 2 * time.Millisecond})
		}
		return all
	}
	r.samples[key{"parley", loadSteady}] = some(90, 100, 500)
	r.samples[key{"other", loadSteady}] = some(50, 10, 51)
	r.samples[key{"parley", loadFlat}] = some(1000)
	r.samples[key{"other", loadFlat}] = some(2000)
	r.finish([]peer{{name: "parley"}, {name: "other"}, {name: "absent"}})
	if len(r.Rows) != 4 {
		t.Fatalf("%d rows", len(r.Rows))
	}
	if w := r.Rows[1]; w.PerSecond != 50 || w.Ratio.PerSecond != 0.5 || w.Ratio.CPU != 0.5 || w.Ratio.P50 != 1 {
		t.Errorf("steady: %+v", w)
	}
	if w := r.Rows[3]; w.Ratio.PerSecond != 2 {
		t.Errorf("flat out: %+v", w)
	}
}

func TestAnUnknownPeerIsNamed(t *testing.T) {
	all := allPeers("parley", "socketio")
	if _, err := chosen(all, "jetstream,rabbit"); err == nil || !strings.Contains(err.Error(), `"rabbit"`) || !strings.Contains(err.Error(), "temporal-dev") {
		t.Errorf("chosen says %v", err)
	}
	some, err := chosen(all, "jetstream")
	if err != nil || len(some) != 2 || some[0].name != "parley" {
		t.Errorf("chosen gives %v, %v", some, err)
	}
}
