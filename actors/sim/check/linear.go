package check

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// Kind is what an operation on a chat is.
type Kind uint8

// The kinds of operations. Over and Taken are news that somebody was given, and
// so happened before that; the others are commands.
const (
	Accept Kind = iota + 1
	Reject
	End
	TransferOut  // a transfer began
	TransferOver // and ended, however
	Over         // an offer ended for Reason
	Taken        // an offer was accepted
)

// Op is one operation on a chat as one client knows it: when he asked and when
// he was answered, on any clock that all clients share. It is plain, so that a
// history of a live server can be made of it as well as one of a simulation.
type Op struct {
	Kind    Kind
	Chat    string
	Who     string
	Offer   string // or the transfer's id
	OK      bool
	Reason  string // of a refusal, or why the offer ended
	Already bool   // it had been so before
	Unknown bool   // nobody knows how it went, since no answer came
	Call    int64
	Return  int64 // math.MaxInt64 when it may still be under way
}

// state is a chat as far as the operations go, in one comparable string: ended
// or not, the transfer under way, and what became of each offer.
type state struct {
	ended    bool
	transfer string
	offers   string // " id=fate id=fate", in order
}

func (s state) fate(offer string) string {
	_, rest, found := strings.Cut(s.offers, " "+offer+"=")
	if !found {
		return ""
	}
	fate, _, _ := strings.Cut(rest, " ")
	return fate
}

func (s state) with(offer, fate string) state {
	list := append(strings.Fields(s.offers), offer+"="+fate)
	slices.Sort(list)
	s.offers = " " + strings.Join(list, " ")
	return s
}

// aborted is the fate of an offer whose agent has been told that he cannot
// answer it any more, until it is known how it ended. Nobody takes it then.
const aborted = "?"

// ofAgent reports whether a refusal is about the agent, and not the offer.
func ofAgent(reason string) bool {
	return reason == string(acd.AgentOffline) || reason == string(acd.AgentState) || reason == string(acd.AgentGone)
}

// step is the sequential truth: an offer has one fate and keeps it, nothing is
// accepted after the end, and there is one transfer at a time.
func (s state) step(op *Op) (bool, state) {
	fate := s.fate(op.Offer)
	settle := func(to string) (bool, state) {
		switch {
		case fate == to:
			return true, s
		case fate != "":
			return false, s
		case to == "accepted" && s.ended:
			return false, s
		}
		return true, s.with(op.Offer, to)
	}
	switch op.Kind {
	case Accept, Reject:
		to := "accepted"
		if op.Kind == Reject {
			to = "rejected"
		}
		switch {
		case op.Unknown && (fate != "" || s.ended):
			return true, s
		case op.Unknown, op.OK:
			return settle(to)
		case !ofAgent(op.Reason):
			return settle(op.Reason)
		case fate == "":
			return true, s.with(op.Offer, aborted)
		}
		return true, s // he cannot answer any more; what became of the offer is another thing
	case Over:
		if fate == aborted {
			s.offers = strings.Replace(s.offers, " "+op.Offer+"="+aborted, "", 1)
			return true, s.with(op.Offer, op.Reason)
		}
		return settle(op.Reason)
	case Taken:
		return settle("accepted")
	case End:
		if !op.OK && !op.Unknown {
			return true, s
		}
		ok := !op.Already || s.ended
		s.ended = true
		return ok, s
	case TransferOut:
		ok := !s.ended && s.transfer == ""
		s.transfer = op.Offer
		return ok, s
	case TransferOver:
		if s.transfer == op.Offer {
			s.transfer = ""
			return true, s
		}
		return false, s
	}
	panic("check: no such operation")
}

var model = porcupine.Model{
	Init: func() any { return state{} },
	Step: func(s, in, _ any) (bool, any) {
		ok, next := s.(state).step(in.(*Op))
		return ok, next
	},
	DescribeOperation: func(in, _ any) string { return in.(*Op).String() },
}

func (op *Op) String() string {
	name := [...]string{"", "accept", "reject", "end", "transfer", "transfer over", "over", "taken"}[op.Kind]
	return fmt.Sprintf("%s %s %s by %s: ok %t %s already %t unknown %t [%d, %d]", op.Chat, name, op.Offer, op.Who, op.OK, op.Reason, op.Already, op.Unknown, op.Call, op.Return)
}

// patience bounds the search in one chat; what is not decided by then passes.
const searchMost = 5 * time.Second

// Linearizable holds each chat's operations against one order in which they
// could have happened one after the other, each between its call and its
// return. It names the first chat that has none.
func Linearizable(ops []Op) *Violation {
	byChat := map[string][]porcupine.Operation{}
	var chats []string
	for i := range ops {
		op := &ops[i]
		if byChat[op.Chat] == nil {
			chats = append(chats, op.Chat)
		}
		byChat[op.Chat] = append(byChat[op.Chat], porcupine.Operation{Input: op, Call: op.Call, Return: op.Return})
	}
	for _, id := range chats {
		if porcupine.CheckOperationsTimeout(model, byChat[id], searchMost) == porcupine.Illegal {
			var lines []string
			for _, o := range byChat[id] {
				lines = append(lines, o.Input.(*Op).String())
			}
			return &Violation{Rule: "linearizability", About: acd.ChatID(id).Address(),
				What: "no order of these explains them:\n  " + strings.Join(lines, "\n  ")}
		}
	}
	return nil
}

// operation makes one of an answered command.
func (c *Checker) operation(o *Order) {
	op := Op{Who: o.By.ID, OK: o.Refusal == nil, Call: o.call, Return: c.tick(), Already: o.Result.Already != ""}
	switch cmd := o.Cmd.(type) {
	case acd.AcceptOffer:
		op.Kind, op.Offer = Accept, string(cmd.Offer)
	case acd.RejectOffer:
		op.Kind, op.Offer = Reject, string(cmd.Offer)
	case acd.EndChat, acd.ForceEnd:
		op.Kind, op.Chat = End, o.To.ID
	case acd.TransferChat:
		if op.Kind, op.Chat, op.Offer = TransferOut, o.To.ID, o.Result.Transfer; op.Offer == "" {
			return
		}
	default:
		return
	}
	if op.Kind == Accept || op.Kind == Reject {
		chat, _ := acd.OfferID(op.Offer).Chat()
		op.Chat = string(chat)
		whose, known := c.target[acd.OfferID(op.Offer)]
		if known && whose != acd.AgentID(o.By.ID) && op.OK {
			c.fail("I3", chat.Address(), "offer %s rang at %s and was answered by %s", op.Offer, whose, o.By.ID)
		}
		if !known || whose != acd.AgentID(o.By.ID) {
			return
		}
		if !op.OK && o.Refusal.Code != acd.ErrOfferGone.Code {
			return // it was not his, or he was not there: no word about the offer
		}
		if !op.OK {
			op.Reason = o.Refusal.Reason
		}
	}
	c.ops = append(c.ops, op)
}

// saw makes operations of news: what was told has happened before.
func (c *Checker) saw(s *Sitting, n *actors.Note) {
	op := Op{Chat: n.From.ID, Who: s.By.ID, OK: true, Return: c.tick()}
	switch e := n.Event.(type) {
	case acd.Offered:
		c.target[e.Offer.ID] = e.Offer.Agent
		return
	case acd.ChatEnded:
		if c.over[n.From.ID] {
			return
		}
		c.over[n.From.ID] = true
		op.Kind = End
		c.ops = append(c.ops, op)
		return
	case acd.MessageSent:
		if _, known := c.saidAt[place{acd.ChatID(n.From.ID), e.Message.Seq}]; !known || c.saidAt[place{acd.ChatID(n.From.ID), e.Message.Seq}] != e.Message.Text {
			c.saidAt[place{acd.ChatID(n.From.ID), e.Message.Seq}] = e.Message.Text
			c.said = append(c.said, told{acd.ChatID(n.From.ID), e.Message.Seq, e.Message.Text})
		}
		return
	case acd.OfferEnded:
		op.Kind, op.Offer, op.Reason = Over, string(e.Offer), string(e.Reason)
	case acd.Accepted:
		op.Kind, op.Offer = Taken, string(e.Offer)
	case acd.TransferDone:
		op.Kind, op.Offer = TransferOver, e.ID
	case acd.TransferFailed:
		op.Kind, op.Offer = TransferOver, e.ID
	case acd.TransferCancelled:
		op.Kind, op.Offer = TransferOver, e.ID
	default:
		return
	}
	if c.ended[acd.OfferID(op.Offer)] || op.Offer == "" {
		return
	}
	c.ended[acd.OfferID(op.Offer)] = true
	c.ops = append(c.ops, op)
}

// operations completes the history: what has no answer may still happen, and a
// transfer whose end nobody was told of has one.
func (c *Checker) operations() []Op {
	for _, o := range c.orders {
		if o.Return != 0 {
			continue
		}
		op := Op{Who: o.By.ID, Unknown: true, Call: o.call, Return: math.MaxInt64}
		switch cmd := o.Cmd.(type) {
		case acd.AcceptOffer:
			op.Kind, op.Offer = Accept, string(cmd.Offer)
		case acd.RejectOffer:
			op.Kind, op.Offer = Reject, string(cmd.Offer)
		case acd.EndChat, acd.ForceEnd:
			op.Kind, op.Chat = End, o.To.ID
		default: // a transfer: its id came with the answer
			continue
		}
		if op.Chat == "" {
			chat, _ := acd.OfferID(op.Offer).Chat()
			op.Chat = string(chat)
		}
		c.ops = append(c.ops, op)
	}
	for _, op := range slices.Clone(c.ops) {
		if op.Kind == End && op.Already && !c.over[op.Chat] { // somebody has ended it, and nobody was told
			c.over[op.Chat] = true
			c.ops = append(c.ops, Op{Kind: End, Chat: op.Chat, Who: "nobody", OK: true, Return: math.MaxInt64})
		}
		if op.Kind == TransferOut && !c.ended[acd.OfferID(op.Offer)] {
			c.ended[acd.OfferID(op.Offer)] = true
			c.ops = append(c.ops, Op{Kind: TransferOver, Chat: op.Chat, Who: "nobody", Offer: op.Offer, OK: true, Call: op.Call, Return: math.MaxInt64})
		}
	}
	return c.known()
}

// known leaves out the ends of transfers whose beginning nobody was answered.
func (c *Checker) known() []Op {
	begun := map[string]bool{}
	for i := range c.ops {
		if c.ops[i].Kind == TransferOut {
			begun[c.ops[i].Offer] = true
		}
	}
	return slices.DeleteFunc(c.ops, func(op Op) bool { return op.Kind == TransferOver && !begun[op.Offer] })
}
