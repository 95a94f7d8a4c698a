package acd

import (
	"cmp"
	"slices"
	"time"
)

// Schedule says when something is open, in the time of one place. It is part
// of a Config and as immutable. Whether it is open is a function of it and of
// the time, and nothing else.
//
// A day is a day of the calendar there, however long the change of clocks makes
// it. Hours begin when the clock on the wall first shows the time, and end when
// it shows their end for the last time; a time that is left out is the moment in
// which it is. Hours over midnight belong to the day on which they begin.
type Schedule struct {
	Zone string // of the IANA database
	// Place is that zone, found by who reads the configuration; a rule looks
	// nothing up.
	Place *time.Location `json:"-"`
	// Week are the hours of every week; none is around the clock.
	Week []Hours
	// Holidays are closed. Specials have hours of their own instead of the
	// week's, also on a holiday.
	Holidays []Day
	Specials []Day

	ready              bool // the rules are understood
	holidays, specials []dayRule
}

// Hours are from one time of day to another, in minutes after midnight. With a
// To that is not later than From they run over midnight; 1440 is midnight itself.
type Hours struct {
	Days     []time.Weekday // none is each
	From, To int
}

// Minutes of a day.
const dayMinutes = 24 * 60

// span is a time in which it is open, in Unix seconds: from, and not to.
type span struct{ from, to int64 }

// How many days At looks ahead at first, and at most: what does not change in
// that time is looked at again after it.
const (
	scheduleNear = 9
	scheduleFar  = 400
)

// At says whether it is open at a time, and until when that holds: then it has
// to be asked again. Before Normalize it is always open.
func (s *Schedule) At(now time.Time) (open bool, until time.Time) {
	if !s.ready {
		return true, time.Time{}
	}
	today := dayOf(now.In(s.Place))
	for _, ahead := range []int{scheduleNear, scheduleFar} {
		var at int64
		var sure bool
		if open, at, sure = s.look(now.Unix(), today-2, today+ahead); sure || ahead == scheduleFar {
			until = time.Unix(at, 0).UTC()
			break
		}
	}
	return open, until
}

// look finds the answer among the days from first to last. It is not sure when
// it lies behind them.
func (s *Schedule) look(now int64, first, last int) (open bool, until int64, sure bool) {
	edge := s.first(last+1, 0)
	for _, x := range s.spans(first, last) {
		switch {
		case x.to <= now:
		case x.from <= now:
			return true, min(x.to, edge), x.to < edge
		default:
			return false, x.from, true
		}
	}
	return false, edge, false
}

// spans are the times in which it is open that begin on these days, in order
// and without touching each other.
func (s *Schedule) spans(first, last int) []span {
	closed, specials := s.daysOf(s.holidays, first, last), s.daysOf(s.specials, first, last)
	var all []span
	for day := first; day <= last; day++ {
		hours, special := specials[day]
		_, holiday := closed[day]
		switch {
		case special:
		case holiday:
			continue
		case len(s.Week) == 0:
			hours = []Hours{{To: dayMinutes}}
		default:
			hours = s.Week
		}
		for _, h := range hours {
			if len(h.Days) > 0 && !slices.Contains(h.Days, weekdayOf(day)) {
				continue
			}
			to := h.To
			if to <= h.From {
				to += dayMinutes
			}
			if x := (span{s.first(day, h.From), s.last(day, to)}); x.from < x.to {
				all = append(all, x)
			}
		}
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	joined := all[:0]
	for _, x := range all {
		if n := len(joined); n > 0 && x.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, x.to)
			continue
		}
		joined = append(joined, x)
	}
	return joined
}

// dayOf numbers the day of a time where it is shown, from 1970.
func dayOf(t time.Time) int {
	return int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

// dateOf is the day as midnight of UTC, in which no day is longer than another.
func dateOf(day int) time.Time { return time.Unix(int64(day)*86_400, 0).UTC() }

func weekdayOf(day int) time.Weekday { return dateOf(day).Weekday() }

// first is when the clock shows that many minutes of the day, or more, for the
// first time.
func (s *Schedule) first(day, minutes int) int64 {
	wall := int64(day)*86_400 + int64(minutes)*60
	before, after, turn := s.turn(wall)
	if wall-before < turn {
		return wall - before
	}
	return max(turn, wall-after)
}

// last is when it begins to show that many, or more, and never less again.
func (s *Schedule) last(day, minutes int) int64 {
	wall := int64(day)*86_400 + int64(minutes)*60
	before, after, turn := s.turn(wall)
	if wall-after > turn {
		return wall - after
	}
	return min(turn, wall-before)
}

// turn finds the change of clocks near a time that the clock shows: the seconds
// that it is ahead of UTC before and after it, and when it is. Without one all
// of the time lies before it.
func (s *Schedule) turn(wall int64) (before, after, at int64) {
	const near = 40 * 60 * 60 // no clock is further from UTC, a skipped day included
	t := time.Unix(wall-near, 0).In(s.Place)
	for {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		if end.IsZero() || end.Unix() > wall+near {
			return int64(offset), int64(offset), wall + near
		}
		if _, next := end.Zone(); next != offset {
			return int64(offset), int64(next), end.Unix()
		}
		t = end
	}
}
