package check

import (
	"math"
	"testing"
)

func TestHistoriesOfAChatAreHeldAgainstOneOrder(t *testing.T) {
	accept := Op{Kind: Accept, Chat: "c", Who: "alice", Offer: "c.1", OK: true, Call: 1, Return: 4}
	for _, c := range []struct {
		name string
		more []Op
		ok   bool
	}{
		{"accepted alone", nil, true},
		{"missed before", []Op{{Kind: Over, Chat: "c", Who: "alice", Offer: "c.1", Reason: "rona", Call: 0, Return: 9}}, false},
		{"rejected at the same time, and refused", []Op{{Kind: Reject, Chat: "c", Who: "alice", Offer: "c.1", Reason: "accepted", Call: 2, Return: 3}}, true},
		{"rejected at the same time, and both were taken", []Op{{Kind: Reject, Chat: "c", Who: "alice", Offer: "c.1", OK: true, Call: 2, Return: 3}}, false},
		{"ended while it was asked", []Op{{Kind: End, Chat: "c", Who: "ann", OK: true, Call: 2, Return: 3}}, true},
		{"ended before it was asked", []Op{{Kind: End, Chat: "c", Who: "ann", OK: true, Call: -2, Return: -1}}, false},
		{"ended by an order nobody has answered", []Op{{Kind: End, Chat: "c", Who: "ann", Unknown: true, Call: -2, Return: math.MaxInt64}}, true},
		{"ended already, by nobody", []Op{{Kind: End, Chat: "c", Who: "ann", OK: true, Already: true, Call: 5, Return: 6}}, false},
		{"in another chat", []Op{{Kind: End, Chat: "d", Who: "ann", OK: true, Call: -2, Return: -1}}, true},
		{"two transfers at once", []Op{{Kind: TransferOut, Chat: "c", Who: "alice", Offer: "x1", OK: true, Call: 5, Return: 6},
			{Kind: TransferOut, Chat: "c", Who: "alice", Offer: "x2", OK: true, Call: 7, Return: 8}}, false},
		{"one transfer after the other", []Op{{Kind: TransferOut, Chat: "c", Who: "alice", Offer: "x1", OK: true, Call: 5, Return: 6},
			{Kind: TransferOver, Chat: "c", Who: "alice", Offer: "x1", OK: true, Call: 0, Return: 9},
			{Kind: TransferOut, Chat: "c", Who: "alice", Offer: "x2", OK: true, Call: 7, Return: 8}}, true},
		{"he cannot answer, and nobody else could", []Op{{Kind: Accept, Chat: "c", Who: "alice", Offer: "c.2", Reason: "offline", Call: 5, Return: 6},
			{Kind: Over, Chat: "c", Who: "alice", Offer: "c.2", Reason: "customer_gone", Call: 0, Return: 9}}, true},
		{"he cannot answer, and has it", []Op{{Kind: Accept, Chat: "c", Who: "alice", Offer: "c.2", Reason: "offline", Call: 5, Return: 6},
			{Kind: Accept, Chat: "c", Who: "alice", Offer: "c.2", OK: true, Call: 7, Return: 8}}, false},
	} {
		if v := Linearizable(append([]Op{accept}, c.more...)); (v == nil) != c.ok {
			t.Errorf("%s: %v", c.name, v)
		}
	}
}

func TestTheEndOfATransferThatNobodyWasAnsweredIsNoViolation(t *testing.T) {
	c := New(func() int64 { return 1 })
	c.ops = []Op{{Kind: TransferOver, Chat: "c", Who: "alice", Offer: "x", OK: true, Return: 1}}
	if v := Linearizable(c.operations()); v != nil {
		t.Error(v)
	}
}
