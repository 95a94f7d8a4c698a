package top

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// page is what /metrics said at one moment.
type page struct {
	series map[string][]sample // by name
}

type sample struct {
	labels map[string]string
	value  float64
}

// readPage reads the text format of Prometheus.
func readPage(from io.Reader) (*page, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(from)
	if err != nil {
		return nil, fmt.Errorf("read the metrics: %w", err)
	}
	p := &page{series: map[string][]sample{}}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			s := sample{labels: map[string]string{}, value: m.GetUntyped().GetValue()}
			for _, l := range m.GetLabel() {
				s.labels[l.GetName()] = l.GetValue()
			}
			p.series[name] = append(p.series[name], s)
		}
	}
	return p, nil
}

// where are labels and the values that they must have.
type where map[string]string

func (s sample) is(w where) bool {
	for label, value := range w {
		if s.labels[label] != value {
			return false
		}
	}
	return true
}

// sum adds what a name has, of the series that fit.
func (p *page) sum(name string, w where) float64 {
	total := 0.0
	for _, s := range p.series[name] {
		if s.is(w) {
			total += s.value
		}
	}
	return total
}

// by adds what a name has, for each value of a label.
func (p *page) by(name, label string) map[string]float64 {
	all := map[string]float64{}
	for _, s := range p.series[name] {
		all[s.labels[label]] += s.value
	}
	return all
}

// values are those that a label of a name has.
func (p *page) values(name, label string) []string {
	return slices.Sorted(maps.Keys(p.by(name, label)))
}

// label is that of the only series of a name.
func (p *page) label(name, label string) string {
	for _, s := range p.series[name] {
		return s.labels[label]
	}
	return ""
}

// since is how much a counter has grown; what it has, after a restart.
func (p *page) since(before *page, name string, w where) float64 {
	now := p.sum(name, w)
	if was := before.sum(name, w); was <= now {
		return now - was
	}
	return now
}

// bucket is how many of a histogram's values lay in a range.
type bucket struct{ low, high, n float64 }

// quantile is below what so much of a histogram's values lay that came since a
// page before, and false if none did. It is the upper end of a bucket, never too
// small.
func (p *page) quantile(before *page, name string, q float64) (float64, bool) {
	old := before.by(name+"_bucket", "vmrange")
	if before.sum(name+"_count", nil) > p.sum(name+"_count", nil) {
		old = nil // the node has been started again
	}
	var all []bucket
	total := 0.0
	for text, n := range p.by(name+"_bucket", "vmrange") {
		low, high, found := strings.Cut(text, "...")
		if n -= old[text]; !found || n <= 0 {
			continue
		}
		b := bucket{n: n}
		b.low, _ = strconv.ParseFloat(low, 64) // zero is the lowest there is
		b.high, _ = strconv.ParseFloat(high, 64)
		if high == "+Inf" {
			b.high = b.low
		}
		all, total = append(all, b), total+n
	}
	slices.SortFunc(all, func(a, b bucket) int { return cmp.Compare(a.low, b.low) })
	reached := 0.0
	for _, b := range all {
		if reached += b.n; reached >= q*total {
			return b.high, true
		}
	}
	return 0, false
}
