package acd

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

// made returns a schedule that is ready to be asked.
func made(t testing.TB, s Schedule) *Schedule {
	t.Helper()
	place, err := time.LoadLocation(s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	s.Place = place
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	s.normalize()
	return &s
}

var (
	workdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	office   = []Hours{{Days: workdays, From: 8 * 60, To: 18 * 60}}
)

func TestAScheduleIsOpenByTheClockOfItsPlace(t *testing.T) {
	night := []Hours{{Days: []time.Weekday{time.Friday}, From: 22 * 60, To: 2 * 60}}
	christmas := []Day{{Name: "Christmas", Date: "2000-12-24", Until: "2000-12-26", Every: "FREQ=YEARLY"}}
	prague := func(s Schedule) Schedule { s.Zone = "Europe/Prague"; return s }
	for _, c := range []struct {
		name  string
		s     Schedule
		now   string
		open  bool
		until string // local too; "" is not said
	}{
		{"in the hours", prague(Schedule{Week: office}), "2026-05-04T08:00", true, "2026-05-04T18:00"},
		{"a moment before", prague(Schedule{Week: office}), "2026-05-04T07:59", false, "2026-05-04T08:00"},
		{"at their end", prague(Schedule{Week: office}), "2026-05-04T18:00", false, "2026-05-05T08:00"},
		{"over the weekend", prague(Schedule{Week: office}), "2026-05-08T20:00", false, "2026-05-11T08:00"},
		{"over midnight", prague(Schedule{Week: night}), "2026-05-09T01:59", true, "2026-05-09T02:00"},
		{"not before the day on which they begin", prague(Schedule{Week: night}), "2026-05-08T01:59", false, "2026-05-08T22:00"},
		{"up to midnight and from it on", prague(Schedule{Week: []Hours{
			{Days: []time.Weekday{time.Monday}, From: 600, To: 1440}, {Days: []time.Weekday{time.Tuesday}, From: 0, To: 600}}}),
			"2026-05-04T12:00", true, "2026-05-05T10:00"},
		{"hours that overlap", prague(Schedule{Week: []Hours{{From: 8 * 60, To: 12 * 60}, {From: 11 * 60, To: 16 * 60}}}),
			"2026-05-04T09:00", true, "2026-05-04T16:00"},
		{"around the clock", prague(Schedule{}), "2026-05-04T03:00", true, ""},
		{"a holiday", prague(Schedule{Week: office, Holidays: christmas}), "2026-12-24T10:00", false, "2026-12-28T08:00"},
		{"a holiday around the clock", prague(Schedule{Holidays: christmas}), "2026-12-23T10:00", true, "2026-12-24T00:00"},
		{"two holidays on one day", prague(Schedule{Week: office, Holidays: append([]Day{{Date: "2026-12-26", Until: "2026-12-29"}}, christmas...)}),
			"2026-12-25T10:00", false, "2026-12-30T08:00"},
		{"a holiday does not end what began before it", prague(Schedule{Week: night, Holidays: []Day{{Date: "2026-05-09"}}}),
			"2026-05-09T01:00", true, "2026-05-09T02:00"},
		{"a holiday takes what begins on it, over midnight too", prague(Schedule{Week: night, Holidays: []Day{{Date: "2026-05-08"}}}),
			"2026-05-09T01:00", false, "2026-05-15T22:00"},
		{"a special day", prague(Schedule{Week: office, Specials: []Day{{Date: "2026-05-04", Hours: []Hours{{From: 600, To: 720}}}}}),
			"2026-05-04T11:00", true, "2026-05-04T12:00"},
		{"a special day has only its own hours", prague(Schedule{Week: office, Specials: []Day{{Date: "2026-05-04", Hours: []Hours{{From: 600, To: 720}}}}}),
			"2026-05-04T09:00", false, "2026-05-04T10:00"},
		{"a special day on a holiday is open", prague(Schedule{Week: office, Holidays: christmas,
			Specials: []Day{{Date: "2026-12-24", Hours: []Hours{{From: 600, To: 720}}}}}), "2026-12-24T09:00", false, "2026-12-24T10:00"},
		{"the fourth Thursday of November", prague(Schedule{Week: office, Holidays: []Day{{Date: "2020-11-01", Every: "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"}}}),
			"2026-11-26T10:00", false, "2026-11-27T08:00"},
		{"every other Monday", prague(Schedule{Week: office, Holidays: []Day{{Date: "2026-05-04", Every: "FREQ=WEEKLY;INTERVAL=2"}}}),
			"2026-05-18T10:00", false, "2026-05-19T08:00"},
		{"and not the one between", prague(Schedule{Week: office, Holidays: []Day{{Date: "2026-05-04", Every: "FREQ=WEEKLY;INTERVAL=2"}}}),
			"2026-05-11T10:00", true, "2026-05-11T18:00"},
		{"a rule that has ended", prague(Schedule{Week: office, Holidays: []Day{{Date: "2026-05-04", Every: "FREQ=DAILY;COUNT=2"}}}),
			"2026-05-06T10:00", true, "2026-05-06T18:00"},
		{"hours in which the clocks go forward", prague(Schedule{Week: []Hours{{From: 60, To: 4 * 60}}}), "2026-03-29T01:30", true, "2026-03-29T04:00"},
		{"a beginning that is left out", prague(Schedule{Week: []Hours{{From: 150, To: 4 * 60}}}), "2026-03-29T01:59", false, "2026-03-29T03:00"},
		{"hours that are left out", prague(Schedule{Week: []Hours{{From: 125, To: 175}}}), "2026-03-29T01:59", false, "2026-03-30T02:05"},
		{"a zone with quarters of an hour", Schedule{Zone: "Asia/Kathmandu", Week: office}, "2026-05-04T08:00", true, "2026-05-04T18:00"},
		{"never again open", prague(Schedule{Week: office, Holidays: []Day{{Date: "2026-01-01", Every: "FREQ=DAILY"}}}), "2026-05-04T10:00", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := made(t, c.s)
			now, err := time.ParseInLocation("2006-01-02T15:04", c.now, s.Place)
			if err != nil {
				t.Fatal(err)
			}
			open, until := s.At(now)
			if got := until.In(s.Place).Format("2006-01-02T15:04"); open != c.open || c.until != "" && got != c.until {
				t.Errorf("open %t until %s, want %t until %s", open, got, c.open, c.until)
			}
			if !until.After(now) {
				t.Errorf("until %s, which is past", until)
			}
		})
	}
}

func TestAnHourThatTheClocksShowTwiceIsOneHourLonger(t *testing.T) {
	s := made(t, Schedule{Zone: "Europe/Prague", Week: []Hours{{From: 22 * 60, To: 150}}}) // until half past two
	began := time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC)
	open, until := s.At(began)
	if want := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC); !open || !until.Equal(want) {
		t.Errorf("open %t until %s, want until %s", open, until, want)
	}
}

func TestAWrongScheduleIsNamedByItsField(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		want string
	}{
		{Schedule{Zone: "Europe/Atlantis"}, `zone: "Europe/Atlantis" has not been found`},
		{Schedule{Week: []Hours{{From: 60, To: 60}}}, "week[0]: 60 to 60 are no minutes"},
		{Schedule{Holidays: []Day{{Date: "2026-02-30"}}}, `holidays[0].date: "2026-02-30" is no day`},
		{Schedule{Holidays: []Day{{Date: "1826-02-20"}}}, `holidays[0].date: "1826-02-20" is no day`},
		{Schedule{Holidays: []Day{{Date: "2026-02-20", Until: "2026-02-19"}}}, "holidays[0].until: 2026-02-19 is not on the date"},
		{Schedule{Holidays: []Day{{Date: "2026-02-20", Until: "2028-02-19"}}}, "holidays[0].until: 2028-02-19 is not on the date"},
		{Schedule{Holidays: []Day{{Date: "2026-02-20", Hours: office}}}, "holidays[0].hours: a holiday has none"},
		{Schedule{Specials: []Day{{Date: "2026-02-20", Every: "FREQ=SOMETIMES"}}}, `specials[0].every: "FREQ=SOMETIMES" is no rule`},
		{Schedule{Specials: []Day{{Date: "2026-02-20", Every: "FREQ=HOURLY"}}}, `specials[0].every: "FREQ=HOURLY" has times of day`},
		{Schedule{Specials: []Day{{Date: "2026-02-20", Every: "FREQ=DAILY;BYHOUR=3"}}}, `specials[0].every: "FREQ=DAILY;BYHOUR=3" has times of day`},
		{Schedule{Specials: []Day{{Date: "2026-02-20", Every: "DTSTART=20260101;FREQ=DAILY"}}}, "specials[0].every:"},
		{Schedule{Specials: []Day{{Date: "2026-02-20", Every: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}}},
			`specials[0].every: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" never comes`},
	} {
		if err := c.s.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
		if c.s.Zone == "" {
			c.s.Place = time.UTC
		}
		c.s.normalize()
		if open, until := c.s.At(morning); !open || !until.IsZero() {
			t.Errorf("%s: a wrong schedule is open %t until %s", c.want, open, until)
		}
	}
}

// oracle is the same, minute by minute: what the clock on the wall shows is
// compared with the hours, in both directions from the minute that is asked for.
type oracle struct {
	s    Schedule
	zone *time.Location
	from time.Time
	wall []int // what the clock shows, in minutes from 1970, each minute from from on
}

func newOracle(s *Schedule, around time.Time, days int) *oracle {
	o := &oracle{s: *s, zone: s.Place, from: around.Add(-72 * time.Hour).Truncate(time.Minute)}
	for i := range (days + 6) * dayMinutes {
		t := o.from.Add(time.Duration(i) * time.Minute).In(o.zone)
		o.wall = append(o.wall, dayOf(t)*dayMinutes+t.Hour()*60+t.Minute())
	}
	return o
}

// table says of each minute whether it is open.
func (o *oracle) table() []bool {
	open := make([]bool, len(o.wall))
	for day := o.wall[0]/dayMinutes - 2; day <= o.wall[len(o.wall)-1]/dayMinutes+2; day++ {
		for _, h := range o.hours(day) {
			from, to := day*dayMinutes+h.From, day*dayMinutes+h.To
			if h.To <= h.From {
				to += dayMinutes
			}
			shown := false // from or later has been shown by now
			last := -1     // minute in which less than to is shown
			for i, w := range o.wall {
				if w < to {
					last = i
				}
			}
			for i, w := range o.wall {
				shown = shown || w >= from
				open[i] = open[i] || shown && i <= last
			}
		}
	}
	return open
}

// hours of a day, by reading its rules like a person with a calendar.
func (o *oracle) hours(day int) (hours []Hours) {
	date := dateOf(day)
	special := false
	for _, d := range o.s.Specials {
		if falls(d, date) {
			special, hours = true, append(hours, d.Hours...)
		}
	}
	if special {
		return hours
	}
	for _, d := range o.s.Holidays {
		if falls(d, date) {
			return nil
		}
	}
	if len(o.s.Week) == 0 {
		return []Hours{{To: dayMinutes}}
	}
	for _, h := range o.s.Week {
		for _, w := range h.Days {
			if w == date.Weekday() {
				hours = append(hours, h)
			}
		}
	}
	return hours
}

// falls looks back over the length of a row for a day on which it begins.
func falls(d Day, date time.Time) bool {
	first, _ := time.Parse(time.DateOnly, d.Date)
	days := 0
	if d.Until != "" {
		until, _ := time.Parse(time.DateOnly, d.Until)
		days = int(until.Sub(first).Hours()) / 24
	}
	for back := range days + 1 {
		begin := date.AddDate(0, 0, -back)
		if begin.Before(first) {
			continue
		}
		since := int(begin.Sub(first).Hours()) / 24
		switch d.Every {
		case "":
			if since == 0 {
				return true
			}
		case "FREQ=YEARLY":
			if begin.Month() == first.Month() && begin.Day() == first.Day() {
				return true
			}
		case "FREQ=DAILY;INTERVAL=3":
			if since%3 == 0 {
				return true
			}
		case "FREQ=WEEKLY;BYDAY=TU,SA":
			if begin.Weekday() == time.Tuesday || begin.Weekday() == time.Saturday {
				return true
			}
		case "FREQ=MONTHLY;BYDAY=-1SU":
			if begin.Weekday() == time.Sunday && begin.AddDate(0, 0, 7).Month() != begin.Month() {
				return true
			}
		default:
			panic("the oracle does not know " + d.Every)
		}
	}
	return false
}

var zones = rapid.SampledFrom([]string{"Europe/Prague", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
	"America/Santiago", "Africa/Casablanca", "Pacific/Apia", "UTC"})

// turns are days near which clocks change somewhere, or nothing happens.
var turns = rapid.SampledFrom([]time.Time{
	time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 5, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 6, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 2, 15, 0, 0, 0, 0, time.UTC), time.Date(2011, 12, 30, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
})

func drawHours(rt *rapid.T, name string, weekly bool) Hours {
	h := Hours{From: rapid.IntRange(0, 95).Draw(rt, name+" from") * 15}
	for h.To = h.From; h.To == h.From; {
		h.To = rapid.IntRange(0, 96).Draw(rt, name+" to") * 15
	}
	if weekly {
		h.Days = rapid.SliceOfNDistinct(rapid.SampledFrom(append(workdays, time.Saturday, time.Sunday)), 1, 7, rapid.ID).Draw(rt, name+" days")
	}
	return h
}

func drawDay(rt *rapid.T, name string, near time.Time, special bool) Day {
	first := near.AddDate(0, 0, rapid.IntRange(-9, 9).Draw(rt, name+" date"))
	d := Day{Every: rapid.SampledFrom([]string{"", "", "FREQ=YEARLY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=TU,SA", "FREQ=MONTHLY;BYDAY=-1SU"}).Draw(rt, name)}
	d.Date = first.Format(time.DateOnly)
	if n := rapid.IntRange(0, 4).Draw(rt, name+" length"); n > 0 {
		d.Until = first.AddDate(0, 0, n).Format(time.DateOnly)
	}
	if special {
		for i := range rapid.IntRange(1, 2).Draw(rt, name+" hours") {
			d.Hours = append(d.Hours, drawHours(rt, fmt.Sprint(name, i), false))
		}
	}
	return d
}

func TestAScheduleSaysWhatTheClockOnTheWallSaysMinuteByMinute(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		near := turns.Draw(rt, "near")
		s := Schedule{Zone: zones.Draw(rt, "zone")}
		for i := range rapid.IntRange(0, 3).Draw(rt, "week") {
			s.Week = append(s.Week, drawHours(rt, fmt.Sprint("week", i), true))
		}
		for i := range rapid.IntRange(0, 2).Draw(rt, "holidays") {
			s.Holidays = append(s.Holidays, drawDay(rt, fmt.Sprint("holiday", i), near, false))
		}
		for i := range rapid.IntRange(0, 2).Draw(rt, "specials") {
			s.Specials = append(s.Specials, drawDay(rt, fmt.Sprint("special", i), near, true))
		}
		schedule := made(t, s)
		o := newOracle(schedule, near, 3)
		want := o.table()
		for i := 72 * 60; i < 72*60+2*dayMinutes; i += 1 + rapid.IntRange(0, 40).Draw(rt, "step") {
			now := o.from.Add(time.Duration(i) * time.Minute)
			open, until := schedule.At(now)
			if open != want[i] {
				rt.Fatalf("%+v\nat %s (%s): open %t, want %t", s, now, now.In(o.zone), open, want[i])
			}
			for j := i; j < len(want)-3*dayMinutes && o.from.Add(time.Duration(j)*time.Minute).Before(until); j++ {
				if want[j] != open {
					rt.Fatalf("%+v\nat %s: open %t until %s, and it is not at %s", s, now, open, until, o.from.Add(time.Duration(j)*time.Minute))
				}
			}
			if end := int(until.Sub(o.from).Minutes()); end < len(want)-3*dayMinutes && want[end] == open {
				rt.Fatalf("%+v\nat %s: open %t until %s, and after it too", s, now, open, until)
			}
		}
	})
}
