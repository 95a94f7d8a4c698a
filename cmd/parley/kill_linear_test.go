package main

import (
	"math"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/sim/check"
	"github.com/parley-engine/parley/transport/wire"
)

var dawn = time.Now()

// since is the time of everybody in a test, which no clock that is set changes.
func since() int64 { return int64(time.Since(dawn)) }

// checkOrder: what everybody asked, was answered and was told of each chat could
// have happened in one order.
func (c *crowd) checkOrder() (operations int) {
	var ops []check.Op
	over := map[string]bool{}
	once := func(key string, op check.Op) {
		if !over[key] {
			over[key] = true
			ops = append(ops, op)
		}
	}
	for _, who := range c.people() {
		for _, o := range who.orders {
			if op, is := operation(who.name, o); is {
				ops = append(ops, op)
			}
		}
		for _, e := range who.witness.events {
			told := check.Op{Who: who.name, OK: true, Return: e.heard}
			switch e := e.Event.(type) {
			case *wire.OfferEndedEvent:
				told.Kind, told.Chat, told.Offer, told.Reason = check.Over, e.Chat, e.Offer, string(e.Reason)
				once(e.Offer, told)
			case *wire.EndedEvent:
				told.Kind, told.Chat = check.End, e.Chat
				once(e.Chat, told)
			case *wire.ChatEndedEvent:
				told.Kind, told.Chat = check.End, e.Chat
				once(e.Chat, told)
			}
		}
	}
	if v := check.Linearizable(ops); v != nil {
		c.fault("%v", v)
	}
	return len(ops)
}

// operation makes one of a command and its answer, if it is one on a chat.
func operation(who string, o *order) (op check.Op, is bool) {
	op = check.Op{Who: who, Call: o.call, Return: o.answered, OK: o.ok != nil, Unknown: o.ok == nil && o.refused == nil}
	if op.Unknown {
		op.Return = math.MaxInt64
	}
	if o.ok != nil {
		op.Already = o.ok.Already
	}
	switch m := o.command.(type) {
	case *wire.Accept:
		op.Kind, op.Offer = check.Accept, m.Offer
	case *wire.Reject:
		op.Kind, op.Offer = check.Reject, m.Offer
	case *wire.End:
		op.Kind, op.Chat = check.End, m.Chat
		return op, true
	default:
		return op, false
	}
	chat, _ := acd.OfferID(op.Offer).Chat()
	op.Chat = string(chat)
	if o.refused != nil {
		if o.refused.Code != wire.CodeOfferGone || o.refused.Detail == nil {
			return op, false // no word about the offer
		}
		op.Reason = o.refused.Detail.Reason
	}
	return op, true
}
