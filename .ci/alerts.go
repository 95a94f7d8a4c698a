// Command alerts evaluates alert rules with the engine of Prometheus: alerts
// TESTS. A file of tests has the format of "promtool test rules", which takes it
// too. Beyond that every rule must be seen to fire and to stay silent.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/template"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
	"sigs.k8s.io/yaml"
)

type testFile struct {
	RuleFiles []string       `json:"rule_files"`
	Every     model.Duration `json:"evaluation_interval"`
	Tests     []testCase     `json:"tests"`
}

type testCase struct {
	Name     string         `json:"name"`
	Interval model.Duration `json:"interval"` // between two values of a series
	Series   []struct {
		Series string `json:"series"`
		Values string `json:"values"`
	} `json:"input_series"`
	Alerts []struct {
		At       model.Duration `json:"eval_time"`
		Name     string         `json:"alertname"`
		Expected []struct {
			Labels      map[string]string `json:"exp_labels"`
			Annotations map[string]string `json:"exp_annotations"`
		} `json:"exp_alerts"`
	} `json:"alert_rule_test"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "expected a file of tests")
		os.Exit(2)
	}
	n, err := run(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%d rules fire and stay silent as they should\n", n)
}

func run(path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var file testFile
	if err := yaml.UnmarshalStrict(text, &file); err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	rules := map[string]rulefmt.Rule{}
	for _, name := range file.RuleFiles {
		groups, errs := rulefmt.ParseFile(filepath.Join(filepath.Dir(path), name), false, model.UTF8Validation)
		if errs != nil {
			return 0, errors.Join(errs...)
		}
		for _, g := range groups.Groups {
			for _, r := range g.Rules {
				rules[r.Alert] = r
			}
		}
	}
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, test := range file.Tests {
		for _, a := range test.Alerts {
			rule, known := rules[a.Name]
			if !known {
				err = errors.Join(err, fmt.Errorf("%s: there is no rule %s", test.Name, a.Name))
				continue
			}
			var want []string
			for _, e := range a.Expected {
				want = append(want, show(e.Labels, e.Annotations))
			}
			got, failed := test.evaluate(rule, time.Duration(file.Every), time.Duration(a.At))
			if slices.Sort(want); failed != nil || !slices.Equal(got, want) {
				err = errors.Join(err, failed, fmt.Errorf("%s: %s at %s is %q, expected %q", test.Name, a.Name, a.At, got, want))
			}
			fires[a.Name] = fires[a.Name] || len(want) > 0
			silent[a.Name] = silent[a.Name] || len(want) == 0
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if !fires[name] || !silent[name] {
			err = errors.Join(err, fmt.Errorf("%s: fires in a test %t, stays silent in one %t", name, fires[name], silent[name]))
		}
	}
	return len(rules), err
}

func show(of, annotated map[string]string) string {
	return fmt.Sprint(labels.FromMap(of), labels.FromMap(annotated))
}

// evaluate returns what a rule fires at a moment, having been evaluated again and
// again since the beginning.
func (c *testCase) evaluate(rule rulefmt.Rule, every, at time.Duration) (fired []string, err error) {
	db, err := c.load()
	if err != nil {
		return nil, err
	}
	engine := promql.NewEngine(promql.EngineOpts{Logger: slog.New(slog.DiscardHandler), MaxSamples: 1e6, Timeout: time.Minute, EnableNegativeOffset: true, EnableAtModifier: true})
	defer engine.Close()
	since := map[string]time.Time{}
	for now := time.Unix(0, 0).UTC(); !now.After(time.Unix(0, 0).Add(at)); now = now.Add(every) {
		query, err := engine.NewInstantQuery(context.Background(), db, nil, rule.Expr, now)
		if err != nil {
			return nil, err
		}
		result := query.Exec(context.Background())
		if result.Err != nil {
			return nil, result.Err
		}
		found, err := result.Vector()
		if err != nil {
			return nil, err
		}
		active := map[string]time.Time{}
		fired = nil
		for _, s := range found {
			key := s.Metric.String()
			active[key] = now
			if was, before := since[key]; before {
				active[key] = was
			}
			if now.Sub(active[key]) >= time.Duration(rule.For) {
				text, err := alert(rule, s)
				if err != nil {
					return nil, err
				}
				fired = append(fired, text)
			}
		}
		since = active
		query.Close()
	}
	slices.Sort(fired)
	return fired, nil
}

// alert is what would be sent: labels of the series and the rule, and the
// annotations with their values.
func alert(rule rulefmt.Rule, s promql.Sample) (string, error) {
	of := s.Metric.Map()
	delete(of, labels.MetricName)
	data := template.AlertTemplateData(maps.Clone(of), nil, "", s)
	annotated := map[string]string{}
	for name, text := range rule.Annotations {
		expander := template.NewTemplateExpander(context.Background(), "{{$labels := .Labels}}{{$value := .Value}}"+text, "alert", data, 0, nil, &url.URL{}, nil)
		out, err := expander.Expand()
		if err != nil {
			return "", fmt.Errorf("%s, %s: %w", rule.Alert, name, err)
		}
		annotated[name] = out
	}
	maps.Copy(of, rule.Labels)
	return show(of, annotated), nil
}

// series are those of a test, all of them in memory.
type series []storage.Series

func (c *testCase) load() (series, error) {
	var all series
	for _, s := range c.Series {
		of, values, err := parser.ParseSeriesDesc(s.Series + " " + s.Values)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", c.Name, s.Series, err)
		}
		var samples []chunks.Sample
		for i, v := range values {
			if !v.Omitted {
				samples = append(samples, sample{int64(i) * time.Duration(c.Interval).Milliseconds(), v.Value})
			}
		}
		all = append(all, storage.NewListSeries(of, samples))
	}
	return all, nil
}

// Querier implements storage.Queryable.
func (s series) Querier(_, _ int64) (storage.Querier, error) {
	return &storage.MockQuerier{SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
		var found []storage.Series
		for _, one := range s {
			if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(one.Labels().Get(m.Name)) }) {
				found = append(found, one)
			}
		}
		slices.SortFunc(found, func(a, b storage.Series) int { return strings.Compare(a.Labels().String(), b.Labels().String()) })
		return &set{all: found}
	}}, nil
}

// set walks over series.
type set struct {
	all []storage.Series
	at  int
}

func (s *set) Next() bool                        { s.at++; return s.at <= len(s.all) }
func (s *set) At() storage.Series                { return s.all[s.at-1] }
func (s *set) Err() error                        { return nil }
func (s *set) Warnings() annotations.Annotations { return nil }

type sample struct {
	t int64
	v float64
}

func (s sample) T() int64                      { return s.t }
func (s sample) ST() int64                     { return 0 }
func (s sample) F() float64                    { return s.v }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }
