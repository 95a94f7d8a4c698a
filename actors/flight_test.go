package actors

import (
	"strconv"
	"testing"
)

func TestACommandThatHasEndedIsNoLongerUnderWayAndTheOthersAre(t *testing.T) {
	var f flights
	const n = 10
	for i := range n {
		f = append(f, flight{id: strconv.Itoa(i), digest: uint64(i)})
	}
	for i := range n {
		id := strconv.Itoa(i * 7 % n) // from the middle, the front and the end
		ended, found := f.end(id)
		if !found || ended.id != id {
			t.Fatalf("the end of %s gives %q, %v", id, ended.id, found)
		}
		if _, again := f.end(id); again || f.find(id) != nil {
			t.Fatalf("%s is still under way", id)
		}
		for later := i + 1; later < n; later++ {
			id := strconv.Itoa(later * 7 % n)
			if got := f.find(id); got == nil || strconv.Itoa(int(got.digest)) != id {
				t.Fatalf("%s is not found any more", id)
			}
		}
	}
	if f != nil {
		t.Errorf("room for %d is kept after a rush", cap(f))
	}
}
