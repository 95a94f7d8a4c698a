package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/VictoriaMetrics/metricsql"
	"github.com/goccy/go-yaml"
)

// asked are all expressions of the dashboard and the alert rules, by what they
// are called.
func asked(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	text, err := os.ReadFile("deploy/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatalf("dashboard: %v", err)
	}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			all["panel "+p.Title+": "+target.Expr] = strings.ReplaceAll(target.Expr, "$queue", ".*")
		}
	}
	if text, err = os.ReadFile("deploy/alerts.yaml"); err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr string
				For         string
				Labels      map[string]string
				Annotations map[string]string
			}
		}
	}
	if err := yaml.UnmarshalWithOptions(text, &rules, yaml.Strict()); err != nil {
		t.Fatalf("alert rules: %v", err)
	}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			if r.Labels["severity"] == "" || r.Annotations["summary"] == "" {
				t.Errorf("alert %s: expected a severity and a summary", r.Alert)
			}
			all["alert "+r.Alert] = r.Expr
		}
	}
	if len(all) < 30 {
		t.Fatalf("%d expressions only", len(all))
	}
	return all
}

var sample = regexp.MustCompile(`(?m)^([a-z_]+)(\{[^}]*\})? `)

// measured are the names of all series that a page of metrics has, and the
// names of their labels.
func measured(page string) map[string][]string {
	all := map[string][]string{}
	label := regexp.MustCompile(`([a-z_]+)="`)
	for _, m := range sample.FindAllStringSubmatch(page, -1) {
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			if !slices.Contains(all[m[1]], l[1]) {
				all[m[1]] = append(all[m[1]], l[1])
			}
		}
		if all[m[1]] == nil {
			all[m[1]] = []string{}
		}
	}
	return all
}

func TestEveryMetricThatTheDashboardAndTheAlertsAskForIsThere(t *testing.T) {
	p, _ := pastChat(t, t.TempDir())
	_, page := p.ask("GET", "/metrics", "")
	there := measured(page)
	// Of TLS alone; TestANodeOrdersItsCertificateAndServesWithIt has it.
	there["parley_certificate_not_after_seconds"] = []string{"listener", "name"}
	for what, expr := range asked(t) {
		parsed, err := metricsql.Parse(expr)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		metricsql.VisitAll(parsed, func(e metricsql.Expr) {
			m, ok := e.(*metricsql.MetricExpr)
			if !ok {
				return
			}
			for _, filters := range m.LabelFilterss {
				labels, name := there[filters[0].Value], filters[0].Value
				if labels == nil {
					t.Errorf("%s: a running server has no %s", what, name)
				}
				for _, f := range filters[1:] {
					if !slices.Contains(labels, f.Label) {
						t.Errorf("%s: %s has no label %s", what, name, f.Label)
					}
				}
			}
		})
	}
}

// model is what the node has to show: names, and their labels.
const modelMetrics = `
parley_chats phase queue | parley_chats_started_total | parley_chats_ended_total reason | parley_queue_waiting queue
parley_queue_oldest_seconds queue | parley_queue_admission_refused_total queue reason | parley_offers_total queue reason
parley_offer_latency_seconds | parley_accept_seconds | parley_accept_to_assigned_seconds | parley_message_delivery_seconds
parley_wait_seconds queue | parley_handle_seconds | parley_wrapup_seconds | parley_sl_in_total queue | parley_sl_out_total queue
parley_answered_total queue | parley_abandoned_total queue short | parley_agents presence routing | parley_occupancy_ratio team | parley_rona_total queue
parley_transfers_total mode result | parley_conferences_total result | parley_sessions role | parley_resume_total result
parley_replay_events | parley_dup_commands_total | parley_slow_consumers_total | parley_journal_batch_events | parley_journal_sync_seconds
parley_journal_errors_total | parley_mailbox_depth kind | parley_actor_step_seconds kind cmd | parley_passivations_total | parley_quarantined
parley_invariant_violations_total id | parley_stale_messages_total kind`

func TestEveryMetricOfTheModelIsThereWithItsLabels(t *testing.T) {
	p, _ := pastChat(t, t.TempDir())
	_, page := p.ask("GET", "/metrics", "")
	there := measured(page)
	n := 0
	for line := range strings.Lines(modelMetrics) {
		for one := range strings.SplitSeq(line, "|") {
			words := strings.Fields(one)
			if len(words) == 0 {
				continue
			}
			n++
			labels, found := there[words[0]]
			if !found {
				labels, found = there[words[0]+"_count"]
			}
			if slices.Sort(labels); !found || !slices.Equal(labels, slices.Sorted(slices.Values(words[1:]))) {
				t.Errorf("%s is there %t, its labels are %v, expected %v", words[0], found, labels, words[1:])
			}
		}
	}
	if n != 37 {
		t.Errorf("%d metrics were looked for", n)
	}
}

func TestTheMetricsOfTheModelAreThere(t *testing.T) {
	p, _ := pastChat(t, t.TempDir())
	_, page := p.ask("GET", "/metrics", "")
	for _, want := range []string{
		`parley_chats{phase="ended"} 1`, `parley_chats{phase="active",queue="support"} 0`, `parley_chats_started_total 1`, `parley_chats_ended_total{reason="agent"} 1`,
		`parley_queue_waiting{queue="support"} 0`, `parley_offers_total{queue="support",reason="accepted"} 1`, `parley_sl_in_total{queue="support"} 1`,
		`parley_sl_out_total{queue="support"} 0`, `parley_wait_seconds_count{queue="support"} 1`, `parley_accept_seconds_count 1`,
		`parley_handle_seconds_count 1`, `parley_wrapup_seconds_count 1`, `parley_message_delivery_seconds_count`, `parley_offer_latency_seconds_count 1`,
		`parley_agents{presence="available",routing="idle"} 1`, `parley_occupancy_ratio{team="all"} 0`, `parley_sessions{role="agent"} 1`,
		`parley_actor_step_seconds_count{kind="chat",cmd=`, `parley_build_info{version=`, `parley_disk_free_bytes `, `parley_disk_state 0`,
		`parley_mailbox_depth{kind="chat"} 0`, `parley_stale_messages_total{kind="agent"} 0`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}
