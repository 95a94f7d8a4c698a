package transport

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/parley-engine/parley/actors/acd"
)

// people knows every connection, and who is behind those that have said hello.
type people struct {
	mu     sync.Mutex
	conns  map[*conn]struct{}
	coming int // handshakes that have a place and no connection yet
	byName map[acd.Stream]*person
	closed bool          // no new connections
	gone   bool          // and the last one has gone
	empty  chan struct{} // closed with gone
}

// person is one principal with all of his connections. His limits outlive the
// last of them until they have nothing to remember, so that dialling again does
// not fill them up.
type person struct {
	conns    []*conn
	commands *rate.Limiter
	forget   *time.Timer
}

func newPeople() *people {
	return &people{conns: make(map[*conn]struct{}), byName: make(map[acd.Stream]*person), empty: make(chan struct{})}
}

// enter takes a place for a handshake, unless as many as there may be are taken
// (0: any number). Add or leave follows: a peer knows that he is connected before
// add is called, and the next one may dial as soon as he does.
func (p *people) enter(most int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if most > 0 && len(p.conns)+p.coming >= most {
		return false
	}
	p.coming++
	return true
}

// leave gives the place of a handshake back that has failed.
func (p *people) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coming--
	p.settle()
}

// add takes the connection of a handshake in; false when the server is closing.
func (p *people) add(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.coming--
	p.conns[c] = struct{}{}
	return !p.closed
}

// remove is a connection's end.
func (p *people) remove(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
	p.settle()
}

// settle notices that the last one has gone. The caller holds mu.
func (p *people) settle() {
	if p.closed && !p.gone && len(p.conns)+p.coming == 0 {
		p.gone = true
		close(p.empty)
	}
}

// signIn makes the connection one of its principal's; false when there are too
// many already.
func (p *people) signIn(c *conn, limits *RoleLimits) (*person, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	name := c.who.Stream()
	one := p.byName[name]
	if one == nil {
		one = &person{commands: rate.NewLimiter(rate.Limit(limits.PerSecond), limits.Burst)}
		p.byName[name] = one
	}
	if len(one.conns) >= limits.Sessions {
		return nil, false
	}
	if one.forget != nil {
		one.forget.Stop()
		one.forget = nil
	}
	one.conns = append(one.conns, c)
	return one, true
}

// signOut takes the connection off its principal.
func (p *people) signOut(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := c.person
	if one == nil {
		return
	}
	for i := range one.conns {
		if one.conns[i] == c {
			one.conns = append(one.conns[:i], one.conns[i+1:]...)
			break
		}
	}
	if len(one.conns) > 0 {
		return
	}
	name := c.who.Stream()
	full := time.Duration(float64(one.commands.Burst()) / float64(one.commands.Limit()) * float64(time.Second))
	var timer *time.Timer
	timer = time.AfterFunc(full, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if one.forget == timer {
			delete(p.byName, name)
		}
	})
	one.forget = timer
}

// of returns the connections of a principal.
func (p *people) of(name acd.Stream) []*conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.byName[name]
	if one == nil {
		return nil
	}
	return append([]*conn(nil), one.conns...)
}

// count returns how many connections there are.
func (p *people) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

// all returns every connection.
func (p *people) all() []*conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]*conn, 0, len(p.conns))
	for c := range p.conns {
		list = append(list, c)
	}
	return list
}

// close lets nobody else in, and returns what is closed when all are gone.
func (p *people) close() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.settle()
	return p.empty
}
