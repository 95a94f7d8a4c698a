package acd

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// Day is one day of the calendar, or several in a row, once or again and again.
type Day struct {
	Name string
	Date string // the first: 2026-12-25
	// Until is the last of several in a row; none is the day alone.
	Until string
	// Every is a rule of recurrence by RFC 5545, such as FREQ=YEARLY: from the
	// date on, the days that it gives, each with those in a row after it. The
	// date itself counts only if the rule gives it.
	Every string
	Hours []Hours // of a special day; none is closed
}

// dayRule is a Day that has been understood.
type dayRule struct {
	first int
	days  int // in a row
	every *rrule.RRule
	hours []Hours
}

// Bounds of what a schedule may hold.
const (
	maxDaysInRow = 366
	firstYear    = 2000
	lastYear     = 2199
)

// FieldError says which field of something is wrong.
type FieldError struct {
	Field string
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }

// Unwrap returns what is wrong with the field.
func (e *FieldError) Unwrap() error { return e.Err }

func wrongField(field, format string, args ...any) error {
	return &FieldError{field, fmt.Errorf(format, args...)}
}

// Check names the first field of the day that is wrong, as a *FieldError.
func (d Day) Check() error {
	_, err := d.rule()
	return err
}

func (d Day) rule() (dayRule, error) {
	r := dayRule{days: 1, hours: d.Hours}
	var err error
	if r.first, err = parseDay(d.Date); err != nil {
		return r, &FieldError{"date", err}
	}
	if d.Until != "" {
		until, err := parseDay(d.Until)
		if err != nil {
			return r, &FieldError{"until", err}
		}
		if r.days = until - r.first + 1; r.days < 1 || r.days > maxDaysInRow {
			return r, wrongField("until", "%s is not on the date or up to %d days after it", d.Until, maxDaysInRow-1)
		}
	}
	if d.Every != "" {
		if r.every, err = parseEvery(d.Every, r.first); err != nil {
			return r, &FieldError{"every", err}
		}
	}
	return r, nil
}

func parseDay(text string) (int, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return 0, fmt.Errorf("%q is no day, expected one like 2026-12-25, from %d to %d", text, firstYear, lastYear)
	}
	return dayOf(t), nil
}

// parseEvery reads a rule that gives days. They are counted in UTC, where every
// day has its midnight, so that no change of clocks moves one.
func parseEvery(text string, from int) (*rrule.RRule, error) {
	if strings.ContainsAny(text, ":\n") || strings.Contains(strings.ToUpper(text), "DTSTART") {
		return nil, fmt.Errorf("%q is more than a rule, expected one like FREQ=YEARLY; the first day is the date", text)
	}
	o, err := rrule.StrToROptionInLocation(text, time.UTC)
	if err != nil {
		return nil, fmt.Errorf("%q is no rule, expected one of RFC 5545 like FREQ=YEARLY: %w", text, err)
	}
	if o.Freq > rrule.DAILY || len(o.Byhour)+len(o.Byminute)+len(o.Bysecond) > 0 {
		return nil, fmt.Errorf("%q has times of day, expected days: DAILY, WEEKLY, MONTHLY or YEARLY", text)
	}
	o.Dtstart = dateOf(from)
	every, err := rrule.NewRRule(*o)
	if err != nil {
		return nil, fmt.Errorf("%q is no rule: %w", text, err)
	}
	if every.After(o.Dtstart, true).IsZero() {
		return nil, fmt.Errorf("%q never comes", text)
	}
	return every, nil
}

// daysOf are the days of the rules among those from first to last, with the
// hours of all that fall on each.
func (s *Schedule) daysOf(rules []dayRule, first, last int) map[int][]Hours {
	if len(rules) == 0 {
		return nil
	}
	days := map[int][]Hours{}
	for _, r := range rules {
		for _, begin := range r.begins(first-r.days+1, last) {
			for day := max(begin, first); day < begin+r.days && day <= last; day++ {
				days[day] = append(days[day], r.hours...)
			}
		}
	}
	return days
}

// begins are the days on which it falls, the first of each row.
func (r dayRule) begins(from, to int) []int {
	if r.every == nil {
		if r.first < from || r.first > to {
			return nil
		}
		return []int{r.first}
	}
	var days []int
	for _, t := range r.every.Between(dateOf(from), dateOf(to), true) {
		days = append(days, dayOf(t))
	}
	return days
}

// Check names all that is wrong with the schedule.
func (s *Schedule) Check() error {
	var errs []error
	if s.Place == nil {
		errs = append(errs, wrongField("zone", "%q has not been found", s.Zone))
	}
	check := func(list string, days []Day, hours bool) {
		for i, d := range days {
			at := fmt.Sprintf("%s[%d]", list, i)
			if err := d.Check(); err != nil {
				errs = append(errs, fmt.Errorf("%s.%w", at, err))
			}
			if !hours && len(d.Hours) > 0 {
				errs = append(errs, wrongField(at+".hours", "a holiday has none"))
			}
			errs = append(errs, checkHours(at+".hours", d.Hours)...)
		}
	}
	errs = append(errs, checkHours("week", s.Week)...)
	check("holidays", s.Holidays, false)
	check("specials", s.Specials, true)
	return errors.Join(errs...)
}

func checkHours(list string, all []Hours) (errs []error) {
	for i, h := range all {
		if h.From < 0 || h.From >= dayMinutes || h.To < 0 || h.To > dayMinutes || h.From == h.To {
			errs = append(errs, wrongField(fmt.Sprintf("%s[%d]", list, i), "%d to %d are no minutes of a day", h.From, h.To))
		}
	}
	return errs
}

// normalize understands what Check has found right; a schedule that is wrong
// is always open.
func (s *Schedule) normalize() {
	if s.Check() != nil {
		return
	}
	s.holidays, s.specials = rulesOf(s.Holidays), rulesOf(s.Specials)
	s.ready = true
}

func rulesOf(days []Day) []dayRule {
	rules := make([]dayRule, 0, len(days))
	for _, d := range days {
		r, _ := d.rule()
		rules = append(rules, r)
	}
	return rules
}
