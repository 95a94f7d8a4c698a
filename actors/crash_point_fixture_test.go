package actors_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// stopper is a journal that goes silent at a certain record: nothing behind it
// is written, nobody is told of it or of anything later, until the crash.
type stopper struct {
	*persistence.Memory
	mu      sync.Mutex
	at      func(stream string, events []acd.Event) bool // nil for never
	durable bool                                         // the record itself reaches the disk
	stopped bool
	left    []func(error) // of entries that nobody will hear of
}

// Append hands on what comes before the record.
func (s *stopper) Append(e actors.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.stopped:
		s.left = append(s.left, e.Done)
	case s.at != nil && e.Record != nil && s.here(e):
		s.stopped = true
		s.left = append(s.left, e.Done)
		if e.Done = func(error) {}; s.durable {
			s.Memory.Append(e)
		}
	default:
		s.Memory.Append(e)
	}
}

func (s *stopper) here(e actors.Entry) bool {
	_, events, err := actors.ReadRecord(nil, e.Stream, e.Record)
	return err == nil && s.at(e.Stream, events)
}

// crash answers what the stop has left unanswered.
func (s *stopper) crash() {
	s.mu.Lock()
	left := s.left
	s.stopped, s.at, s.left = false, nil, nil
	s.mu.Unlock()
	for _, done := range left {
		done(persistence.ErrCrashed)
	}
}

// point is a world whose node goes down at one record.
type point struct {
	*world
	durable    bool // the record was on the disk, else it was lost
	alice, bob *person
	ann        *person
}

// crashPoint plays a story with a node that goes down at a record, once so that
// the record is on the disk and nobody was told, and once so that it is lost.
// At the end the store has to be sound.
func crashPoint(t *testing.T, story func(*point)) {
	for name, durable := range map[string]bool{"durable": true, "lost": false} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				story(&point{world: w, durable: durable, alice: w.agent("alice"), bob: w.agent("bob"), ann: w.customer("ann")})
				w.soundStore()
			})
		})
	}
}

// soundStore stops the node and holds its store against everything that must be.
func (w *world) soundStore() {
	w.t.Helper()
	w.engine.Stop()
	if _, found := audited(w.t, w.journal); len(found) > 0 {
		w.t.Errorf("the store is not sound:\n%s", strings.Join(found, "\n"))
	}
}

// stopsAt arms the stop: at the first record of a kind of machine that has an
// event of type E.
func stopsAt[E acd.Event](p *point, kind string) {
	for _, who := range p.people() {
		(*who).read()
	}
	p.stopper.mu.Lock()
	defer p.stopper.mu.Unlock()
	p.stopper.durable = p.durable
	p.stopper.at = func(stream string, events []acd.Event) bool {
		return strings.HasPrefix(stream, kind+"/") && slices.ContainsFunc(events, func(e acd.Event) bool { _, is := e.(E); return is })
	}
}

func (p *point) people() []**person { return []**person{&p.alice, &p.bob, &p.ann} }

// sends sends a command that the crash may swallow.
func (p *person) sends(id string, to acd.Address, cmd acd.Command) {
	p.session.Do(id, digestOf(cmd), to, cmd)
}

// down lets the node go down at the record and start again. Nobody was told of
// anything meanwhile; everybody comes back and resumes.
func (p *point) down() {
	p.t.Helper()
	for _, who := range p.people() {
		if fresh := (*who).read(); len(fresh) > 0 {
			p.t.Errorf("%s was told %+v of what is not on disk", (*who).by.ID, fresh)
		}
	}
	p.stopper.mu.Lock()
	stopped := p.stopper.stopped
	p.stopper.mu.Unlock()
	if !stopped {
		p.t.Fatal("the record at which the journal should stop was never written")
	}
	p.crash()
	for _, who := range p.people() {
		got, seq := (*who).got, (*who).seq
		if *who = (*who).again(); seq > 0 && !(*who).welcome.Resumed {
			p.t.Errorf("%s could not resume", (*who).by.ID)
		}
		(*who).got = got
		(*who).read()
	}
}

// again sends a command once more, as a client does that had no answer.
func (p *point) again(who *person, id string, to acd.Address, cmd acd.Command) acd.Result {
	p.t.Helper()
	a := who.doAs(id, to, cmd)
	if a.Refusal != nil {
		p.t.Fatalf("%s: %T, sent again, was refused: %v", who.by.ID, cmd, a.Refusal)
	}
	return a.Result
}

// has expects that a chat has so many events of a type on disk.
func has[E acd.Event](p *point, a acd.Address, want int) {
	p.t.Helper()
	n := 0
	for _, e := range events(p.t, p.journal, a) {
		if _, is := e.(E); is {
			n++
		}
	}
	if n != want {
		var e E
		p.t.Errorf("%s has %d %T, expected %d", a, n, e, want)
	}
}

// servesAll lets alice, who has room for one, serve so many chats, and returns
// them in the order in which they came.
func servesAll(p *point, n int) (chats []acd.ChatID) {
	p.t.Helper()
	for range n {
		chat := p.alice.accepts()
		p.alice.must(chat.Address(), acd.EndChat{})
		p.alice.must(p.alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
		chats = append(chats, chat)
	}
	return chats
}

// narrow starts the world again with room for one chat at each desk.
func narrow(p *point) {
	p.change = func(c *acd.Config) { c.Agents["alice"].Capacity, c.Agents["bob"].Capacity = 1, 1 }
	p.crash()
	p.alice, p.bob, p.ann = p.agent("alice"), p.agent("bob"), p.customer("ann")
}

// serves expects that one agent alone is in a chat, as its owner.
func serves(p *point, chat acd.ChatID, owner acd.AgentID) *acd.Chat {
	p.t.Helper()
	c := fold(p.t, p.journal, chat)
	for _, in := range c.Participants {
		if in.Joined != (in.Agent == owner) {
			p.t.Errorf("agent %s is in the chat: %t", in.Agent, in.Joined)
		}
	}
	if c.Owner != owner {
		p.t.Errorf("%q owns the chat, expected %q", c.Owner, owner)
	}
	return c
}
