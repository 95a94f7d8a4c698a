package report

import (
	"testing"
	"time"
)

func TestDaysOfAReportAreThoseOfItsZone(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Skip(err)
	}
	day := func(d int) time.Time { return time.Date(2026, time.March, d, 0, 0, 0, 0, rome) }
	q := Question{From: day(28), To: day(31), Zone: rome, Step: Daily} // clocks go forward on the 29th
	if err := q.Fill(); err != nil {
		t.Fatal(err)
	}
	table := NewTable(q)
	for at := day(27); at.Before(day(32)); at = at.Add(15 * time.Minute) {
		var f Figures
		f.Add(Started, 1)
		table.Add(Cell{At: at.UnixMilli() / Interval, Source: "web"}, &f)
	}
	lines := table.Lines()
	if len(lines) != 3 {
		t.Fatalf("%d days", len(lines))
	}
	for i, hours := range []int64{24, 23, 24} {
		if l := lines[i]; !l.Start.Equal(day(28+i)) || !l.End.Equal(day(29+i)) || l.Figures[Started] != 4*hours {
			t.Errorf("day from %s to %s has %d quarters, want %d hours", l.Start, l.End, l.Figures[Started], hours)
		}
	}
}

func TestTimeIsSpreadOverTheIntervalsInWhichItPassed(t *testing.T) {
	b := NewBook(nil)
	start := 10*Interval - 1000
	if err := b.Add(&Fact{Figure: ConnectedTime, At: start, Until: start + Interval + 3000, N: 2, Agent: "alice", Source: "web"}); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[int64]int64{9: 2000, 10: 2 * Interval, 11: 4000} {
		if got := b.Figures(Cell{At: at, Agent: "alice"}); got == nil || got[ConnectedTime] != want {
			t.Errorf("interval %d: %v, want %d", at, got, want)
		}
	}
}

func TestAServiceLevelCanBeHadForAnotherThreshold(t *testing.T) {
	q := Question{From: time.Unix(0, 0), To: time.Unix(900, 0), Threshold: time.Minute}
	if err := q.Fill(); err != nil {
		t.Fatal(err)
	}
	table := NewTable(q)
	var f Figures
	for _, wait := range []int64{4, 20, 60, 61, 5000} {
		f.Add(Answered, 1)
		f.Add(Figure(answeredBy+bound(wait*1000)), 1)
	}
	f.Add(AnsweredWithin, 2)
	table.Add(Cell{Queue: "support", Source: "web"}, &f)
	if got := table.Lines()[0].Figures[AnsweredWithin]; got != 3 {
		t.Errorf("%d were answered within a minute, want 3", got)
	}
}

func TestFiguresAreReadBackAsTheyWereWritten(t *testing.T) {
	var f Figures
	for i := range f {
		f[i] = int64(i*i*1000) - 7
	}
	got, err := Decode(f.Encode())
	if err != nil || got != f {
		t.Errorf("%v (%v), want %v", got, err, f)
	}
	if _, err := Decode([]byte{200, 1, 1}); err == nil {
		t.Error("a figure that no build knows is read")
	}
}

func TestEveryFigureHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for i, name := range Names {
		if name == "" || seen[name] {
			t.Errorf("figure %d is called %q", i, name)
		}
		seen[name] = true
	}
	if counted > answeredBy {
		t.Errorf("%d figures reach into the waits by length", counted)
	}
}
