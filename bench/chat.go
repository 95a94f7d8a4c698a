package bench

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/parley-engine/parley/bench/profiles"
	"github.com/parley-engine/parley/bench/socket"
	"github.com/parley-engine/parley/bench/tally"
)

// mostMessages and mostTransfers bound what a distribution may draw.
const (
	mostMessages  = 1000
	mostTransfers = 20
	mostLength    = 900 // of a text, in characters; channels allow 1,000 and more
)

// chat is the story of one chat, as its clients live it. Its lock guards it.
type chat struct {
	crowd *crowd
	index int
	due   time.Duration // when it was meant to start

	mu       sync.Mutex
	dice     *rand.Rand
	id       string // the server's; empty before it is known
	customer *customer
	ledger   tally.Ledger

	messages, transfers int             // planned
	moved               int             // transfers done
	dues                []time.Duration // when each message was meant to be sent
	byCustomer          bool            // who ends it

	owner    *agent // who was assigned last
	asked    *agent // whom the owner has asked to follow him
	booked   bool   // his load has the chat, and he has not been offered it
	movedDue time.Duration
	pause    time.Duration // the answer time of who was asked
	answered time.Duration // when the last accept was meant to be sent, until assigned
	offers   int
	ringing  *offer        // the last one
	missed   time.Duration // when an offer ended that nobody had answered
	gaveUp   bool
	accepted bool // ok of start
	ended    bool // the customer was told
	served   int  // agents who were assigned
	released int  // of them, who were told that it is off their desks
	closed   bool
}

func (c *crowd) newChat(index int, due time.Duration) *chat {
	dice := rand.New(rand.NewPCG(c.profile.Seed, uint64(index)+1))
	k := &c.profile.Chat
	return &chat{
		crowd: c, index: index, due: due, dice: dice, ledger: tally.NewLedger(&c.faults),
		messages: k.Messages.Count(dice, mostMessages), transfers: k.Transfers.Count(dice, mostTransfers),
		byCustomer: dice.Float64() < c.profile.Customers.Ends,
	}
}

// name is the customer's in this chat; offers bring it back.
func (k *chat) name() string { return k.crowd.id + "-" + strconv.Itoa(k.index) }

// advance does what comes after n messages have been said and heard. The lock
// is held.
func (k *chat) advance(w *worker, at time.Duration) {
	switch said := k.ledger.Said(); {
	case k.ended || k.gaveUp || k.owner == nil:
	case k.moved < k.transfers && said >= (k.moved+1)*k.messages/max(1, k.transfers):
		k.after(w, at, k.crowd.profile.Agents.Think, (*chat).transfer)
	case said < k.messages && said%2 == 0:
		k.after(w, at, k.crowd.profile.Agents.Think, (*chat).agentSays)
	case said < k.messages:
		k.after(w, at, k.crowd.profile.Customers.Think, (*chat).customerSays)
	case k.byCustomer:
		k.after(w, at, k.crowd.profile.Customers.Think, (*chat).customerEnds)
	default:
		k.after(w, at, k.crowd.profile.Agents.Think, (*chat).agentEnds)
	}
}

// after does a step of the story after a thought, or at once if nobody thinks.
// The step is told when it was meant to be, and runs with the lock held.
func (k *chat) after(w *worker, at time.Duration, thought profiles.Dist, step func(*chat, *worker, time.Duration)) {
	if thought.Zero() {
		step(k, w, at)
		return
	}
	k.crowd.schedule.at(at+thought.Time(k.dice), func(w *worker, due time.Duration) {
		k.mu.Lock()
		defer k.mu.Unlock()
		if !k.ended {
			step(k, w, due)
		}
	})
}

func (k *chat) agentSays(w *worker, due time.Duration)    { k.say(w, k.owner.peer, due) }
func (k *chat) customerSays(w *worker, due time.Duration) { k.say(w, k.customer.peer, due) }

// say sends the next message. Its text carries its number.
func (k *chat) say(w *worker, p *peer, due time.Duration) {
	n := k.ledger.Say()
	k.dues = append(k.dues, due)
	number := p.begin(w, "send")
	w.add("chat", k.id)
	w.line = append(w.line, `,"text":"`...)
	from := len(w.line)
	w.line = append(w.line, k.crowd.id...)
	w.line = append(w.line, '-')
	w.line = strconv.AppendInt(w.line, int64(k.index), 10)
	w.line = append(w.line, '.')
	w.line = strconv.AppendInt(w.line, int64(n), 10)
	w.line = append(w.line, ' ')
	if length := k.crowd.profile.Chat.Length.Count(k.dice, mostLength) - (len(w.line) - from); length > 0 {
		w.line = append(w.line, padding[:length]...)
	}
	w.line = append(w.line, '"')
	w.end()
	p.submit(w, command{number: number, kind: kindSend, chat: k, n: n, due: due})
}

// padding is what texts are made longer with.
var padding = strings.Repeat("the parcel has left the depot and is on its way to you now ", mostLength/59+1)

func (k *chat) agentEnds(w *worker, due time.Duration)    { k.end(w, k.owner.peer, due) }
func (k *chat) customerEnds(w *worker, due time.Duration) { k.end(w, k.customer.peer, due) }

func (k *chat) end(w *worker, p *peer, due time.Duration) {
	n := p.begin(w, "end")
	w.add("chat", k.id)
	w.end()
	p.submit(w, command{number: n, kind: kindEnd, chat: k, due: due})
}

// transfer asks another agent to follow the owner.
func (k *chat) transfer(w *worker, due time.Duration) {
	target := k.crowd.target(k.dice, k.owner)
	if target == nil || k.asked != nil {
		return
	}
	k.asked, k.movedDue, k.pause = target, due, 0
	target.load.Add(1) // before he is offered it, or who asks next would find him as free
	k.booked = true
	n := k.owner.peer.begin(w, "transfer")
	w.add("chat", k.id)
	w.line = append(w.line, `,"to":{"agent":"`...)
	w.line = append(w.line, target.peer.subject...)
	w.line = append(w.line, `"},"mode":"warm"`...)
	w.end()
	k.owner.peer.submit(w, command{number: n, kind: kindTransfer, chat: k, due: due, agent: target})
}

// transferAgain is after one that failed.
func (k *chat) transferAgain(w *worker) {
	k.unbook()
	k.asked = nil
	k.crowd.schedule.at(k.crowd.now()+transferPause, func(w *worker, due time.Duration) {
		k.mu.Lock()
		defer k.mu.Unlock()
		if !k.ended && k.asked == nil {
			k.transfer(w, due)
		}
	})
}

// unbook gives the place back of who was asked and not offered the chat.
func (k *chat) unbook() {
	if k.booked {
		k.booked = false
		k.asked.load.Add(-1)
	}
}

const transferPause = 200 * time.Millisecond

// heard takes a message that came to somebody as an event. The lock is held.
func (k *chat) heard(w *worker, n, who int, f *frame) {
	if !k.ledger.Heard(n, who, f.message, f.ordered) {
		return
	}
	byAgent := n%2 == 0
	if byAgent != (who == tally.Customer) {
		return // the author's own
	}
	now := k.crowd.now()
	k.crowd.counts.messages.Add(1)
	k.crowd.measure(tally.SendToDelivered, k.dues[n], now)
	if n == k.ledger.Said()-1 {
		k.advance(w, now)
	}
}

// settled looks whether everybody was told the end. The lock is held.
func (k *chat) settled() {
	if !k.ended || k.released < k.served || k.closed {
		return
	}
	k.close()
	if k.served > 0 {
		k.crowd.completed(k)
	}
}

// close takes the chat off the books.
func (k *chat) close() {
	k.closed = true
	k.ledger.Close(k.accepted, k.ended, k.served > 0)
	k.crowd.forget(k)
}

// tag reads the number of chat and message from the start of a text of ours.
func (c *crowd) tag(text []byte) (index, n int, ok bool) {
	if len(text) <= len(c.id) || string(text[:len(c.id)]) != c.id || text[len(c.id)] != '-' {
		return 0, 0, false
	}
	rest := text[len(c.id)+1:]
	dot, space := -1, len(rest)
	for i, b := range rest {
		if b == '.' && dot < 0 {
			dot = i
		}
		if b == ' ' {
			space = i
			break
		}
	}
	if dot < 0 {
		return 0, 0, false
	}
	return int(socket.Number(rest[:dot])), int(socket.Number(rest[dot+1 : space])), true
}
