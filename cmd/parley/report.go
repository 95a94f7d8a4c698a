package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
)

type reportCommand struct {
	By        string        `arg:"" optional:"" default:"total" enum:"total,queue,agent,source" help:"What a line is about: ${enum} (${default})."`
	From      time.Time     `placeholder:"TIME" help:"From when on (RFC 3339); the start of today."`
	To        time.Time     `placeholder:"TIME" help:"Until when (RFC 3339); now."`
	Zone      string        `name:"tz" default:"UTC" help:"The time zone in which days begin, such as Europe/Rome (${default})."`
	Step      string        `default:"hour" enum:"15m,hour,day,week,month,all" help:"How long a line is: ${enum} (${default})."`
	Queue     string        `help:"Of this queue alone."`
	Agent     string        `help:"Of this agent alone."`
	Source    string        `help:"Of this source alone."`
	Threshold time.Duration `placeholder:"TIME" help:"Count who was served within it, instead of what each queue has."`
	Format    string        `default:"table" enum:"table,csv,json" help:"${enum} (${default})."`
	Data      string        `placeholder:"DIR" help:"Read the data folder of a server that is stopped, instead of asking a running one."`
	operator
}

// Run prints a report of a running node, or of a folder.
func (c *reportCommand) Run(ctx context.Context, m Main) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return usage(fmt.Errorf("--tz is %q, expected the IANA name of a time zone such as Europe/Rome", c.Zone))
	}
	if c.Data != "" {
		return c.folder(m, zone)
	}
	format := c.Format
	if format == "table" {
		format = "json"
	}
	body, _, err := c.ask(ctx, http.MethodGet, "/v1/admin/reports/"+c.path()+"?"+c.query(format).Encode(), nil, "")
	if err != nil {
		return err
	}
	if c.Format != "table" {
		_, err = m.Out.Write(body)
		return err
	}
	var page struct {
		Lines []map[string]any `json:"lines"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return fmt.Errorf("answer of %s: %w", c.Address, err)
	}
	return c.table(m.Out, page.Lines)
}

func (c *reportCommand) path() string {
	if c.By == string(report.ByNothing) {
		return c.By
	}
	return c.By + "s"
}

func (c *reportCommand) query(format string) url.Values {
	q := url.Values{"tz": {c.Zone}, "step": {c.Step}, "format": {format}}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("queue", c.Queue)
	set("agent", c.Agent)
	set("source", c.Source)
	if !c.From.IsZero() {
		set("from", c.From.Format(time.RFC3339))
	}
	if !c.To.IsZero() {
		set("to", c.To.Format(time.RFC3339))
	}
	if c.Threshold != 0 {
		set("threshold_s", strconv.Itoa(int(c.Threshold.Seconds())))
	}
	return q
}

// folder makes the report itself.
func (c *reportCommand) folder(m Main, zone *time.Location) error {
	now := time.Now()
	if m.now != nil {
		now = m.now()
	}
	y, month, d := now.In(zone).Date()
	q := report.Question{From: c.From, To: c.To, Zone: zone, Step: report.Step(c.Step), By: report.By(c.By), Queue: acd.QueueID(c.Queue),
		Agent: acd.AgentID(c.Agent), Source: acd.SourceID(c.Source), Threshold: c.Threshold}
	if q.From.IsZero() {
		q.From = time.Date(y, month, d, 0, 0, 0, 0, zone)
	}
	if q.To.IsZero() {
		q.To = now.Add(time.Second)
	}
	if err := q.Fill(); err != nil {
		return usage(err)
	}
	stored := stored{Data: c.Data}
	return stored.read(m, func(j journal) error {
		lines, err := actors.NewPast(j).Report(q)
		if err != nil {
			return err
		}
		if c.Format == "csv" {
			return report.WriteCSV(m.Out, q.By, lines)
		}
		objects := make([]map[string]any, len(lines))
		for i := range lines {
			objects[i] = lines[i].Object(q.By)
		}
		if c.Format == "json" {
			return json.NewEncoder(m.Out).Encode(map[string]any{"lines": objects})
		}
		return c.table(m.Out, objects)
	})
}

// shown are the columns of the table: those that are looked at every day. CSV and
// JSON have all.
var shown = []struct{ title, name, format string }{
	{"entered", "entered", "%.0f"}, {"answered", "answered", "%.0f"}, {"abandoned", "abandoned", "%.0f"},
	{"service level", "service_level", "%.1f%%"}, {"asa", "asa_s", "%.0fs"}, {"longest", "longest_wait_s", "%.0fs"},
	{"abandonment", "abandonment", "%.1f%%"}, {"aht", "aht_s", "%.0fs"}, {"talk", "talk_average_s", "%.0fs"}, {"wrap-up", "wrapup_average_s", "%.0fs"},
	{"offers", "offers", "%.0f"}, {"rona", "rona", "%.0f"}, {"transfers", "transfers_done", "%.0f"}, {"occupancy", "occupancy", "%.1f%%"},
}

func (c *reportCommand) table(w io.Writer, lines []map[string]any) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(out, "start\t")
	if c.By != string(report.ByNothing) {
		fmt.Fprint(out, c.By+"\t")
	}
	for _, s := range shown {
		fmt.Fprint(out, s.title+"\t")
	}
	fmt.Fprintln(out)
	for _, l := range lines {
		start, err := time.Parse(time.RFC3339, fmt.Sprint(l["start"]))
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
		fmt.Fprint(out, start.Format("2006-01-02 15:04")+"\t")
		if c.By != string(report.ByNothing) {
			fmt.Fprintf(out, "%v\t", l[c.By])
		}
		for _, s := range shown {
			v, known := l[s.name].(float64)
			switch {
			case !known:
				fmt.Fprint(out, "-\t")
			case s.format == "%.1f%%":
				fmt.Fprintf(out, s.format+"\t", v*100)
			default:
				fmt.Fprintf(out, s.format+"\t", v)
			}
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}
