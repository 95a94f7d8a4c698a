package report

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Step is how long a line of a report is.
type Step string

// The steps.
const (
	Quarter Step = "15m"
	Hourly  Step = "hour"
	Daily   Step = "day"
	Weekly  Step = "week" // from Monday
	Monthly Step = "month"
	Whole   Step = "all"
)

// Steps are all of them.
var Steps = []Step{Quarter, Hourly, Daily, Weekly, Monthly, Whole}

// By is what the lines of a report are about, beside a time.
type By string

// What there is.
const (
	ByNothing By = "total"
	ByQueue   By = "queue"
	ByAgent   By = "agent"
	BySource  By = "source"
)

// Bys are all of them.
var Bys = []By{ByNothing, ByQueue, ByAgent, BySource}

// Question says what a report is of. Zero fields are any.
type Question struct {
	From, To time.Time // To is without; both are widened to quarters of an hour
	Zone     *time.Location
	Step     Step
	By       By
	Queue    acd.QueueID
	Agent    acd.AgentID
	Source   acd.SourceID
	// Threshold takes the place of those of the queues.
	Threshold time.Duration
	// Covers says which queues the asker may see; nil is all, and what belongs to
	// no queue as well.
	Covers func(acd.QueueID) bool
	// Capacity is how many units an agent can carry.
	Capacity func(acd.AgentID) int
}

// Thresholds are those that a service level can be asked for.
func Thresholds() (all []time.Duration) {
	for _, s := range bounds {
		all = append(all, time.Duration(s)*time.Second)
	}
	return all
}

// Widest is the longest time that a report may be of.
const Widest = 400 * 24 * time.Hour

// Fill puts the defaults in and says what is wrong with the rest, each wrong
// field at once.
func (q *Question) Fill() error {
	q.Step, q.By = cmp.Or(q.Step, Quarter), cmp.Or(q.By, ByNothing)
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	var errs []error
	wrong := func(field, format string, args ...any) {
		errs = append(errs, &FieldError{field, fmt.Sprintf(format, args...)})
	}
	if !slices.Contains(Steps, q.Step) {
		wrong("step", "%q, expected one of %s", q.Step, join(Steps))
	}
	if !slices.Contains(Bys, q.By) {
		wrong("by", "%q, expected one of %s", q.By, join(Bys))
	}
	if q.Threshold != 0 && !slices.Contains(Thresholds(), q.Threshold) {
		wrong("threshold_s", "%g, expected one of %s", q.Threshold.Seconds(), strings.Trim(fmt.Sprint(bounds), "[]"))
	}
	switch {
	case !q.From.Before(q.To):
		wrong("to", "%s, expected a time after from, %s", q.To.Format(time.RFC3339), q.From.Format(time.RFC3339))
	case q.To.Sub(q.From) > Widest:
		wrong("from", "%s before to, expected at most %d days", q.To.Sub(q.From), Widest/(24*time.Hour))
	}
	if (q.By == ByAgent || q.Agent != "") && (q.By == BySource || q.Source != "") {
		wrong("source", "expected no source together with agents: what agents did is not kept apart by source")
	}
	q.From = time.UnixMilli(q.From.UnixMilli() / Interval * Interval)
	q.To = time.UnixMilli((q.To.UnixMilli() + Interval - 1) / Interval * Interval)
	return errors.Join(errs...)
}

func join[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// FieldError names a field of a question and what is wrong with it.
type FieldError struct{ Field, Detail string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Detail }

// Line is one line of a report: what happened from Start to End in what Key
// names.
type Line struct {
	Start, End time.Time
	Key        string
	Figures    Figures
}

// Table makes a report of cells.
type Table struct {
	q     Question
	lines map[lineKey]*Line
}

type lineKey struct {
	start int64
	key   string
}

// NewTable returns an empty report. The question has been filled.
func NewTable(q Question) *Table { return &Table{q: q, lines: map[lineKey]*Line{}} }

// Intervals are the first interval that the report needs, and the first after
// it that it does not.
func (q *Question) Intervals() (from, to int64) {
	return q.From.UnixMilli() / Interval, q.To.UnixMilli() / Interval
}

// Add adds a cell's figures if the report is about them.
func (t *Table) Add(c Cell, f *Figures) {
	q := &t.q
	from, to := q.Intervals()
	if c.At < from || c.At >= to || q.Covers != nil && (c.Queue == "" || !q.Covers(c.Queue)) {
		return
	}
	alone := c.Agent != "" && c.Queue == "" // an agent's time, of no chat
	switch {
	case q.Queue != "" && c.Queue != q.Queue && !(alone && q.By == ByAgent):
	case q.By == ByAgent || q.Agent != "":
		if c.Agent == "" || q.Agent != "" && c.Agent != q.Agent {
			return
		}
		t.merge(c, f)
	case c.Agent == "":
		if q.Source == "" || c.Source == q.Source {
			t.merge(c, f)
		}
	case alone && q.By == ByNothing && q.Source == "" && q.Queue == "":
		t.merge(c, f)
	}
}

func (t *Table) merge(c Cell, f *Figures) {
	start := t.q.begin(c.Start())
	k := lineKey{start: start.UnixMilli()}
	switch t.q.By {
	case ByQueue:
		k.key = string(c.Queue)
	case ByAgent:
		k.key = string(c.Agent)
	case BySource:
		k.key = string(c.Source)
	case ByNothing:
	}
	if t.q.By != ByNothing && k.key == "" {
		return
	}
	l := t.lines[k]
	if l == nil {
		l = &Line{Start: start, End: t.q.end(start), Key: k.key}
		t.lines[k] = l
	}
	l.Figures.Merge(f)
	if signed := f[SignedInTime]; signed > 0 && t.q.Capacity != nil {
		l.Figures[CapacityTime] += signed * int64(max(t.q.Capacity(c.Agent), 1))
	}
}

// begin is the start of the line that a time belongs to, in the question's zone.
func (q *Question) begin(at time.Time) time.Time {
	local := at.In(q.Zone)
	y, m, d := local.Date()
	switch q.Step {
	case Quarter:
		return local
	case Hourly:
		return local.Add(-time.Duration(local.Minute()) * time.Minute)
	case Daily:
		return time.Date(y, m, d, 0, 0, 0, 0, q.Zone)
	case Weekly:
		return time.Date(y, m, d-(int(local.Weekday())+6)%7, 0, 0, 0, 0, q.Zone)
	case Monthly:
		return time.Date(y, m, 1, 0, 0, 0, 0, q.Zone)
	case Whole:
		return q.From.In(q.Zone)
	}
	panic("report: a step that Fill has not seen: " + string(q.Step))
}

// end is the end of the line that begins then.
func (q *Question) end(start time.Time) time.Time {
	switch q.Step {
	case Quarter:
		return start.Add(15 * time.Minute)
	case Hourly:
		return start.Add(time.Hour)
	case Daily:
		return start.AddDate(0, 0, 1)
	case Weekly:
		return start.AddDate(0, 0, 7)
	case Monthly:
		return start.AddDate(0, 1, 0)
	case Whole:
	}
	return q.To.In(q.Zone)
}

// Lines returns the report, by time and then by key.
func (t *Table) Lines() []Line {
	keys := slices.SortedFunc(maps.Keys(t.lines), func(a, b lineKey) int {
		return cmp.Or(cmp.Compare(a.start, b.start), strings.Compare(a.key, b.key))
	})
	lines := make([]Line, len(keys))
	for i, k := range keys {
		lines[i] = *t.lines[k]
		lines[i].Figures.measure(t.q.Threshold)
	}
	return lines
}

// measure counts who was served in time by another threshold than the queues'.
func (f *Figures) measure(threshold time.Duration) {
	if threshold == 0 {
		return
	}
	f[AnsweredWithin], f[AbandonedWithin] = 0, 0
	for i, s := range bounds {
		if time.Duration(s)*time.Second <= threshold {
			f[AnsweredWithin] += f[answeredBy+i]
			f[AbandonedWithin] += f[abandonedBy+i]
		}
	}
}
