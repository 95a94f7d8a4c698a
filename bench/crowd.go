package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-engine/parley/bench/profiles"
	"github.com/parley-engine/parley/bench/socket"
	"github.com/parley-engine/parley/bench/tally"
	"github.com/parley-engine/parley/transport/wire"
)

// crowd is everybody of a run.
type crowd struct {
	profile   *profiles.Profile
	url       string
	key       Key
	sources   []string
	names     []string // of agents
	id        string   // of this run, in names, texts and ids of commands
	base      time.Time
	schedule  *schedule
	latencies *tally.Latencies
	faults    tally.Faults
	counts    counts
	ctx       context.Context // ends when everybody goes home
	readers   sync.WaitGroup

	agents  []*agent
	present atomic.Int64 // agents who are available
	live    atomic.Int64 // chats that are open
	guests  atomic.Int64 // customers' connections
	from    atomic.Int64 // the measured time, in nanoseconds; 0 is not yet
	until   atomic.Int64
	breach  breach

	peers   list
	chats   table[int]
	ids     table[string]
	mu      sync.Mutex
	free    []*customer // connected and without a chat
	reserve []*customer // the same, for when there is none of those
	visitor int         // customers so far
	dice    *rand.Rand
}

// breach is a fault that the run makes.
type breach struct {
	mu        sync.Mutex
	cut       bool
	back      time.Duration // from when on the cut come back
	over      time.Duration
	killed    time.Duration // 0 is not
	recovered time.Duration // the first offer after it
	live      int64         // chats at the kill
}

// table finds chats by a key, from many goroutines.
type table[K comparable] struct {
	mu   sync.RWMutex
	rows map[K]*chat
}

func (t *table[K]) put(key K, k *chat) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rows == nil {
		t.rows = map[K]*chat{}
	}
	t.rows[key] = k
}

func (t *table[K]) drop(key K) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, key)
}

// list is everybody who is connected or about to be.
type list struct {
	mu  sync.Mutex
	all map[*peer]bool
}

func (l *list) add(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[*peer]bool{}
	}
	l.all[p] = true
}

func (l *list) drop(p *peer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, p)
}

func (l *list) each(do func(*peer)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.all {
		do(p)
	}
}

func newCrowd(ctx context.Context, p *profiles.Profile) *crowd {
	c := &crowd{
		profile: p, ctx: ctx, base: time.Now(), latencies: tally.NewLatencies(), dice: rand.New(rand.NewPCG(p.Seed, 0xc0d)),
		id: "b" + strconv.FormatUint(rand.Uint64N(1<<40), 36), // ids must differ from those of other runs
	}
	c.schedule = newSchedule(c.now)
	return c
}

func (c *crowd) now() time.Duration { return time.Since(c.base) }

func (c *crowd) byID(id []byte) *chat {
	c.ids.mu.RLock()
	defer c.ids.mu.RUnlock()
	return c.ids.rows[string(id)]
}

func (c *crowd) byIndex(index int) *chat {
	c.chats.mu.RLock()
	defer c.chats.mu.RUnlock()
	return c.chats.rows[index]
}

// byName finds the chat whose customer has this name.
func (c *crowd) byName(name []byte) *chat {
	if len(name) < len(c.id)+2 || string(name[:len(c.id)]) != c.id {
		return nil
	}
	return c.byIndex(int(socket.Number(name[len(c.id)+1:])))
}

// bind gives a chat the server's id. The chat's lock is held.
func (c *crowd) bind(k *chat, id string) {
	k.id = id
	c.ids.put(id, k)
}

func (c *crowd) forget(k *chat) {
	c.chats.drop(k.index)
	if k.id != "" {
		c.ids.drop(k.id)
	}
	c.live.Add(-1)
}

// measured reports whether something that was due then counts.
func (c *crowd) measured(due time.Duration) bool {
	from, until := c.from.Load(), c.until.Load()
	return from != 0 && int64(due) >= from && (until == 0 || int64(due) < until)
}

func (c *crowd) measure(m tally.Measure, due, now time.Duration) {
	if c.measured(due) {
		c.latencies.Add(m, now-due)
	}
}

// rang is a chat's first offer.
func (c *crowd) rang(k *chat, now time.Duration) {
	c.counts.offered.Add(1)
	c.measure(tally.StartToOffer, k.due, now)
	c.breach.mu.Lock()
	defer c.breach.mu.Unlock()
	if c.breach.killed > 0 && c.breach.recovered == 0 {
		c.breach.recovered = now
	}
}

func (c *crowd) completed(*chat) { c.counts.completed.Add(1) }

func (c *crowd) source(n int) string { return c.sources[n%len(c.sources)] }

// target is an agent with room to follow another one: of a few, the freest.
func (c *crowd) target(dice *rand.Rand, not *agent) *agent {
	var best *agent
	for range 8 {
		a := c.agents[dice.IntN(len(c.agents))]
		if a == not || !a.here.Load() {
			continue
		}
		if best == nil || a.load.Load() < best.load.Load() {
			best = a
		}
	}
	return best
}

func (c *crowd) drawBack() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.profile.Agents.Back.Time(c.dice)
}

// broke is a connection that ended while the run goes on.
func (c *crowd) broke(err error) {
	c.counts.cuts.Add(1)
	var closed *socket.Closed
	if errors.As(err, &closed) && closed.Code != int(wire.CloseDrain) {
		c.counts.fail("closed_" + strconv.Itoa(closed.Code))
	}
}

// backAt is when a connection that was cut is to come back.
func (c *crowd) backAt(*peer) time.Duration {
	c.breach.mu.Lock()
	defer c.breach.mu.Unlock()
	if !c.breach.cut {
		return 0
	}
	return c.breach.back + time.Duration(rand.Int64N(int64(c.breach.over)+1))
}

func (c *crowd) newPeer(role wire.Role, subject, name string) *peer {
	return &peer{crowd: c, role: role, subject: subject, name: name}
}

// signIn connects an agent, who makes himself available.
func (c *crowd) signIn(a *agent) error {
	if err := a.peer.enter(c.ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return nil
}

func (c *crowd) hire() {
	for i, name := range c.names {
		a := &agent{crowd: c, n: i, offers: map[string]*offer{}}
		a.peer = c.newPeer(wire.RoleAgent, name, name)
		a.peer.person = a
		c.agents = append(c.agents, a)
	}
}

// visit connects a new customer, who enters or only tries once (connect).
func (c *crowd) visit(come func(*peer, context.Context) error) (*customer, error) {
	c.mu.Lock()
	c.visitor++
	name := "v" + c.id + "-" + strconv.Itoa(c.visitor)
	c.mu.Unlock()
	v := &customer{crowd: c}
	v.peer = c.newPeer(wire.RoleCustomer, name, "") // each chat brings a name, which a token's would hide
	v.peer.person = v
	ctx, leave := context.WithCancel(c.ctx)
	v.leave = leave
	if err := come(v.peer, ctx); err != nil {
		leave()
		return nil, fmt.Errorf("visit: %w", err)
	}
	return v, nil
}

// done takes a customer back whose chat is over.
func (c *crowd) done(v *customer) {
	if c.profile.Customers.PerChat {
		c.guests.Add(-1)
		v.leave()
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if v.spare {
		c.reserve = append(c.reserve, v)
	} else {
		c.free = append(c.free, v)
	}
}

// arrive lets a chat begin that was due then, whatever the others do.
func (c *crowd) arrive(w *worker, index int, due time.Duration) {
	c.counts.arrived.Add(1)
	if v := c.idle(); v != nil {
		c.begin(w, v, index, due)
		return
	}
	if c.guests.Add(1) > int64(c.profile.Customers.Most) {
		c.guests.Add(-1)
		c.counts.notStarted.Add(1)
		return
	}
	c.readers.Go(func() {
		v, err := c.visit((*peer).connect)
		if err != nil {
			c.guests.Add(-1)
			if c.ctx.Err() == nil {
				c.counts.fail("not_connected")
			}
			return
		}
		w := &worker{}
		c.begin(w, v, index, due)
		w.flush()
	})
}

// idle takes the customer of the pool who has had no chat for longest, so that
// nobody is more of a person than the server's limits allow, or else the one of
// the reserve who was the last to have one, so that no more of it is used than
// there is need of.
func (c *crowd) idle() *customer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.free) > 0 {
		v := c.free[0]
		c.free[0] = nil
		c.free = c.free[1:]
		return v
	}
	n := len(c.reserve) - 1
	if n < 0 {
		return nil
	}
	v := c.reserve[n]
	c.reserve[n] = nil
	c.reserve = c.reserve[:n]
	return v
}

func (c *crowd) begin(w *worker, v *customer, index int, due time.Duration) {
	k := c.newChat(index, due)
	k.customer = v
	c.chats.put(index, k)
	c.live.Add(1)
	k.mu.Lock()
	defer k.mu.Unlock()
	v.chat.Store(k)
	v.start(w, k)
}
