package transport

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/parley-engine/parley/transport/wire"
)

// pulse is all that happens to a connection by the clock, on one timer. Zero
// times are not armed.
type pulse struct {
	mu      sync.Mutex
	timer   *time.Timer
	stopped bool

	hello    time.Time // no hello by then: 4502
	ping     time.Time // the next ping
	interval time.Duration
	asked    time.Time // when the last ping went out
	pong     time.Time // nothing heard since asked by then: 4002
	warn     time.Time // token_expiring
	expiry   time.Time // 4005
	leave    time.Time // of a drain
}

// start arms the wait for hello.
func (p *pulse) start(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := c.server.options.HelloTimeout
	p.hello = time.Now().Add(wait)
	p.timer = time.AfterFunc(wait, c.tick)
}

// greeted begins the heartbeat, jittered so that those who came together do not
// beat together.
func (p *pulse) greeted(heartbeat time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hello, p.interval = time.Time{}, heartbeat
	p.ping = time.Now().Add(heartbeat/2 + rand.N(heartbeat/2))
	p.rearm()
}

// expires arms the end of a token and the warning before it.
func (p *pulse) expires(at time.Time, warning time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expiry, p.warn = at, at.Add(-warning)
	p.rearm()
}

// departs arms the moment when a drain sends the peer away.
func (p *pulse) departs(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave = at
	p.rearm()
}

func (p *pulse) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.timer.Stop()
}

// rearm sets the timer to what comes first. The caller holds mu.
func (p *pulse) rearm() {
	var first time.Time
	for _, at := range [...]time.Time{p.hello, p.ping, p.pong, p.warn, p.expiry, p.leave} {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if !first.IsZero() && !p.stopped && p.timer != nil {
		p.timer.Reset(time.Until(first))
	}
}

// beat is what one tick found due.
type beat struct {
	shut      wire.CloseCode
	ping      bool
	expiresAt time.Time // to warn of
	leave     bool
}

// due takes what has come and arms the rest.
func (p *pulse) due(now time.Time, heard int64, late time.Duration) beat {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b beat
	has := func(at *time.Time) bool {
		if at.IsZero() || now.Before(*at) {
			return false
		}
		*at = time.Time{}
		return true
	}
	if has(&p.pong) && heard < p.asked.UnixNano() {
		b.shut = wire.CloseHeartbeatMissed
	}
	if has(&p.hello) {
		b.shut = wire.CloseNoHello
	}
	if has(&p.ping) {
		b.ping, p.ping = true, now.Add(p.interval)
		if p.pong.IsZero() {
			p.asked, p.pong = now, now.Add(late)
		}
	}
	if has(&p.warn) {
		b.expiresAt = p.expiry
	}
	if has(&p.expiry) {
		b.shut = wire.CloseTokenExpired
	}
	b.leave = has(&p.leave)
	p.rearm()
	return b
}

// tick is the timer's.
func (c *conn) tick() {
	b := c.beat.due(time.Now(), c.heard.Load(), c.server.options.HeartbeatLate)
	if b.shut != 0 {
		c.shut(b.shut)
		return
	}
	if !b.expiresAt.IsZero() {
		c.out.push(&wire.TokenExpiring{ExpiresAt: wire.At(b.expiresAt)})
	}
	if b.ping {
		c.out.push(&wire.Ping{})
	}
	if b.leave {
		c.leaving.Store(true)
		if c.unanswered.Load() <= 0 {
			c.shut(wire.CloseDrain)
		}
	}
}
