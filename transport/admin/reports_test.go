package admin_test

import (
	"encoding/csv"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
	"github.com/parley-engine/parley/transport/wire"
)

// line returns the one line of a report over all day.
func (n *node) line(path string) map[string]any {
	n.t.Helper()
	yesterday := url.QueryEscape(time.Now().Add(-24 * time.Hour).Format(time.RFC3339))
	lines := n.ask("GET", "/v1/admin/reports/"+path+"?step=all&from="+yesterday, "").want(200).fields()["lines"].([]any)
	if len(lines) != 1 {
		n.t.Fatalf("%d lines of %s", len(lines), path)
	}
	return lines[0].(map[string]any)
}

func TestAReportSurvivesARestartAndIsTheSameAsCSV(t *testing.T) {
	n := start(t)
	dana := n.dial(acd.RoleCustomer, "dana")
	chat := dana.do(&wire.Start{Source: "web"}).Chat
	dana.do(&wire.End{Chat: chat})
	for range 2 {
		for path, key := range map[string]string{"queues": "queue", "sources": "source", "total": "start"} {
			l := n.line(path)
			if l["entered"] != 1.0 || l["abandoned"] != 1.0 || l["abandonment"] != 1.0 || l["ended_abandoned"] != 1.0 || l[key] == "" {
				t.Errorf("%s: %v", path, l)
			}
			if _, there := l["asa_s"]; there {
				t.Errorf("%s: a mean of nothing: %v", path, l["asa_s"])
			}
		}
		n.restart()
	}
	got := n.ask("GET", "/v1/admin/reports/queues?format=csv&tz=Europe/Rome&step=month", "").want(200)
	if kind := got.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") {
		t.Errorf("a CSV of type %q", kind)
	}
	rows, err := csv.NewReader(strings.NewReader(got.text)).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows (%v)", len(rows), err)
	}
	if i := slices.Index(rows[0], "abandoned"); i < 0 || rows[1][i] != "1" || rows[1][2] != "sales" && rows[1][2] != "support" {
		t.Errorf("abandoned is column %d of %v", i, rows[1])
	}
	if start, err := time.Parse(time.RFC3339, rows[1][0]); err != nil || start.Day() != 1 || start.Hour() != 0 {
		t.Errorf("the month begins at %s (%v)", rows[1][0], err)
	}
}

func TestAReportNamesEachWrongPartOfTheQuestion(t *testing.T) {
	n := start(t)
	n.ask("GET", "/v1/admin/reports/queues?step=year&threshold_s=7", "").want(422, "query.step", "query.threshold_s", "20")
	n.ask("GET", "/v1/admin/reports/queues?tz=Mars", "").want(422, "query.tz", "Europe/Rome")
	n.ask("GET", "/v1/admin/reports/queues?from=noon", "").want(422, "query.from")
	n.ask("GET", "/v1/admin/reports/queues?format=pdf", "").want(422, "query.format")
	n.ask("GET", "/v1/admin/reports/agents?source=web", "").want(422, "query.source")
	n.ask("GET", "/v1/admin/reports/planets", "").want(404)
}

func TestASupervisorIsShownTheQueuesOfHisScopeAlone(t *testing.T) {
	n := start(t)
	dana := n.dial(acd.RoleCustomer, "dana")
	dana.do(&wire.End{Chat: dana.do(&wire.Start{Source: "web"}).Chat})
	queue := n.line("queues")["queue"].(string)
	other := "sales"
	if queue == other {
		other = "support"
	}
	for scope, lines := range map[string]int{queue: 1, other: 0} {
		minted := n.ask("POST", "/v1/admin/tokens", `{"role":"supervisor","subject":"sue","queues":["`+scope+`"]}`).want(201).fields()
		got := n.askAs(minted["token"].(string), "GET", "/v1/admin/reports/"+string(report.ByQueue)+"s?step=all", "").want(200).fields()["lines"].([]any)
		if len(got) != lines {
			t.Errorf("a supervisor of %s sees %v", scope, got)
		}
	}
	n.askAs(token(t, acd.RoleAgent, "bob"), "GET", "/v1/admin/reports/total", "").want(403)
}
