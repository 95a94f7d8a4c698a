package bench

import (
	"testing"

	"github.com/parley-engine/parley/bench/profiles"
)

func TestTheReserveIsUsedBehindThePoolAndNoMoreOfItThanIsNeeded(t *testing.T) {
	c := &crowd{profile: &profiles.Profile{}}
	named := map[*customer]string{}
	for _, v := range []struct {
		name  string
		spare bool
	}{{"a", false}, {"x", true}, {"b", false}, {"y", true}} {
		of := &customer{crowd: c, spare: v.spare}
		named[of] = v.name
		c.done(of)
	}
	got := ""
	take := func() *customer {
		v := c.idle()
		got += named[v]
		return v
	}
	a := take()
	take() // b
	y := take()
	c.done(y)
	take() // y again, not x
	c.done(a)
	take() // the pool's before the reserve's
	take()
	if want := "abyyax"; got != want || c.idle() != nil {
		t.Errorf("taken are %s, want %s and nobody else", got, want)
	}
}
