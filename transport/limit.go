package transport

import (
	"math"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// addresses bounds connections and accepts by client address.
type addresses struct {
	limits        AddressLimits
	trustLoopback bool

	mu   sync.Mutex
	seen map[netip.Addr]*address
}

type address struct {
	open    int
	accepts *rate.Limiter
}

// sweepAddresses is how many addresses are remembered before those that have
// nothing open and nothing used up are forgotten.
const sweepAddresses = 10_000

func newAddresses(o *Options) *addresses {
	return &addresses{limits: o.Address, trustLoopback: o.TrustLoopback, seen: make(map[netip.Addr]*address)}
}

// enter counts a connection in, or says after how many seconds to try again.
func (a *addresses) enter(addr netip.Addr) (retryAfter int, ok bool) {
	if a.exempt(addr) {
		return 0, true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.seen[addr]
	if e == nil {
		if len(a.seen) >= sweepAddresses {
			a.sweep()
		}
		e = &address{accepts: rate.NewLimiter(rate.Limit(a.limits.PerSecond), a.limits.Burst)}
		a.seen[addr] = e
	}
	if e.open >= a.limits.Connections {
		return 10, false
	}
	if !e.accepts.Allow() {
		return 1, false
	}
	e.open++
	return 0, true
}

// leave counts it out again.
func (a *addresses) leave(addr netip.Addr) {
	if a.exempt(addr) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen[addr].open--
}

func (a *addresses) exempt(addr netip.Addr) bool {
	return a.trustLoopback && (addr.IsLoopback() || !addr.IsValid())
}

func (a *addresses) sweep() {
	for addr, e := range a.seen {
		if e.open == 0 && e.accepts.Tokens() >= float64(a.limits.Burst) {
			delete(a.seen, addr)
		}
	}
}

// window counts what happens within a minute.
type window struct {
	since time.Time
	count int
}

// add counts one more and returns how many there have been.
func (w *window) add(now time.Time) int {
	if now.Sub(w.since) >= time.Minute {
		w.since, w.count = now, 0
	}
	w.count++
	return w.count
}

// strikes decides when a peer who goes on in spite of rate_limited is thrown
// out: at the third second of a minute in which he was refused, or at the
// hardRefusals-th refusal, whichever comes first. A burst that runs over its
// limit by a few frames is one strike and not many.
type strikes struct {
	seconds, refusals window
	last              time.Time
}

const (
	maxStrikes   = 3
	hardRefusals = 50
)

// out counts a refusal and reports whether it was one too many.
func (s *strikes) out(now time.Time) bool {
	hard := s.refusals.add(now) >= hardRefusals
	if now.Sub(s.last) < time.Second && !s.last.IsZero() {
		return hard
	}
	s.last = now
	return s.seconds.add(now) >= maxStrikes || hard
}

// waitFor says after how many seconds the limiter has room again.
func waitFor(l *rate.Limiter, now time.Time) float64 {
	missing := 1 - l.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return math.Ceil(missing/float64(l.Limit())*1000) / 1000
}
