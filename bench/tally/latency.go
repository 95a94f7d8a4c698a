// Package tally counts what a load met with: how long things took, how often
// what was refused, and whether the server kept its promises, as its clients
// saw them.
package tally

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Measure is a latency, from when something was meant to happen.
type Measure int

// The latencies, in the order of a result.
const (
	StartToOffer Measure = iota
	AcceptToAssigned
	SendToDelivered
	TransferToAccepted
	RONALateness
	Resume
	Reoffer // from the end of an offer that nobody answered to the next one
	measures
)

var names = [measures]string{"start_to_offer", "accept_to_assigned", "send_to_delivered", "transfer_to_accepted", "rona_lateness", "resume", "reoffer"}

// Measures lists all latencies.
func Measures() []Measure {
	return []Measure{StartToOffer, AcceptToAssigned, SendToDelivered, TransferToAccepted, RONALateness, Resume, Reoffer}
}

// Name is what a result calls it.
func (m Measure) Name() string { return names[m] }

// The range of the histograms: a microsecond to ten minutes, to three digits.
const (
	lowest  = 1
	highest = 600_000_000
	digits  = 3
)

// Latencies is histograms of all measures, for all goroutines.
type Latencies struct {
	of [measures]struct {
		sync.Mutex
		whole, second *hdrhistogram.Histogram // in microseconds
	}
}

// NewLatencies is empty.
func NewLatencies() *Latencies {
	l := &Latencies{}
	for i := range l.of {
		l.of[i].whole = hdrhistogram.New(lowest, highest, digits)
		l.of[i].second = hdrhistogram.New(lowest, highest, digits)
	}
	return l
}

// Add notes how long something took.
func (l *Latencies) Add(m Measure, took time.Duration) {
	micros := min(max(took.Microseconds(), lowest), highest)
	h := &l.of[m]
	h.Lock()
	defer h.Unlock()
	// Neither fails: the value is inside of the range.
	_ = h.whole.RecordValue(micros)
	_ = h.second.RecordValue(micros)
}

// Quantiles of a latency, in milliseconds.
type Quantiles struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p99.9"`
	Max   float64 `json:"max"`
}

// Whole is the figures of a measure over the run.
func (l *Latencies) Whole(m Measure) Quantiles {
	h := &l.of[m]
	h.Lock()
	defer h.Unlock()
	return quantiles(h.whole)
}

// Lap is the figures of a measure since the last lap.
func (l *Latencies) Lap(m Measure) Quantiles {
	h := &l.of[m]
	h.Lock()
	defer h.Unlock()
	q := quantiles(h.second)
	h.second.Reset()
	return q
}

// Point is a share of all values and what they stayed below, in milliseconds.
type Point struct {
	Share float64 `json:"share"`
	Ms    float64 `json:"ms"`
}

// Curve is the distribution of a measure, for a plot.
func (l *Latencies) Curve(m Measure) []Point {
	h := &l.of[m]
	h.Lock()
	defer h.Unlock()
	if h.whole.TotalCount() == 0 {
		return nil
	}
	var points []Point
	for _, share := range []float64{0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 1} {
		points = append(points, Point{share, ms(h.whole.ValueAtQuantile(share * 100))})
	}
	return points
}

func quantiles(h *hdrhistogram.Histogram) Quantiles {
	return Quantiles{
		Count: h.TotalCount(), P50: ms(h.ValueAtQuantile(50)), P90: ms(h.ValueAtQuantile(90)), P99: ms(h.ValueAtQuantile(99)),
		P999: ms(h.ValueAtQuantile(99.9)), Max: ms(h.Max()),
	}
}

func ms(micros int64) float64 { return float64(micros) / 1000 }
