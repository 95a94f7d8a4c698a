package transport

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/parley-engine/parley/actors/acd"
)

// CallLimits bound requests to the operator's API.
type CallLimits struct {
	PerSecond        int // of one principal, on average; 20
	Burst            int // at once; 100
	AddressPerSecond int // of one client address, whoever asks and also nobody; 50
	AddressBurst     int // at once; 200
}

// calls counts the requests to the operator's API.
type calls struct {
	addresses  *buckets[netip.Addr]
	principals *buckets[acd.Stream]
}

func newCalls(l CallLimits) *calls {
	return &calls{newBuckets[netip.Addr](l.AddressPerSecond, l.AddressBurst), newBuckets[acd.Stream](l.PerSecond, l.Burst)}
}

// buckets are a limiter for each of many, of whom those that have used up
// nothing are forgotten.
type buckets[K comparable] struct {
	each  rate.Limit
	burst int

	mu   sync.Mutex
	seen map[K]*rate.Limiter
}

func newBuckets[K comparable](perSecond, burst int) *buckets[K] {
	return &buckets[K]{each: rate.Limit(perSecond), burst: burst, seen: map[K]*rate.Limiter{}}
}

// take takes one, or says after how many seconds there is one again.
func (b *buckets[K]) take(of K, now time.Time) (retryAfter int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.seen[of]
	if l == nil {
		if len(b.seen) >= sweepAddresses {
			b.sweep(now)
		}
		l = rate.NewLimiter(b.each, b.burst)
		b.seen[of] = l
	}
	if l.AllowN(now, 1) {
		return 0, true
	}
	return max(1, int(math.Ceil(waitFor(l, now)))), false
}

func (b *buckets[K]) sweep(now time.Time) {
	for of, l := range b.seen {
		if l.TokensAt(now) >= float64(b.burst) {
			delete(b.seen, of)
		}
	}
}

// Admit counts a request of a principal to the operator's API. A refused one may
// come again after so many seconds.
func (s *Server) Admit(who acd.Principal) (retryAfter int, ok bool) {
	return s.calls.principals.take(who.Stream(), time.Now())
}

// limited refuses an address that asks the operator's API too often, before
// anything of the request is looked at.
func (s *Server) limited(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if addr := remoteAddr(r.RemoteAddr); strings.HasPrefix(r.URL.Path, "/v1/admin") && !s.addresses.exempt(addr) {
			if wait, ok := s.calls.addresses.take(addr, time.Now()); !ok {
				s.answerProblem(w, tooOften(wait, "too many requests from this address"))
				return
			}
		}
		h.ServeHTTP(w, r)
	})
}

// tooOften is the refusal of who may come again after so many seconds.
func tooOften(wait int, detail string) *problem {
	p := refuse(http.StatusTooManyRequests, detail)
	p.wait = strconv.Itoa(wait)
	return p
}
