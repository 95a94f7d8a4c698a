package actors_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
	"github.com/parley-engine/parley/persistence"
)

// report asks for one line of all that has been.
func (w *world) report(by report.By, key string) report.Line {
	w.t.Helper()
	lines, err := w.engine.Report(report.Question{From: time.Now().Add(-48 * time.Hour), To: time.Now().Add(time.Hour), By: by, Step: report.Whole})
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(lines, func(l report.Line) bool { return l.Key == key })
	if i < 0 {
		w.t.Fatalf("no line for %q in %d", key, len(lines))
	}
	return lines[i]
}

func (w *world) counts(by report.By, key string, want map[report.Figure]int64) {
	w.t.Helper()
	l := w.report(by, key)
	for f, n := range want {
		if l.Figures[f] != n {
			w.t.Errorf("%s %q: %s is %d, want %d", by, key, report.Names[f], l.Figures[f], n)
		}
	}
}

// measured plays a chat that waits for a while, is talked for three minutes and
// wrapped up after one.
func (w *world) measured(alice, ann *person, wait time.Duration) {
	w.t.Helper()
	alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
	chat := ann.starts()
	w.pass(wait)
	alice.ready()
	alice.accepts()
	w.pass(3 * time.Minute)
	alice.must(chat.Address(), acd.EndChat{})
	w.pass(time.Minute)
	alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
	ann.reads()
}

func TestAReportSaysHowLongPeopleWaitedAndWhoServedThem(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		w.measured(alice, ann, 10*time.Second)
		w.measured(alice, ann, 50*time.Second)
		alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
		gone := ann.starts()
		w.pass(30 * time.Second)
		ann.must(gone.Address(), acd.EndChat{})
		queue := map[report.Figure]int64{report.Entered: 3, report.Answered: 2, report.AnsweredWithin: 1, report.AnsweredWait: 60_000,
			report.Abandoned: 1, report.AbandonedWithin: 0, report.AbandonedWait: 30_000, report.WaitMost: 50_000,
			report.Segments: 2, report.TalkTime: 360_000, report.Wrapups: 2, report.WrapupTime: 120_000, report.Offers: 2, report.Accepted: 2}
		agent := map[report.Figure]int64{report.Answered: 2, report.Segments: 2, report.TalkTime: 360_000, report.Offers: 2,
			report.ConnectedTime: 360_000, report.WrapupOpenTime: 120_000, report.SignedInTime: 570_000, report.AvailableTime: 480_000,
			report.CapacityTime: 3 * 570_000}
		w.counts(report.ByQueue, "support", queue)
		w.counts(report.ByAgent, "alice", agent)
		w.counts(report.BySource, "web", map[report.Figure]int64{report.Started: 3, report.Answered: 2})

		w.crash()
		queue[report.AnsweredWithin] = 1
		w.counts(report.ByQueue, "support", queue)
		w.counts(report.ByAgent, "alice", map[report.Figure]int64{report.TalkTime: 360_000, report.Offers: 2})
		ratios := map[string]float64{"service_level": 1.0 / 3, "service_level_1": 0.5, "service_level_2": 1.0 / 3, "asa_s": 30,
			"aht_s": 240, "abandonment": 1.0 / 3}
		l := w.report(report.ByQueue, "support")
		for _, r := range report.Ratios {
			if want, asked := ratios[r.Name]; asked {
				if is, known := r.Of(&l.Figures); !known || is != want {
					t.Errorf("%s is %g, %t, want %g", r.Name, is, known, want)
				}
			}
		}
	})
}

func TestWhatGoesOnCountsForAnAgentsOccupancyBeforeItIsOver(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		ann.starts()
		alice.accepts()
		w.pass(20 * time.Minute)
		w.counts(report.ByAgent, "alice", map[report.Figure]int64{report.ConnectedTime: 1_200_000, report.AvailableTime: 1_200_000,
			report.CapacityTime: 3_600_000, report.Segments: 0})
		l := w.report(report.ByNothing, "")
		if got, known := report.Ratios[13].Of(&l.Figures); !known || got != 1.0/3 {
			t.Errorf("%s of all is %g, %t, want a third", report.Ratios[13].Name, got, known)
		}
	})
}

func TestFiguresOfAnOldStoreAreCountedWhenTheEngineStarts(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		w.measured(alice, ann, time.Second)
		w.pass(time.Minute)
		var rows []actors.Row
		if err := w.journal.Scan([]byte{'f'}, []byte{'g'}, func(k, _ []byte) error {
			rows = append(rows, actors.Row{Key: slices.Clone(k)})
			return nil
		}); err != nil || len(rows) < 4 {
			t.Fatalf("%d rows of figures (%v)", len(rows), err)
		}
		w.stopper.Append(actors.Entry{Epoch: 1, Rows: rows, Done: func(error) {}})
		w.crash()
		w.counts(report.ByQueue, "support", map[report.Figure]int64{report.Answered: 1, report.TalkTime: 180_000})
		w.counts(report.ByAgent, "alice", map[report.Figure]int64{report.NotReadyTime: 1000})
		if _, err := actors.Audit(w.journal, func(err error) { t.Error(err) }); err != nil {
			t.Error(err)
		}
	})
}

func TestTheAuditFindsAFigureThatTheRecordsDoNotBearOut(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		w.measured(alice, ann, time.Second)
		w.pass(time.Minute)
		var key []byte
		if err := w.journal.Scan([]byte("fc"), []byte("fd"), func(k, _ []byte) error { key = slices.Clone(k); return nil }); err != nil {
			t.Fatal(err)
		}
		w.stopper.Append(actors.Entry{Epoch: 1, Rows: []actors.Row{{Key: key, Value: []byte{5, 14}}}, Done: func(error) {}})
		w.pass(time.Second)
		found := 0
		if _, err := actors.Audit(w.journal, func(error) { found++ }); err != nil || found == 0 {
			t.Errorf("%d findings (%v)", found, err)
		}
	})
}

func TestFiguresOutliveTheChatsThatTheyAreOf(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opts.Retention, w.opts.ResumeCustomer = 3*time.Hour, time.Hour
		w.crash()
		alice, ann := w.agent("alice"), w.customer("ann")
		w.measured(alice, ann, time.Second)
		w.pass(6 * time.Hour)
		if page, _, err := w.engine.Past().History(actors.Query{}); err != nil || len(page) != 0 {
			t.Fatalf("%d chats are left (%v)", len(page), err)
		}
		w.measured(alice, ann, time.Second)
		w.counts(report.ByQueue, "support", map[report.Figure]int64{report.Answered: 2, report.TalkTime: 360_000})
		if _, err := actors.Audit(w.journal, func(err error) { t.Error(err) }); err != nil {
			t.Error(err)
		}
		w.crash()
		w.counts(report.ByQueue, "support", map[report.Figure]int64{report.Answered: 2})
	})
}

func TestAQuestionThatCannotBeAnsweredNamesEachWrongField(t *testing.T) {
	q := report.Question{Step: "year", By: "planet", Threshold: 7 * time.Second, From: time.Unix(100, 0), To: time.Unix(50, 0)}
	err := q.Fill()
	for _, field := range []string{"step", "by", "threshold_s", "to"} {
		if !slices.ContainsFunc(fieldErrors(err), func(e *report.FieldError) bool { return e.Field == field }) {
			t.Errorf("%v names no %s", err, field)
		}
	}
}

func fieldErrors(err error) (all []*report.FieldError) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			all = append(all, fieldErrors(e)...)
		}
		return all
	}
	var one *report.FieldError
	if errors.As(err, &one) {
		all = append(all, one)
	}
	return all
}

// once holds a journal to it that each mark is written once.
type once struct {
	actors.Journal
	t     *testing.T
	marks map[string]bool
}

// Append implements actors.Journal.
func (o once) Append(e actors.Entry) {
	if mark := fmt.Sprint(e.Stream, " ", e.Seq); strings.HasPrefix(e.Stream, "figures/") {
		if o.marks[mark] {
			o.t.Errorf("mark %s is written twice", mark)
		}
		o.marks[mark] = true
	}
	o.Journal.Append(e)
}

// A node that died between a mark's record and the rows that name it must not
// number its next mark the same.
func TestAMarkWhoseRowsWereLostIsNotWrittenTwice(t *testing.T) {
	inWorld(t, func(w *world) {
		marks := map[string]bool{}
		w.wrap = func(j actors.Journal) actors.Journal { return once{j, t, marks} }
		w.stop()
		w.journal = persistence.NewMemory()
		w.start()
		w.measured(w.agent("alice"), w.customer("ann"), time.Second)
		w.pass(time.Minute) // so that what was counted is written down
		w.engine.Stop()
		epoch, err := w.journal.Acquire()
		if err != nil || len(marks) == 0 {
			t.Fatalf("%d marks (%v)", len(marks), err)
		}
		w.journal.Append(actors.Entry{Epoch: epoch, Rows: []actors.Row{{Key: []byte("fm")}}, Done: func(err error) {
			if err != nil {
				t.Error(err)
			}
		}})
		w.start()
		w.measured(w.agent("alice"), w.customer("ann"), time.Second)
		w.counts(report.ByQueue, "support", map[report.Figure]int64{report.Answered: 2})
	})
}

// reach notes how far back a journal is read.
type reach struct {
	actors.Journal
	asked *[]int
}

// Last implements actors.Journal.
func (r reach) Last(n int, fn func(stream string, seq uint64, record []byte) error) error {
	*r.asked = append(*r.asked, n)
	return r.Journal.Last(n, fn)
}

// A start reads no more of the journal for the figures than what they lack.
func TestFiguresAreRightHoweverFarBackTheyWereWrittenDown(t *testing.T) {
	inWorld(t, func(w *world) {
		var asked []int
		w.wrap = func(j actors.Journal) actors.Journal { return reach{j, &asked} }
		restarted := func(life func(), want ...int) {
			t.Helper()
			asked = nil
			life()
			if want = append(want, 50_000); !slices.Equal(asked, want) { // the streams' records, last
				t.Errorf("the last %d records were asked for, want %d", asked, want)
			}
		}
		long := func() { // no time passes, so that nothing is written down meanwhile
			ann := w.customer("ann")
			chat := ann.starts()
			for range 600 {
				ann.says(chat, "still there?")
			}
		}
		long()
		restarted(func() { w.engine.Stop(); w.start() }, 512)
		w.counts(report.ByQueue, "support", map[report.Figure]int64{report.Entered: 1})
		long()
		restarted(w.crash, 512, 8192)
		w.counts(report.ByQueue, "support", map[report.Figure]int64{report.Entered: 2})
	})
}
