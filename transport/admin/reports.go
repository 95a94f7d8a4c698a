package admin

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
)

// reportPage is a report as it is answered.
type reportPage struct {
	From  string           `json:"from"`
	To    string           `json:"to"`
	Zone  string           `json:"tz"`
	Step  report.Step      `json:"step"`
	Lines []map[string]any `json:"lines"`
}

// reportRoutes registers the reports.
func (a *API) reportRoutes() {
	for _, by := range report.Bys {
		path, about := "/reports/"+string(by)+"s", "by "+string(by)
		if by == report.ByNothing {
			path, about = "/reports/total", "of all together"
		}
		a.read(operation{id: "report-" + strings.TrimPrefix(path, "/reports/"), tag: "reports", path: path,
			summary: "Report waits, service level, handling, transfers and occupancy " + about,
			about: "Up to this moment. A line is what happened in a step; without anything there is no line. Times are in seconds. " +
				"service_level is answered within the threshold / (answered + abandoned after it); service_level_1 and _2 are Asterisk's; _strict takes all who " +
				"abandoned, _lenient leaves out those who did within a moment. With format=csv the same comes as CSV.",
			params: reportParams(), result: a.reportSchema(by), also: []string{"text/csv"}, errors: []int{http.StatusUnprocessableEntity}},
			func(_ context.Context, c *call) (*reply, error) { return a.report(c, by) })
	}
}

func reportParams() []*huma.Param {
	text := &huma.Schema{Type: huma.TypeString}
	moment := &huma.Schema{Type: huma.TypeString, Format: "date-time"}
	choice := func(first string, values ...any) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Enum: values, Default: first}
	}
	var steps []any
	for _, s := range report.Steps {
		steps = append(steps, string(s))
	}
	return []*huma.Param{
		query("from", "From when on; the start of today. It is taken back to a quarter of an hour.", moment),
		query("to", "Until when; now.", moment),
		query("tz", "The time zone in which days begin, by its IANA name; UTC.", text),
		query("step", "How long a line is.", choice(string(report.Quarter), steps...)),
		query("queue", "Of this queue alone.", text), query("agent", "Of this agent alone.", text), query("source", "Of this source alone.", text),
		query("threshold_s", "Count who was served in time by this many seconds instead of what each queue has: 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600 or 1200.",
			&huma.Schema{Type: huma.TypeInteger}),
		query("format", "", choice("json", "json", "csv")),
	}
}

// reportSchema says what a report looks like.
func (a *API) reportSchema(by report.By) *huma.Schema {
	moment := &huma.Schema{Type: huma.TypeString, Format: "date-time"}
	number := &huma.Schema{Type: huma.TypeNumber}
	line := map[string]*huma.Schema{"start": moment, "end": moment}
	required := []string{"start", "end"}
	if by != report.ByNothing {
		line[string(by)] = &huma.Schema{Type: huma.TypeString}
		required = append(required, string(by))
	}
	for _, name := range report.Columns() {
		line[name] = number
	}
	return &huma.Schema{Type: huma.TypeObject, Required: []string{"from", "to", "tz", "step", "lines"}, Properties: map[string]*huma.Schema{
		"from": moment, "to": moment, "tz": {Type: huma.TypeString}, "step": {Type: huma.TypeString},
		"lines": {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeObject, Required: required, Properties: line}},
	}}
}

func (a *API) report(c *call, by report.By) (*reply, error) {
	q, err := a.question(c, by)
	if err != nil {
		return nil, err
	}
	lines, err := a.options.Engine.Report(q)
	if err != nil {
		return nil, err
	}
	switch format := c.query.Get("format"); format {
	case "csv":
		var text bytes.Buffer
		err := report.WriteCSV(&text, by, lines)
		return &reply{text: text.Bytes(), kind: "text/csv; charset=utf-8; header=present"}, err
	case "", "json":
	default:
		return nil, fieldProblem("query.format", strconv.Quote(format)+", expected json or csv")
	}
	page := reportPage{From: q.From.In(q.Zone).Format(time.RFC3339), To: q.To.In(q.Zone).Format(time.RFC3339), Zone: q.Zone.String(), Step: q.Step,
		Lines: []map[string]any{}}
	for i := range lines {
		page.Lines = append(page.Lines, lines[i].Object(by))
	}
	return &reply{body: page}, nil
}

// question reads what is asked for. A supervisor sees the queues of his scope.
func (a *API) question(c *call, by report.By) (report.Question, error) {
	get := c.query.Get
	zone, err := time.LoadLocation(get("tz"))
	if err != nil || get("tz") == "Local" {
		return report.Question{}, fieldProblem("query.tz", strconv.Quote(get("tz"))+", expected the IANA name of a time zone such as Europe/Rome")
	}
	now := a.options.Now().In(zone)
	y, m, d := now.Date()
	q := report.Question{From: time.Date(y, m, d, 0, 0, 0, 0, zone), To: now.Add(time.Second), Zone: zone, Step: report.Step(get("step")), By: by,
		Queue: acd.QueueID(get("queue")), Agent: acd.AgentID(get("agent")), Source: acd.SourceID(get("source"))}
	for name, into := range map[string]*time.Time{"from": &q.From, "to": &q.To} {
		if text := get(name); text != "" {
			if *into, err = time.Parse(time.RFC3339, text); err != nil {
				return q, fieldProblem("query."+name, strconv.Quote(text)+", expected a time such as 2026-11-22T08:00:00Z")
			}
		}
	}
	if text := get("threshold_s"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 1 {
			return q, fieldProblem("query.threshold_s", strconv.Quote(text)+", expected a number of seconds")
		}
		q.Threshold = time.Duration(seconds) * time.Second
	}
	if scope := c.who.Scope; scope != "" {
		q.Covers = func(queue acd.QueueID) bool { return scope.Covers(queue) }
	}
	if p := wrongFields(q.Fill()); p != nil {
		return q, p
	}
	return q, nil
}

// wrongFields names each field of a question that is wrong, nil if that is not
// what is the matter.
func wrongFields(err error) *huma.ErrorModel {
	var all []*huma.ErrorDetail
	for _, one := range flat(err) {
		if field := new(report.FieldError); errors.As(one, &field) {
			all = append(all, &huma.ErrorDetail{Location: "query." + field.Field, Message: field.Detail})
		}
	}
	if all == nil {
		return nil
	}
	p := problem(http.StatusUnprocessableEntity, "the question is wrong")
	p.Errors = all
	return p
}

func flat(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
