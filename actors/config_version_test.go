package actors_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

var root = acd.Principal{Role: acd.RoleAdmin, ID: "root"}

// configure puts a configuration in place whose queue rings for so long.
func (w *world) configure(ring time.Duration, change actors.ConfigChange) (uint64, error) {
	change.Config = testConfig()
	change.Config.Queues["support"].OfferTimeout = ring
	return w.engine.Configure(change)
}

func TestEveryVersionIsKeptWithWhatWasWritten(t *testing.T) {
	inWorld(t, func(w *world) {
		first := w.engine.Config().Version
		for i := range 20 {
			note := actors.ConfigNote{Document: fmt.Appendf(nil, "%d", i), By: root, Reason: "try"}
			v, err := w.configure(time.Duration(i+100)*time.Second, actors.ConfigChange{ConfigNote: note})
			if err != nil || v != first+uint64(i)+1 {
				t.Fatalf("version %d after %d changes of %d: %v", v, i+1, first, err)
			}
		}
		w.crash()
		all, err := w.engine.Past().ConfigVersions(0, 100)
		if err != nil || len(all) != int(first)+21 { // the start brings its own again
			t.Fatalf("%d versions: %v", len(all), err)
		}
		for _, v := range all[1 : 1+20] {
			if want := fmt.Sprint(v.Version - first - 1); string(v.Document) != want || v.By != root || v.At.IsZero() {
				t.Errorf("version %d has %s of %v at %s, want %s", v.Version, v.Document, v.By, v.At, want)
			}
		}
		page, err := w.engine.Past().ConfigVersions(first+3, 2)
		if err != nil || len(page) != 2 || page[0].Version != first+2 {
			t.Errorf("a page below version %d is %v, %v", first+3, page, err)
		}
		if _, err := w.engine.Past().ConfigVersion(first + 99); !errors.Is(err, acd.ErrNotFound) {
			t.Errorf("a version that is not there: %v", err)
		}
	})
}

func TestAChangeOfAnotherVersionThanThePresentOneIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		v, err := w.configure(time.Second, actors.ConfigChange{Expect: w.engine.Config().Version})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.configure(2*time.Second, actors.ConfigChange{Expect: v - 1}); !errors.Is(err, actors.ErrConfigMoved) {
			t.Errorf("a change thought out on version %d was answered with %v", v-1, err)
		}
		if got := w.engine.Config().Version; got != v {
			t.Errorf("version %d, expected %d", got, v)
		}
	})
}

func TestAChangeAndItsAnswerAreOnDiskTogether(t *testing.T) {
	inWorld(t, func(w *world) {
		key := actors.AnswerKey{Who: root.Stream(), Key: "once"}
		_, err := w.configure(time.Second, actors.ConfigChange{Answer: func(v uint64) (actors.AnswerKey, actors.KeptAnswer) {
			return key, actors.KeptAnswer{Status: 200, Body: fmt.Appendf(nil, "version %d", v)}
		}})
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("version %d", w.engine.Config().Version)
		w.crash()
		if kept, err := w.engine.KeptAnswer(key); err != nil || kept == nil || string(kept.Body) != want {
			t.Errorf("kept %v, %v, want %s", kept, err, want)
		}
		if kept, err := w.engine.KeptAnswer(actors.AnswerKey{Who: root.Stream(), Key: "on"}); err != nil || kept != nil {
			t.Errorf("another key has the answer %v, %v", kept, err)
		}
	})
}

func TestARevocationSurvivesACrashAndSparesNewTokens(t *testing.T) {
	inWorld(t, func(w *world) {
		alice := acd.Principal{Role: acd.RoleAgent, ID: "alice"}.Stream()
		one, err := w.engine.Revoke(actors.Revocation{Token: "t1", By: root, Until: w.now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.engine.Revoke(actors.Revocation{Principal: alice, By: root, Until: w.now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		w.crash()
		for _, tt := range []struct {
			token  string
			who    acd.Stream
			issued time.Time
			want   bool
		}{
			{"t1", "customer/dana", one.At.Add(time.Hour), true},
			{"t2", "customer/dana", one.At.Add(-time.Hour), false},
			{"t2", alice, one.At.Add(-time.Hour), true},
			{"", alice, one.At.Add(time.Second), false},
			{"", "customer/alice", one.At, false},
		} {
			if got := w.engine.Revoked(tt.token, tt.who, tt.issued); got != tt.want {
				t.Errorf("%q of %s issued %s: revoked %t", tt.token, tt.who, tt.issued, got)
			}
		}
		if list := w.engine.Revocations(); len(list) != 2 || list[1].By != root && list[0].By != root {
			t.Errorf("the list is %v", list)
		}
		if _, err := w.engine.Revoke(actors.Revocation{}); err == nil {
			t.Error("nothing was revoked, and nobody says so")
		}
	})
}
