package bench

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// Limit is the highest rate that held, and how every rate did that was tried.
type Limit struct {
	Profile    string  `json:"profile"`
	Command    string  `json:"command"`
	Machine    Machine `json:"machine"`
	OfferP99Ms float64 `json:"objective_offer_p99_ms"`
	Rate       float64 `json:"limit_per_s"` // 0: not even the first held
	Trials     []Trial `json:"curve"`       // in the order in which they were run
	Best       *Result `json:"best,omitempty"`
}

// Trial is one rate.
type Trial struct {
	Rate           float64     `json:"rate"`
	Held           bool        `json:"held"`
	Why            string      `json:"why,omitempty"` // it did not
	LifecyclesPerS float64     `json:"lifecycles_per_s"`
	OfferP50       float64     `json:"offer_p50_ms"`
	OfferP99       float64     `json:"offer_p99_ms"`
	DeliverP99     float64     `json:"send_to_delivered_p99_ms"`
	ServerCPU      float64     `json:"server_cpu_us_per_lifecycle"`
	Errors         int64       `json:"errors"`
	Correctness    Correctness `json:"correctness"`
}

const (
	closeEnough = 1.05 // the search ends when the lowest rate that broke is so near
	mostTrials  = 30
	stretches   = 2 // of the rate that the search begins with, until it breaks
)

// FindLimit raises the rate of arrivals until the profile's objective breaks,
// and halves the gap until the limit is known to five in a hundred. Every rate
// gets a server of its own, and a second one if the first did not hold it: on a
// machine that others use too a single stall would else end the search far below
// the limit. A broken promise is no stall and is not tried again. The search
// begins with the profile's rate.
func FindLimit(ctx context.Context, o Options, told func(Trial)) (*Limit, error) {
	if o.Profile.Arrivals.Rate <= 0 {
		return nil, fmt.Errorf("find limit: profile %s has no rate to raise", o.Profile.Name)
	}
	l := &Limit{
		Profile: o.Profile.Name, Command: o.Command, Machine: thisMachine(&o),
		OfferP99Ms: float64(o.Profile.Objective.OfferP99) / float64(time.Millisecond),
	}
	if err := l.search(o.Profile.Arrivals.Rate, func(rate float64) (Trial, *Result, error) { return try(ctx, o, rate) }, told); err != nil {
		return nil, fmt.Errorf("find limit: %w", err)
	}
	return l, nil
}

// search tries rates, the given one first.
func (l *Limit) search(rate float64, try func(float64) (Trial, *Result, error), told func(Trial)) error {
	rates, again := bracket{at: rate, broke: math.Inf(1)}, false
	for range mostTrials {
		t, r, err := try(rates.at)
		if err != nil {
			return fmt.Errorf("at %g a second: %w", rates.at, err)
		}
		l.Trials = append(l.Trials, t)
		if told != nil {
			told(t)
		}
		if t.Held && t.Rate > l.Rate {
			l.Rate, l.Best = t.Rate, r
		}
		if again = !t.Held && !again && t.Correctness.Clean(); again {
			continue
		}
		if rates.next(t.Held) {
			break
		}
	}
	return nil
}

// bracket is between which rates the limit lies.
type bracket struct{ at, held, broke float64 }

// next takes what became of the rate at hand, chooses another, and reports
// whether the limit is known.
func (b *bracket) next(held bool) bool {
	if held {
		b.held = max(b.held, b.at)
	} else {
		b.broke = min(b.broke, b.at)
	}
	switch {
	case math.IsInf(b.broke, 1):
		b.at *= stretches
	case b.held == 0:
		b.at /= stretches
	default:
		b.at = math.Sqrt(b.held * b.broke)
	}
	return b.held > 0 && b.broke/b.held < closeEnough || b.at < 1
}

func try(ctx context.Context, o Options, rate float64) (Trial, *Result, error) {
	p := *o.Profile
	p.Arrivals.Rate = rate
	o.Profile = &p
	r, err := Run(ctx, o)
	if err != nil {
		return Trial{}, nil, err
	}
	t := Trial{
		Rate: rate, LifecyclesPerS: r.LifecyclesPerS, OfferP50: r.LatencyMs["start_to_offer"].P50, OfferP99: r.LatencyMs["start_to_offer"].P99,
		DeliverP99: r.LatencyMs["send_to_delivered"].P99, ServerCPU: r.Server.CPUPerLifecycle, Correctness: r.Correctness,
	}
	for _, n := range r.Errors {
		t.Errors += n
	}
	t.Why = r.broken(float64(p.Objective.OfferP99) / float64(time.Millisecond))
	t.Held = t.Why == ""
	return t, r, nil
}

// broken says what of the objective a run did not hold, empty if all.
func (r *Result) broken(offerP99 float64) string {
	var why []string
	say := func(bad bool, format string, args ...any) {
		if bad {
			why = append(why, fmt.Sprintf(format, args...))
		}
	}
	offer := r.LatencyMs["start_to_offer"]
	say(offer.Count == 0, "nobody was offered")
	say(offer.P99 > offerP99, "offer p99 %.1f ms", offer.P99)
	for code, n := range r.Errors {
		say(n > 0, "%d %s", n, code)
	}
	say(!r.Correctness.Clean(), "promises were broken")
	say(r.Chats.Unfinished > 0, "%d chats did not end", r.Chats.Unfinished)
	say(r.Chats.NotStarted > 0, "%d chats were not started", r.Chats.NotStarted)
	return strings.Join(why, ", ")
}
