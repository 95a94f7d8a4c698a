package acd

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAStayHasTheIdThatItWasGiven(t *testing.T) {
	all := []EnqueueID{"", "-", "0", "00", "1", "01", "a-1", "a-0", "a-01", "A", "a-B", "a-", "-1", "a-1-2", "+1", "a-+1", "stay c1",
		"3w5e11264sgsf", "3w5e11264sgsg", "3w5e11264sgsf-zik0zj", "3w5e11264sgsf-zik0zk", "0192f0c1-7a3e-7000-8000-1", "a--1", "a_1"}
	rapid.Check(t, func(rt *rapid.T) {
		id := EnqueueID(rapid.OneOf(rapid.StringMatching(`[0-9a-zA-Z]{0,14}(-[0-9a-z]{0,7})?`), rapid.Custom(func(rt *rapid.T) string {
			return Turn{Entropy: rapid.Uint64().Draw(rt, "entropy")}.id(rapid.IntRange(0, 9).Draw(rt, "nth"))
		})).Draw(rt, "id"))
		for _, id := range append(all, id) {
			var w waiter
			w.setStay(id)
			if w.stay() != id || !w.stays(id) {
				rt.Fatalf("stay %q is %q now", id, w.stay())
			}
			for _, other := range all {
				if w.stays(other) != (other == id) {
					rt.Fatalf("stay %q is taken for %q", id, other)
				}
			}
		}
	})
	var w waiter
	w.setStay(EnqueueID(Turn{Entropy: 1<<64 - 1}.id(3)))
	if w.calls != nil {
		t.Error("the id of a turn is kept as a text")
	}
}
