package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/client"
	"github.com/parley-engine/parley/transport/wire"
)

// overseer is a supervisor who looks at the server from above.
func (c *crowd) overseer() *client.Client {
	c.t.Helper()
	token, err := transport.MintDev(c.server.secret, acd.RoleSupervisor, "sue", "Sue", 10*time.Minute)
	if err != nil {
		c.t.Fatal(err)
	}
	sue, err := client.Dial(c.ctx, client.Options{URL: c.url, Token: token, HTTPClient: &http.Client{Transport: &http.Transport{TLSClientConfig: c.server.trust}}})
	if err != nil {
		c.t.Fatal(err)
	}
	return sue
}

// open counts the chats that the server has not closed.
func (c *crowd) open() int {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	sue := c.overseer()
	defer sue.Close()
	for {
		got, err := sue.Next(ctx)
		if err != nil {
			c.t.Fatal(err)
		}
		if s, ok := got.Event.(*wire.SupervisorSnapshot); ok {
			return len(s.Chats)
		}
	}
}

// chats are the chats that customers were told to have, with their customers.
func (c *crowd) chats() map[string]*customer {
	all := map[string]*customer{}
	for _, who := range c.customers {
		for _, chat := range who.started() {
			if all[chat] != nil {
				c.fault("chat %s was started twice", chat)
			}
			all[chat] = who
		}
	}
	return all
}

// started are the chats of the person's answered starts; somebody may be having
// his last answer meanwhile.
func (p *person) started() (chats []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.orders {
		if _, start := o.command.(*wire.Start); start && o.ok != nil {
			chats = append(chats, o.ok.Chat)
		}
	}
	return chats
}

// transcripts reads all chats from the server.
func (c *crowd) transcripts() map[string][]wire.Message {
	sue := c.overseer()
	defer sue.Close()
	all := map[string][]wire.Message{}
	for chat := range c.chats() {
		for before := uint64(0); ; {
			ok, err := sue.Do(c.ctx, &wire.History{Chat: chat, Before: before, Limit: wire.MaxHistory})
			if err != nil {
				c.t.Fatalf("history of %s: %v", chat, err)
			}
			all[chat] = append(slices.Clone(ok.Page.Messages), all[chat]...)
			if !ok.Page.More {
				break
			}
			before = ok.Page.Messages[0].MessageSeq
		}
	}
	return all
}

// people are all who keep a stream.
func (c *crowd) people() []*person {
	var all []*person
	for _, who := range c.customers {
		all = append(all, who.person)
	}
	for _, who := range c.agents {
		all = append(all, who.person)
	}
	return all
}

// allowed are the refusals that come of being late, or alone, or of a machine
// that is too slow for the crowd.
var allowed = []wire.ErrorCode{wire.CodeOfferGone, wire.CodeEnded, wire.CodeNotParticipant, wire.CodeSoleAgent,
	wire.CodeWrapupPending, wire.CodeTooLate, wire.CodeBadState, wire.CodeNotFound, wire.CodeOverloaded}

// checkAnswers: every command was answered, and refused for a good reason only.
func (c *crowd) checkAnswers() (acknowledged int) {
	for _, who := range c.people() {
		for _, o := range who.orders {
			switch {
			case o.ok != nil:
				acknowledged++
			case o.refused == nil:
				c.fault("%s was never answered: %+v", who.name, o.command)
			case !slices.Contains(allowed, o.refused.Code):
				c.fault("%s was refused %s: %v", who.name, o.command.FrameType(), o.refused)
			}
		}
	}
	return acknowledged
}

// checkTexts: what was acknowledged stands in the transcript once, under its
// number; what was refused does not; and nobody else has spoken.
func (c *crowd) checkTexts(transcripts map[string][]wire.Message) (lines int) {
	stands := map[string][]string{} // text → chat and number
	for chat, messages := range transcripts {
		lines += len(messages)
		for i, m := range messages {
			if m.MessageSeq != uint64(i+1) {
				c.fault("line %d of chat %s is message %d", i+1, chat, m.MessageSeq)
			}
			if m.Author.Kind != wire.AuthorQueue {
				stands[m.Text] = append(stands[m.Text], fmt.Sprintf("%s/%d by %s", chat, m.MessageSeq, m.Author.ID))
			}
		}
	}
	for _, who := range c.people() {
		for _, o := range who.orders {
			send, is := o.command.(*wire.Send)
			if !is {
				continue
			}
			var want []string
			if o.ok != nil {
				want = []string{fmt.Sprintf("%s/%d by %s", send.Chat, o.ok.MessageSeq, author(who))}
			}
			if got := stands[send.Text]; !slices.Equal(got, want) {
				c.fault("%q stands at %q, expected %q", send.Text, got, want)
			}
			delete(stands, send.Text)
		}
	}
	for text, at := range stands {
		c.fault("nobody sent %q, which stands at %q", text, at)
	}
	return lines
}

// author is how transcripts name a person.
func author(who *person) string {
	if who.role == acd.RoleCustomer {
		return "customer"
	}
	return who.name
}

// checkHeard: everybody was told every line that he may see, once, as it stands.
func (c *crowd) checkHeard(transcripts map[string][]wire.Message) {
	for _, who := range c.customers {
		heard := map[string][]uint64{}
		for _, e := range who.witness.events {
			if m, ok := e.Event.(*wire.MessageEvent); ok {
				heard[m.Chat] = append(heard[m.Chat], m.MessageSeq)
				if lines := transcripts[m.Chat]; m.MessageSeq > uint64(len(lines)) || lines[m.MessageSeq-1].Text != m.Text {
					c.fault("%s was told %q as message %d of %s", who.name, m.Text, m.MessageSeq, m.Chat)
				}
			}
		}
		for chat, his := range c.chats() {
			if his != who {
				continue
			}
			var want []uint64
			for _, m := range transcripts[chat] {
				if m.To == wire.ToAll {
					want = append(want, m.MessageSeq)
				}
			}
			if !slices.Equal(heard[chat], want) {
				c.fault("%s was told the messages %v of chat %s, expected %v", who.name, heard[chat], chat, want)
			}
			delete(heard, chat)
		}
		for chat := range heard {
			c.fault("%s was told of chat %s, which he has no answer for", who.name, chat)
		}
	}
}

// checkEnds: every chat ended once for its customer.
func (c *crowd) checkEnds() {
	ends := map[string]int{}
	for _, who := range c.customers {
		for _, e := range who.witness.events {
			if end, ok := e.Event.(*wire.EndedEvent); ok {
				ends[who.name+" "+end.Chat]++
			}
		}
	}
	for chat, who := range c.chats() {
		if n := ends[who.name+" "+chat]; n != 1 {
			c.fault("chat %s ended %d times for %s", chat, n, who.name)
		}
	}
}

// stay is the time that one agent had one chat.
type stay struct {
	agent    string
	from, to wire.Time
}

// checkOwners: nobody had a chat while another one had it.
func (c *crowd) checkOwners() {
	stays := map[string][]stay{}
	for _, who := range c.agents {
		open := map[string]wire.Time{}
		end := func(chat string, at wire.Time) {
			from, had := open[chat]
			if !had {
				c.fault("chat %s left %s, who did not have it", chat, who.name)
			}
			stays[chat] = append(stays[chat], stay{who.name, from, at})
			delete(open, chat)
		}
		for _, e := range who.witness.events {
			switch e := e.Event.(type) {
			case *wire.AssignedEvent:
				if _, has := open[e.Chat.Chat]; has || e.Chat.Owner != who.name {
					c.fault("chat %s was assigned to %s, who has it: %t; its owner is %s", e.Chat.Chat, who.name, has, e.Chat.Owner)
				}
				open[e.Chat.Chat] = e.At
			case *wire.LeftEvent:
				if e.Participant == who.name {
					end(e.Chat, e.At)
				}
			case *wire.ChatEndedEvent:
				end(e.Chat, e.At)
			}
		}
		for chat := range open {
			c.fault("%s still has chat %s", who.name, chat)
		}
	}
	for chat, list := range stays {
		slices.SortFunc(list, func(a, b stay) int { return cmp.Compare(a.from, b.from) })
		for i := 1; i < len(list); i++ {
			if list[i].from < list[i-1].to {
				c.fault("chat %s was with %v and with %v", chat, list[i-1], list[i])
			}
		}
	}
}

// checkDebts: every wrap-up was opened once and closed once.
func (c *crowd) checkDebts() (debts int) {
	for _, who := range c.agents {
		owes := map[string]bool{}
		for _, e := range who.witness.events {
			switch e := e.Event.(type) {
			case *wire.WrapupStartedEvent:
				if owes[e.Chat] {
					c.fault("%s owes chat %s two wrap-ups", who.name, e.Chat)
				}
				owes[e.Chat] = true
				debts++
			case *wire.WrapupDoneEvent:
				// A code that the clock gave may be put right afterwards.
				if open, known := owes[e.Chat]; !known || !open && e.By != who.name {
					c.fault("%s closed a wrap-up of chat %s that was not open", who.name, e.Chat)
				}
				owes[e.Chat] = false
			}
		}
		for chat, open := range owes {
			if open {
				c.fault("%s still owes chat %s a wrap-up", who.name, chat)
			}
		}
	}
	return debts
}

// audit folds the store of a server that does not run.
func audit(t *testing.T, s *server, when string) actors.Audited {
	t.Helper()
	store, err := persistence.Open(s.path("data"), persistence.Options{})
	if err != nil {
		t.Fatalf("%s the store does not open: %v", when, err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Errorf("%s the store does not close: %v", when, err)
		}
	}()
	sum, err := actors.Audit(store, func(err error) { t.Errorf("%s the audit finds: %v", when, err) })
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	if sum.Gaps > 0 {
		t.Errorf("%s the numbers of streams have %d gaps", when, sum.Gaps)
	}
	return sum
}

// checkStore: what is on disk is what everybody was told.
func (c *crowd) checkStore(sum actors.Audited, lines int) {
	if n := len(c.chats()); sum.Chats != n || sum.Closed != n {
		c.fault("%d chats are on disk, %d of them closed; the customers know %d", sum.Chats, sum.Closed, n)
	}
	if sum.Messages != lines {
		c.fault("%d messages are on disk, %d were read", sum.Messages, lines)
	}
	for _, who := range c.people() {
		told, disk := who.witness.last, sum.Streams[acd.Principal{Role: who.role, ID: who.name}.Stream()]
		switch exact := who.role == acd.RoleCustomer; {
		case told.epoch != disk.Epoch || told.seq > disk.Seq:
			c.fault("%s was told %v, and on disk are %d of %s", who.name, told, disk.Seq, disk.Epoch)
		case exact && told.seq < disk.Seq:
			c.fault("%s was told %v only, and on disk are %d", who.name, told, disk.Seq)
		}
	}
}

// happened counts the events by type and reason, each person's own.
func (c *crowd) happened() map[string]int {
	count := map[string]int{}
	for _, who := range c.people() {
		who.witness.mu.Lock()
		events := slices.Clone(who.witness.events)
		who.witness.mu.Unlock()
		for _, e := range events {
			switch e := e.Event.(type) {
			case *wire.OfferEndedEvent:
				count["offer "+string(e.Reason)]++
			case *wire.EndedEvent:
				count["ended "+string(e.Reason)]++
			case *wire.LeftEvent:
				count["left "+string(e.Reason)]++
			case *wire.PresenceEvent:
				count["presence "+string(e.State)+" "+e.Reason]++
			case *wire.WrapupDoneEvent:
				count["wrap-up "+e.By]++
			default:
				count[e.FrameType()]++
			}
		}
	}
	return count
}
