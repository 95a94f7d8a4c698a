// Package check holds what clients saw and what a journal holds against what
// was promised. It knows the vocabulary of the rules (commands, events) and
// none of their decisions: the states that it needs it derives itself, and it
// never looks at an engine.
package check

import (
	"fmt"
	"reflect"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/fxamacker/cbor/v2"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// Violation is a promise that was broken.
type Violation struct {
	Rule  string // I1 … I13, or the name of another promise
	What  string
	About acd.Address // whose history tells it, if one does
	At    int64
}

func (v *Violation) Error() string { return v.Rule + ": " + v.What }

// Order is one command of somebody, as its client knows it.
type Order struct {
	By      acd.Principal
	Device  string
	ID      string
	To      acd.Address
	Cmd     acd.Command
	Call    int64 // when it was sent first
	Return  int64 // when it was answered first; 0 is not yet
	Result  acd.Result
	Refusal *acd.Refusal

	call int64 // as operations count
}

// Sitting is what one device was given from one welcome on.
type Sitting struct {
	By      acd.Principal
	Device  string
	Epoch   string
	Seq     uint64 // of the last event
	Resumed bool

	serves map[acd.ChatID]bool // by what this device was told
}

// Checker follows the people of one world, as it goes on.
type Checker struct {
	now      func() int64
	orders   []*Order
	byID     map[string]*Order
	streams  map[streamKey]*numbered
	violated *Violation
	ops      []Op
	target   map[acd.OfferID]acd.AgentID
	over     map[string]bool // chats whose end somebody was told of
	ended    map[acd.OfferID]bool
	capacity map[acd.AgentID]int
	forced   map[slot]bool // what supervisors have forced on somebody
	lives    []begun
	erasing  map[acd.ChatID]bool   // what was said there may be gone
	erased   map[acd.ChatID]bool   // it is
	again    map[numberOf][]uint64 // what else was told under a number
	notes    map[numberOf]uint64   // what was told, without the words of erased chats
	boards   []shown
	minAlert time.Duration // the shortest of any queue
	order    []streamKey
	said     []told
	saidAt   map[place]string
	ticks    int64
	history  []line
}

// line is one thing that was seen, for the shortened history of a failure.
type line struct {
	at    int64
	about string
	text  func() string
}

type streamKey struct {
	name  acd.Stream
	epoch string
}

// numbered is what the numbers of one stream stand for.
type numbered struct {
	digests map[uint64]uint64
	last    uint64
}

// New returns a checker that reads the world's clock.
func New(now func() int64) *Checker {
	return &Checker{now: now, byID: map[string]*Order{}, streams: map[streamKey]*numbered{}, target: map[acd.OfferID]acd.AgentID{}, over: map[string]bool{},
		ended: map[acd.OfferID]bool{}, capacity: map[acd.AgentID]int{}, forced: map[slot]bool{}, saidAt: map[place]string{}}
}

// slot is a chat at an agent.
type slot struct {
	chat  acd.ChatID
	agent acd.AgentID
}

// told is one message as somebody was given it.
type told struct {
	chat acd.ChatID
	seq  uint64
	text string
}

type place struct {
	chat acd.ChatID
	seq  uint64
}

// tick counts what operations are ordered by.
func (c *Checker) tick() int64 { c.ticks++; return c.ticks }

// Violated returns the first broken promise, nil if none is.
func (c *Checker) Violated() *Violation { return c.violated }

func (c *Checker) fail(rule string, about acd.Address, format string, args ...any) {
	if c.violated == nil {
		c.violated = &Violation{Rule: rule, What: fmt.Sprintf(format, args...), About: about, At: c.now()}
	}
}

// Configured notes what agents may carry at most and how long an offer rings at
// least before it counts, under any configuration.
func (c *Checker) Configured(cfg *acd.Config) {
	for _, q := range cfg.Queues {
		if c.minAlert == 0 || q.MinAlert < c.minAlert {
			c.minAlert = q.MinAlert
		}
	}
	for id, a := range cfg.Agents {
		c.capacity[id] = max(c.capacity[id], a.Capacity)
	}
}

// Asked notes a command as it is sent for the first time.
func (c *Checker) Asked(device string, by acd.Principal, id string, to acd.Address, cmd acd.Command) *Order {
	o := &Order{By: by, Device: device, ID: id, To: to, Cmd: cmd, Call: c.now(), call: c.tick()}
	if a, ok := cmd.(acd.AssignTo); ok && a.Force {
		c.forced[slot{acd.ChatID(to.ID), a.Agent}] = true
	}
	c.orders = append(c.orders, o)
	c.byID[id] = o
	c.tell(to.ID, func() string { return fmt.Sprintf("%s asks %s of %s: %s", device, id, to, brief(cmd)) })
	return o
}

// Answered notes an answer. I9: a command has one outcome, however often it is
// sent and answered.
func (c *Checker) Answered(o *Order, a *actors.Answer) {
	c.tell(o.To.ID, func() string {
		return fmt.Sprintf("%s is answered on %s: %s", o.Device, o.ID, outcome(a.Result, a.Refusal))
	})
	if o.Return == 0 {
		o.Return, o.Result, o.Refusal = c.now(), a.Result, a.Refusal
		c.operation(o)
		return
	}
	if outcome(o.Result, o.Refusal) != outcome(a.Result, a.Refusal) {
		c.fail("I9", o.To, "%s of %s was answered with %s and then with %s", o.ID, o.Device, outcome(o.Result, o.Refusal), outcome(a.Result, a.Refusal))
	}
}

// Failed notes that a command found the node unable: it was not taken, and that
// is no answer. Sent again, it may be.
func (c *Checker) Failed(id string) {
	if o := c.byID[id]; o != nil {
		c.tell(o.To.ID, func() string { return fmt.Sprintf("%s is told that %s failed", o.Device, id) })
	}
}

func outcome(r acd.Result, refused *acd.Refusal) string {
	if refused != nil {
		return fmt.Sprintf("refused %s (%s)", refused.Code, refused.Reason)
	}
	return fmt.Sprintf("ok %+v", r)
}

// Welcomed begins a sitting. A resume goes on exactly where the client said.
func (c *Checker) Welcomed(device string, by acd.Principal, h actors.Hello, w actors.Welcome) *Sitting {
	s := &Sitting{By: by, Device: device, Epoch: w.Epoch, Seq: w.Seq, Resumed: w.Resumed, serves: map[acd.ChatID]bool{}}
	switch {
	case w.Resumed && (!h.Resume || w.Epoch != h.Epoch || w.Seq != h.Seq):
		c.fail("resume", acd.Address{}, "%s asked for what follows %d of %s and was given what follows %d of %s", device, h.Seq, h.Epoch, w.Seq, w.Epoch)
	case !w.Resumed && w.Snapshot == nil:
		c.fail("resume", acd.Address{}, "%s was welcomed with neither a resume nor a snapshot", device)
	}
	if w.Snapshot != nil {
		c.snapshot(s, w.Snapshot)
	}
	c.tell(by.ID, func() string {
		return fmt.Sprintf("%s comes, at %d of %s, resumed %t", device, w.Seq, w.Epoch, w.Resumed)
	})
	return s
}

// snapshot holds a whole picture to what its person may see.
func (c *Checker) snapshot(s *Sitting, snap *actors.Snapshot) {
	for _, chat := range snap.Chats {
		s.serves[chat.View.Chat] = true
		last := uint64(0)
		for _, m := range chat.Messages {
			if s.By.Role == acd.RoleCustomer && m.To == acd.ForAgents {
				c.fail("I13", chat.View.Chat.Address(), "%s was shown message %d, which is for agents", s.Device, m.Seq)
			}
			if m.Seq <= last {
				c.fail("I6", chat.View.Chat.Address(), "%s was shown message %d after %d", s.Device, m.Seq, last)
			}
			last = m.Seq
		}
	}
	for _, o := range snap.Offers {
		c.target[o.Offer.ID] = o.Offer.Agent
	}
}

// Told holds one piece of news to its stream: numbers without a gap, and the
// same thing under the same number for all devices and for ever.
func (c *Checker) Told(s *Sitting, d actors.Delivery) {
	n := d.News
	if e, ok := n.Event.(acd.CountersShown); ok {
		c.board(&e)
	}
	if s == nil || d.Seq == 0 {
		c.mayKnow(s, n)
		return
	}
	if d.Seq != s.Seq+1 {
		c.fail("stream", n.From, "%s got event %d of %s after %d", s.Device, d.Seq, s.Epoch, s.Seq)
	}
	s.Seq = d.Seq
	k := streamKey{s.By.Stream(), s.Epoch}
	st := c.streams[k]
	if st == nil {
		st = &numbered{digests: map[uint64]uint64{}}
		c.streams[k] = st
		c.order = append(c.order, k)
	}
	digest := Digest(n)
	switch was, known := st.digests[d.Seq]; {
	case !known:
		if st.digests[d.Seq] = digest; len(c.erasing) > 0 {
			c.toldNotes(numberOf{k, d.Seq}, n)
		}
	case was == digest:
	case len(c.erasing) > 0:
		c.toldAnew(numberOf{k, d.Seq}, digest)
	default:
		c.fail("stream", n.From, "event %d of %s of epoch %s was once another one than %T", d.Seq, s.By.Stream(), s.Epoch, n.Event)
	}
	st.last = max(st.last, d.Seq)
	c.tell(n.From.ID, func() string { return fmt.Sprintf("%s is told %d: %s", s.Device, d.Seq, brief(n.Event)) })
	c.mayKnow(s, n)
	c.saw(s, n)
}

// Digest stands for what a piece of news says, to whoever gets it.
func Digest(n *actors.Note) uint64 {
	body := n.Body(func(n *actors.Note) []byte {
		b, err := canonical.Marshal(bare(n.Event))
		if err != nil {
			panic(fmt.Sprintf("check: %T cannot be encoded: %v", n.Event, err))
		}
		return append(append(b, byte(n.View)), n.From.ID...)
	})
	return xxhash.Sum64(body)
}

// bare is an event without what stands in the transcript's row alone.
func bare(e acd.Event) acd.Event {
	if m, ok := e.(acd.MessageSent); ok {
		m.Message.Author.Name = ""
		return m
	}
	return e
}

var canonical, _ = cbor.EncOptions{Sort: cbor.SortCoreDeterministic, Time: cbor.TimeRFC3339NanoUTC}.EncMode()

// digestOf is the same of a record's event.
func digestOf(from acd.Address, ev acd.Event, view acd.View) uint64 {
	b, err := canonical.Marshal(bare(ev))
	if err != nil {
		panic(fmt.Sprintf("check: %T cannot be encoded: %v", ev, err))
	}
	return xxhash.Sum64(append(append(b, byte(view)), from.ID...))
}

// mayKnow is I13 and I11: a customer is told nothing that is for agents, and
// who does not serve a chat gets none of its messages.
func (c *Checker) mayKnow(s *Sitting, n *actors.Note) {
	if s == nil || n == nil {
		return
	}
	if s.By.Role != acd.RoleCustomer {
		return
	}
	if n.View != acd.ToCustomer {
		c.fail("I13", n.From, "%s was told %T in the view %d", s.Device, n.Event, n.View)
	}
	switch e := n.Event.(type) {
	case acd.MessageSent:
		if e.Message.To == acd.ForAgents {
			c.fail("I13", n.From, "%s was told message %d, which is for agents", s.Device, e.Message.Seq)
		}
	case acd.Joined:
		if e.Mode != acd.Talk && e.Was != acd.Talk {
			c.fail("I13", n.From, "%s was told that %s joined to %s", s.Device, e.Agent, e.Mode)
		}
	}
}

func (c *Checker) tell(about string, text func() string) {
	if c.history == nil {
		return
	}
	c.history = append(c.history, line{c.now(), about, text})
}

// brief names what is not zero in a command or an event.
func brief(v any) string {
	r := reflect.ValueOf(v)
	text := r.Type().Name()
	for i := range r.NumField() {
		if f := r.Field(i); !f.IsZero() {
			s := fmt.Sprintf("%+v", f.Interface())
			text += fmt.Sprintf(" %s=%.60s", r.Type().Field(i).Name, s)
		}
	}
	return text
}

// Remember has the checker keep what it sees, for History.
func (c *Checker) Remember() { c.history = []line{} }

// History returns what was seen of one chat or person, the last most lines.
func (c *Checker) History(about string, most int) []string {
	var out []string
	for _, l := range c.history {
		if about == "" || l.about == about {
			out = append(out, fmt.Sprintf("%12s  %s", time.Duration(l.at).Round(time.Millisecond), l.text()))
		}
	}
	return out[max(0, len(out)-most):]
}
