package actors

import "testing"

func TestASessionIsWokenOnceForAllThatAGroupHasForIt(t *testing.T) {
	var woken []string
	session := func(id string) *Session {
		return &Session{id: id, notify: func() { woken = append(woken, id) }}
	}
	ann, bob := session("ann"), session("bob")
	var k wakes
	for round := 1; round <= 3; round++ {
		k.hold()
		k.wake(bob)
		k.wake(ann)
		k.wake(bob)
		if len(woken) != 0 {
			t.Fatalf("round %d: %v are woken before the group ends", round, woken)
		}
		k.flush()
		if len(woken) != 2 || woken[0] != "bob" || woken[1] != "ann" {
			t.Fatalf("round %d: the group has woken %v, want bob and ann", round, woken)
		}
		k.wake(ann)
		if len(woken) != 3 {
			t.Fatalf("round %d: between groups nobody is woken", round)
		}
		woken = nil
	}
}
