package sim

import (
	"context"
	"testing"
)

// play plays a few worlds of a kind and fails with what went wrong.
func play(t *testing.T, o Options) Report {
	t.Helper()
	r, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Failure != nil {
		t.Fatal(r.Failure)
	}
	return r
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	o := Options{Events: 3000, Faults: AllFaults()}
	for seed := range uint64(3) {
		a, err := Play(context.Background(), seed, o)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Play(context.Background(), seed, o)
		if err != nil {
			t.Fatal(err)
		}
		if a.Trace != b.Trace || a.Events != b.Events || a.Records != b.Records {
			t.Errorf("seed %d: trace %x, %d events, %d records, and again %x, %d, %d", seed, a.Trace, a.Events, a.Records, b.Trace, b.Events, b.Records)
		}
	}
	other, _ := Play(context.Background(), 99, o)
	if again, _ := Play(context.Background(), 98, o); again.Trace == other.Trace {
		t.Error("two seeds give the same run")
	}
}

func TestNoPromiseIsBrokenWhenEverythingGoesWrong(t *testing.T) {
	seeds := 30
	if testing.Short() {
		seeds = 6
	}
	r := play(t, Options{Seed: 1, Seeds: seeds, Events: 6000, Workers: 2})
	if r.Events < seeds*5000 || r.Chats < 10*seeds || r.Lives <= r.Seeds {
		t.Errorf("not much has happened: %+v", r)
	}
	for _, kind := range []string{"kill", "kill at a record", "kill at a sync", "unsynced tail lost", "slow sync", "socket cut", "socket half-open",
		"slow reader", "mailbox late", "message twice", "resume with an old cursor", "resume with a wrong epoch", "command sent again", "clock jump",
		"actor panics in a step", "stop in good order", "read error", "snapshot damaged", "message again, long after", "agent removed", "capacity lowered",
		"queue closed", "queue draining", "queue deleted", "customer erased", "chat dropped"} {
		if seeds == 30 && r.Faults[kind] == 0 {
			t.Errorf("there was no %s", kind)
		}
	}
}

func TestNoPromiseIsBrokenWhenNothingGoesWrong(t *testing.T) {
	r := play(t, Options{Seed: 1, Seeds: 5, Events: 4000, Workers: 2, Calm: true})
	if r.Lives != r.Seeds {
		t.Errorf("%d lives in %d worlds without a fault", r.Lives, r.Seeds)
	}
}

func TestFaultsAreNamed(t *testing.T) {
	if f, err := ParseFaults("kills,clock"); err != nil || f.Kills == 0 || f.ClockJumps == 0 || f.Disk != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := ParseFaults("all"); err != nil || f != AllFaults() || f.Panics == 0 || f.Config == 0 {
		t.Errorf("all is %+v, %v", f, err)
	}
	if _, err := ParseFaults("meteors"); err == nil {
		t.Error("meteors are no fault")
	}
}

func TestAllWorldsArePlayedWhenSomeFail(t *testing.T) {
	o := Options{Seed: 5, Seeds: 4, Events: 300, Workers: 2, KeepGoing: true, spoil: func(w *world) {
		if w.seed%2 == 0 {
			w.violate("spoilt", "on purpose")
		}
	}}
	r, err := Run(context.Background(), o)
	if err != nil || r.Seeds != 4 || len(r.Failures) != 2 || r.Failure == nil {
		t.Errorf("%d worlds, failures %v, %v", r.Seeds, r.Failures, err)
	}
	o.KeepGoing, o.Workers = false, 1
	if r, err = Run(context.Background(), o); err != nil || r.Seeds != 2 || len(r.Failures) != 1 {
		t.Errorf("at the first failure: %d worlds, failures %v, %v", r.Seeds, r.Failures, err)
	}
}

func TestACommandThatAFailingActorRefusedIsTakenAfterwards(t *testing.T) {
	r := play(t, Options{Seed: 1, Seeds: 12, Events: 4000, Workers: 2, Faults: Faults{Panics: 3, Reads: 3}})
	if r.Faults["actor panics in a step"] < 10 || r.Lives < r.Seeds {
		t.Errorf("few failures: %v", r.Faults)
	}
}
