package actors_test

import (
	"bytes"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
)

// keeps changes how long things are kept, while the engine runs.
func (w *world) keeps(r acd.Retention) {
	w.t.Helper()
	cfg := testConfig()
	cfg.Retention = r
	if err := w.engine.Reconfigure(cfg); err != nil {
		w.t.Fatal(err)
	}
}

// rowsOf counts the rows that begin so.
func (w *world) rowsOf(prefix string) (n int) {
	w.t.Helper()
	to := append([]byte(prefix), bytes.Repeat([]byte{0xff}, 12)...)
	if err := w.journal.Scan([]byte(prefix), to, func(_, _ []byte) error { n++; return nil }); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// kept is what is left of each class.
type kept struct{ chats, words, files, audit, figures, commands int }

func (w *world) kept(chat acd.ChatID, gone *[]acd.ChatID) (k kept) {
	w.t.Helper()
	k.chats = min(len(events(w.t, w.journal, chat.Address())), 1)
	if err := w.engine.Past().Transcript(chat, func(m acd.Message) error {
		if m.Text != "" {
			k.words = 1
		}
		return nil
	}); err != nil {
		w.t.Error(err)
	}
	if !slices.Contains(*gone, chat) {
		k.files = 1
	}
	k.audit, k.figures, k.commands = min(w.rowsOf("h"), 1), min(w.rowsOf("fc"), 1), min(w.rowsOf("c"), 1)
	return k
}

func (w *world) clean() {
	w.t.Helper()
	if _, found := audited(w.t, w.journal); len(found) > 0 {
		w.t.Errorf("the audit finds %q", found)
	}
}

func TestEachClassGoesAtItsTimeAndTheOthersStay(t *testing.T) {
	all := kept{1, 1, 1, 1, 1, 1}
	day := 24 * time.Hour
	for name, class := range map[string]struct {
		keep acd.Retention
		left func(k *kept)
	}{
		"chats":    {acd.Retention{Chats: 2 * day}, func(k *kept) { k.chats, k.words, k.files = 0, 0, 0 }},
		"words":    {acd.Retention{Words: 2 * day}, func(k *kept) { k.words = 0 }},
		"files":    {acd.Retention{Files: 2 * day}, func(k *kept) { k.files = 0 }},
		"audit":    {acd.Retention{Audit: 2 * day}, func(k *kept) { k.audit = 0 }},
		"figures":  {acd.Retention{Figures: 2 * day}, func(k *kept) { k.figures = 0 }},
		"commands": {acd.Retention{Commands: 2 * day}, func(k *kept) { k.commands = 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				var gone []acd.ChatID
				w.opts.Forgetting = func(c acd.ChatID) error { gone = append(gone, c); return nil }
				w.crash()
				if class.keep.Commands == 0 {
					class.keep.Commands = 30 * day
				}
				w.keeps(class.keep)
				alice, ann := w.agent("alice"), w.customer("ann")
				alice.ready()
				chat := w.lives(alice, ann, "hello")
				alice.must(alice.desk(), acd.SetPresence{State: acd.Offline})
				w.engine.Note(actors.TrailEntry{Who: "olga", What: "export", Outcome: actors.TrailOK})
				w.pass(2*day - time.Hour)
				if is := w.kept(chat, &gone); is != all {
					t.Fatalf("before its time there is %+v", is)
				}
				w.pass(2*day + 3*time.Hour) // classes of whole days go by the day
				want := all
				class.left(&want)
				if is := w.kept(chat, &gone); is != want {
					t.Errorf("there is %+v, expected %+v", is, want)
				}
				w.clean()
				w.crash()
				if is := w.kept(chat, &gone); is != want {
					t.Errorf("after a start there is %+v, expected %+v", is, want)
				}
			})
		})
	}
}

func TestNotesThatComeAfterTheWordsWereDestroyedAreDestroyedToo(t *testing.T) {
	inWorld(t, func(w *world) {
		w.keeps(acd.Retention{Words: 24 * time.Hour})
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		ann.says(chat, "hello")
		alice.must(chat.Address(), acd.EndChat{})
		w.pass(26 * time.Hour)
		if n := w.rowsOf("k" + string(chat)); n != 0 {
			t.Fatalf("%d keys after a day", n)
		}
		alice = w.agent("alice")
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved", Notes: "wants a call"})
		w.pass(2 * time.Hour)
		if n := w.rowsOf("k" + string(chat)); n != 0 {
			t.Errorf("%d keys after the notes", n)
		}
		if got := events(t, w.journal, chat.Address()); len(got) == 0 {
			t.Error("the record is gone too")
		}
		w.clean()
	})
}

func TestALongerTimeBringsNothingBackAndAShorterOneTakesTheRest(t *testing.T) {
	inWorld(t, func(w *world) {
		keys := func() int { return w.rowsOf("kc") }
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		w.keeps(acd.Retention{Words: 2 * time.Hour})
		w.lives(alice, ann, "one")
		before := keys()
		w.pass(4 * time.Hour)
		w.keeps(acd.Retention{Words: 48 * time.Hour})
		w.lives(alice, ann, "two")
		w.pass(10 * time.Hour)
		if n := keys(); before != 1 || n != 1 {
			t.Errorf("%d keys at first, %d then", before, n)
		}
		w.keeps(acd.Retention{Words: 2 * time.Hour})
		w.pass(2 * time.Hour)
		if n := keys(); n != 0 {
			t.Errorf("%d keys are left", n)
		}
		w.clean()
	})
}

// unreadable is a journal whose cells of figures cannot be read for a while.
type unreadable struct {
	actors.Journal
	now *atomic.Bool
}

// Get implements actors.Journal.
func (u unreadable) Get(key []byte) ([]byte, error) {
	if u.now.Load() && bytes.HasPrefix(key, []byte("fc")) {
		return nil, errors.New("a block that cannot be read")
	}
	return u.Journal.Get(key)
}

func TestFiguresThatCouldNotBeCountedAreCountedByTheNextStart(t *testing.T) {
	inWorld(t, func(w *world) {
		var broken atomic.Bool
		w.wrap = func(j actors.Journal) actors.Journal { return unreadable{j, &broken} }
		w.opts.Retention, w.opts.ResumeCustomer = 3*time.Hour, time.Hour
		w.crash()
		alice, ann := w.agent("alice"), w.customer("ann")
		w.pass(time.Minute)
		broken.Store(true)
		w.measured(alice, ann, time.Second)
		w.pass(time.Minute)
		broken.Store(false)
		w.measured(alice, ann, time.Second)
		w.pass(6 * time.Hour)
		if _, err := w.engine.Report(report.Question{By: report.ByQueue}); err == nil {
			t.Error("a report is given of figures that lack something")
		}
		if page, _, err := w.engine.Past().History(actors.Query{}); err != nil || len(page) != 2 {
			t.Errorf("%d chats are left, of which two are not counted yet (%v)", len(page), err)
		}
		w.crash()
		w.counts(report.ByQueue, "support", map[report.Figure]int64{report.Answered: 2, report.TalkTime: 360_000})
		w.clean()
		w.pass(2 * time.Hour)
		w.counts(report.ByQueue, "support", map[report.Figure]int64{report.Answered: 2})
		if page, _, err := w.engine.Past().History(actors.Query{}); err != nil || len(page) != 0 {
			t.Errorf("%d chats are left (%v)", len(page), err)
		}
	})
}
