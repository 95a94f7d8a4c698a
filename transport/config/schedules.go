package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
	_ "time/tzdata" // for machines that have no time zones of their own

	"github.com/parley-engine/parley/actors/acd"
)

// schedule is when queues that name it are open.
type schedule struct {
	TimeZone    string      `yaml:"time_zone"`
	Hours       []openHours `yaml:"hours"`
	Holidays    []holiday   `yaml:"holidays"`
	SpecialDays []holiday   `yaml:"special_days"`
}

type openHours struct {
	Days []string `yaml:"days"`
	From string   `yaml:"from"`
	To   string   `yaml:"to"`
}

type holiday struct {
	Name  string      `yaml:"name"`
	Date  string      `yaml:"date"`
	Until string      `yaml:"until"`
	Every string      `yaml:"every"`
	Hours []openHours `yaml:"hours"`
}

// maxDays bounds each list of a schedule.
const maxDays = 500

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (f *file) schedules() []string { return slices.Sorted(maps.Keys(f.Schedules)) }

func (f *file) checkSchedules(c *checker) {
	for _, name := range f.schedules() {
		at, s := join("schedules", name), f.Schedules[name]
		c.id(at, name)
		c.note(at+".time_zone", Facts{Required: true, Example: "Europe/Prague"})
		if s.TimeZone == "" {
			c.say(at+".time_zone", "missing, expected one like Europe/Prague")
		} else if _, err := zoneOf(s.TimeZone); err != nil {
			c.say(at+".time_zone", "%v", err)
		}
		for i, h := range s.Hours {
			in := item(at+".hours", i)
			c.openHours(in, h)
			for j, day := range h.Days {
				c.known(item(in+".days", j), "day", day, weekdays)
			}
		}
		c.days(at+".holidays", s.Holidays, false)
		c.days(at+".special_days", s.SpecialDays, true)
	}
}

// zoneOf finds a zone in the database. The zone of the machine is none.
func zoneOf(name string) (*time.Location, error) {
	if name == "Local" {
		return nil, errors.New(`"Local" is another zone on every machine, expected one like Europe/Prague`)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is no time zone, expected one like Europe/Prague", name)
	}
	return zone, nil
}

// days checks holidays, or special days with their hours.
func (c *checker) days(list string, all []holiday, special bool) {
	if len(all) > maxDays {
		c.say(list, "%d are too many, expected at most %d", len(all), maxDays)
	}
	for i, d := range all {
		at := item(list, i)
		c.text(at+".name", d.Name, nameChars)
		c.note(at+".date", Facts{Required: true, Pattern: dateForm, Example: "2026-12-24"})
		c.note(at+".until", Facts{Pattern: dateForm, Example: "2026-12-26"})
		c.note(at+".every", Facts{Example: "FREQ=YEARLY"})
		if err := d.day().Check(); err != nil {
			var wrong *acd.FieldError
			errors.As(err, &wrong)
			c.say(at+"."+wrong.Field, "%v", wrong.Err)
		}
		switch {
		case special && len(d.Hours) == 0:
			c.say(at+".hours", "missing: a day that is closed stands under holidays")
		case !special && len(d.Hours) > 0:
			c.say(at+".hours", "a holiday has none: a day with other hours stands under special_days")
		}
		for j, h := range d.Hours {
			in := item(at+".hours", j)
			c.openHours(in, h)
			if len(h.Days) > 0 {
				c.say(in+".days", "has no effect, since it is the day itself")
			}
		}
	}
}

func (c *checker) openHours(at string, h openHours) {
	c.note(at+".from", Facts{Required: true, Pattern: timeForm, Example: "08:00"})
	c.note(at+".to", Facts{Required: true, Pattern: timeForm, Example: "18:00"})
	from, err := minutes(h.From)
	if err == nil && from == 24*60 {
		err = errors.New("24:00 can only be the end")
	}
	if err != nil {
		c.say(at+".from", "%v", err)
	}
	to, err := minutes(h.To)
	switch {
	case err != nil:
		c.say(at+".to", "%v", err)
	case h.From == h.To:
		c.say(at+".to", "%s is the beginning too: around the clock is from 00:00 to 24:00", h.To)
	case from > 0 && to == 0:
		c.say(at+".to", "00:00 is the beginning of the day, expected 24:00 for its end")
	}
}

// What a date and a time of day look like, for Shapes.
const (
	dateForm = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	timeForm = `^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$`
)

// minutes reads a time of day, up to 24:00.
func minutes(text string) (int, error) {
	if text == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("%q is no time of day, expected one like \"08:30\", in quotes", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}

func (d holiday) day() acd.Day {
	return acd.Day{Name: d.Name, Date: d.Date, Until: d.Until, Every: d.Every, Hours: hoursOf(d.Hours)}
}

func hoursOf(all []openHours) []acd.Hours {
	var list []acd.Hours
	for _, h := range all {
		from, _ := minutes(h.From)
		to, _ := minutes(h.To)
		made := acd.Hours{From: from, To: to}
		for _, day := range h.Days {
			made.Days = append(made.Days, time.Weekday(slices.Index(weekdays, day)))
		}
		list = append(list, made)
	}
	return list
}

func daysOf(all []holiday) []acd.Day {
	var list []acd.Day
	for _, d := range all {
		list = append(list, d.day())
	}
	return list
}

func (f *file) engineSchedules() map[string]*acd.Schedule {
	if len(f.Schedules) == 0 {
		return nil
	}
	all := map[string]*acd.Schedule{}
	for name, s := range f.Schedules {
		place, _ := zoneOf(s.TimeZone)
		all[name] = &acd.Schedule{Zone: s.TimeZone, Place: place, Week: hoursOf(s.Hours), Holidays: daysOf(s.Holidays), Specials: daysOf(s.SpecialDays)}
	}
	return all
}
