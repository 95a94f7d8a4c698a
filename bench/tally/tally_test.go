package tally

import (
	"testing"
	"time"
)

// counted is what a story should leave behind.
type counted struct{ double, lost, repeated, disordered int64 }

func (c counted) check(t *testing.T, f *Faults) {
	t.Helper()
	got := counted{f.DoubleAssignments.Load(), f.Lost.Load(), f.Repeated.Load(), f.OutOfOrder.Load()}
	if got != c {
		t.Errorf("counted %+v, want %+v", got, c)
	}
}

func TestTheNumbersOfAStreamTellWhatWasLostRepeatedAndOutOfOrder(t *testing.T) {
	for name, tt := range map[string]struct {
		seqs []uint64
		want counted
	}{
		"as promised":             {[]uint64{6, 7, 8}, counted{}},
		"one twice":               {[]uint64{6, 7, 7, 8}, counted{repeated: 1}},
		"one from long ago":       {[]uint64{6, 3}, counted{repeated: 1}},
		"one is missing":          {[]uint64{6, 8, 9}, counted{lost: 1}},
		"three are missing":       {[]uint64{9}, counted{lost: 3}},
		"two changed places":      {[]uint64{6, 8, 7, 9}, counted{disordered: 1}},
		"late, and then again":    {[]uint64{7, 6, 6}, counted{disordered: 1, repeated: 1}},
		"late, another never":     {[]uint64{9, 7, 8}, counted{disordered: 2, lost: 1}},
		"nothing but what stands": {nil, counted{}},
	} {
		t.Run(name, func(t *testing.T) {
			var f Faults
			s := NewStream(&f, 5)
			for _, seq := range tt.seqs {
				s.See(seq)
			}
			s.Close()
			tt.want.check(t, &f)
		})
	}
}

func TestASnapshotStandsForWhatWasMissing(t *testing.T) {
	var f Faults
	s := NewStream(&f, 0)
	s.See(4)
	s.Snapshot(10)
	fresh, ordered := s.See(11)
	s.Close()
	if !fresh || !ordered || s.Last() != 11 {
		t.Errorf("fresh %t, ordered %t, last %d", fresh, ordered, s.Last())
	}
	counted{}.check(t, &f)
}

func TestALedgerFindsWhatClientsWereToldThatCannotBe(t *testing.T) {
	const late = 2 * settling
	for name, tt := range map[string]struct {
		story func(l *Ledger)
		want  counted
	}{
		"a hand-over": {func(l *Ledger) {
			l.Assigned(1, false, 0)
			l.Assigned(2, true, time.Second)
			l.Released(1)
			l.Released(2)
		}, counted{}},
		"the old owner hears of it a little later": {func(l *Ledger) {
			l.Assigned(1, false, 0)
			l.Assigned(2, false, time.Second)
			l.Left(1, time.Second+settling/2)
		}, counted{}},
		"the old owner hears of it much later": {func(l *Ledger) {
			l.Assigned(1, false, 0)
			l.Assigned(2, false, time.Second)
			l.Left(1, time.Second+late)
		}, counted{double: 1}},
		"one goes before the next one comes": {func(l *Ledger) {
			l.Assigned(1, false, 0)
			l.Left(1, time.Second)
			l.Assigned(2, false, time.Second)
		}, counted{}},
		"two owners to the last": {func(l *Ledger) {
			l.Assigned(1, false, 0)
			l.Assigned(2, false, time.Second)
			l.Released(1)
			l.Released(2)
		}, counted{double: 1}},
		"told again in a snapshot": {func(l *Ledger) {
			l.Assigned(1, false, 0)
			l.Assigned(1, false, late)
		}, counted{}},
		"all heard": {func(l *Ledger) {
			n := l.Say()
			l.Heard(n, Customer, 1, true)
			l.Heard(n, 1, 1, true)
			l.Acked(n)
		}, counted{}},
		"the customer never hears it": {func(l *Ledger) {
			n := l.Say()
			l.Heard(n, 1, 1, true)
			l.Acked(n)
		}, counted{lost: 1}},
		"no agent ever hears it": {func(l *Ledger) {
			n := l.Say()
			l.Heard(n, Customer, 1, true)
			l.Acked(n)
		}, counted{lost: 1}},
		"it was never accepted": {func(l *Ledger) { l.Say() }, counted{}},
		"it stood in a transcript": {func(l *Ledger) {
			n := l.Say()
			l.Heard(n, Customer, 1, true)
			l.Read(n, 2)
			l.Acked(n)
		}, counted{}},
		"the same words twice": {func(l *Ledger) {
			n := l.Say()
			l.Heard(n, Customer, 1, true)
			l.Heard(n, Customer, 2, true)
		}, counted{repeated: 1}},
		"the second before the first": {func(l *Ledger) {
			a, b := l.Say(), l.Say()
			l.Heard(b, Customer, 2, true)
			l.Heard(a, Customer, 1, true)
		}, counted{disordered: 1}},
		"counted as an event already": {func(l *Ledger) {
			a, b := l.Say(), l.Say()
			l.Heard(b, Customer, 2, true)
			l.Heard(a, Customer, 1, false)
		}, counted{}},
	} {
		t.Run(name, func(t *testing.T) {
			var f Faults
			l := NewLedger(&f)
			tt.story(&l)
			l.Close(true, true, true)
			tt.want.check(t, &f)
		})
	}
}

func TestAChatThatWasAcceptedAndNeverEndedIsLost(t *testing.T) {
	var f Faults
	l := NewLedger(&f)
	l.Close(true, false, false)
	counted{lost: 1}.check(t, &f)
	l.Close(false, false, false)
	counted{lost: 1}.check(t, &f)
}

func TestQuantilesAreThoseOfWhatWasAdded(t *testing.T) {
	l := NewLatencies()
	for i := 1; i <= 1000; i++ {
		l.Add(Resume, time.Duration(i)*time.Millisecond)
	}
	q := l.Whole(Resume)
	for _, tt := range []struct{ got, want float64 }{{q.P50, 500}, {q.P90, 900}, {q.P99, 990}, {q.P999, 999}, {q.Max, 1000}} {
		if tt.got < tt.want*0.998 || tt.got > tt.want*1.002 {
			t.Errorf("%g, want %g", tt.got, tt.want)
		}
	}
	if lap := l.Lap(Resume); lap.Count != 1000 {
		t.Errorf("a lap of %d", lap.Count)
	}
	if lap, whole := l.Lap(Resume), l.Whole(Resume); lap.Count != 0 || whole.Count != 1000 {
		t.Errorf("after a lap %d in the next, %d in all", lap.Count, whole.Count)
	}
	if l.Whole(StartToOffer).Count != 0 {
		t.Error("another measure counts too")
	}
}
