package actors

import (
	"slices"
	"testing"
	"time"
)

const admissionTarget = 20 * time.Millisecond

func TestPressureIsTheBetterOfTheLastTwoWindows(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	mean := func(took int) window { return window{100, 50, 100 * ms(took), 0} }
	times := func(n int, w window) []window { return slices.Repeat([]window{w}, n) }
	late := mean(30)
	for name, c := range map[string]struct {
		windows []window
		want    int64 // thousandths of new chats that are taken
	}{
		"nothing to do":                    {[]window{{}, {}}, 1000},
		"in time":                          {times(40, mean(5)), 1000},
		"exactly at the target":            {times(40, mean(20)), 1000},
		"half way over it":                 {times(20, late), 500},
		"not for long enough":              {times(19, late), 1000},
		"in time once meanwhile":           {slices.Concat(times(19, late), times(1, mean(20)), times(19, late)), 1000},
		"at twice the target":              {times(20, mean(40)), 0},
		"far behind":                       {times(2, mean(900)), 0},
		"at the edge of far":               {times(2, mean(80)), 1000},
		"one stall is forgiven":            {[]window{mean(5), mean(900)}, 1000},
		"and so is the one before":         {[]window{mean(900), mean(5)}, 1000},
		"slow, and few wait":               {times(2, window{4, 31, 4 * ms(900), 0}), 1000},
		"slow, and enough wait":            {times(2, window{4, 32, 4 * ms(900), 0}), 0},
		"no answer for a while":            {[]window{{0, 50, 0, ms(100)}, {0, 50, 0, ms(150)}}, 0},
		"no answer, and nobody who waits":  {[]window{{0, 0, 0, ms(500)}, {0, 0, 0, ms(900)}}, 1000},
		"over":                             {append(times(2, mean(900)), mean(3)), 1000},
		"over, and late again too soon":    {slices.Concat(times(2, mean(900)), times(19, mean(3)), times(2, late)), 500},
		"over for a while, and late again": {slices.Concat(times(2, mean(900)), times(20, mean(3)), times(19, late)), 1000},
	} {
		t.Run(name, func(t *testing.T) {
			var p pressure
			for _, w := range c.windows {
				p = p.next(w, admissionTarget)
			}
			if got := p.share(admissionTarget); got != c.want {
				t.Errorf("%+v takes %d of 1000, expected %d", p, got, c.want)
			}
		})
	}
}

// crowded is a node where enough commands wait.
func crowded() *admission {
	a := &admission{target: admissionTarget}
	a.share.Store(wholeShare)
	for range 2 * fewWaiting {
		a.begins()
	}
	return a
}

// slowly lets commands take so long each, for a while.
func slowly(a *admission, from, until, took time.Duration) {
	for now := from; now < until; now += time.Millisecond {
		a.begins()
		a.ends(now-took, now, true)
	}
}

func TestThoseWhoMayStartAreSpreadAmongThoseWhoMayNot(t *testing.T) {
	a := crowded()
	slowly(a, time.Second, 4*time.Second, 35*time.Millisecond) // a quarter may
	var in int
	for i := range 400 {
		if a.admit(4 * time.Second) {
			in++
		}
		if want := (i + 1) / 4; in != want {
			t.Fatalf("%d of the first %d were let in, expected %d", in, i+1, want)
		}
	}
	if shed := a.shed.Load(); shed != 300 {
		t.Errorf("%d were counted as refused, expected 300", shed)
	}
}

func TestOverloadIsSevereOnlyAfterASecondWithoutANewChat(t *testing.T) {
	a := crowded()
	slowly(a, time.Second, 1900*time.Millisecond, 500*time.Millisecond)
	if a.admit(1900 * time.Millisecond) {
		t.Error("a chat was let in by a node that is far behind")
	}
	if a.severe(1900 * time.Millisecond) {
		t.Error("it is severe after less than a second")
	}
	slowly(a, 1900*time.Millisecond, 2200*time.Millisecond, 500*time.Millisecond)
	if !a.severe(2200 * time.Millisecond) {
		t.Error("it is not severe after more than a second")
	}
	slowly(a, 2200*time.Millisecond, 2400*time.Millisecond, time.Millisecond)
	if a.severe(2400*time.Millisecond) || !a.admit(2400*time.Millisecond) {
		t.Error("it is not over when answers come in time again")
	}
}

func TestAnOverloadIsForgottenWhenItHasBeenQuiet(t *testing.T) {
	a := crowded()
	slowly(a, time.Second, 2*time.Second, 500*time.Millisecond)
	a.waiting.Store(0)
	a.ends(2*time.Second, 2*time.Second+time.Millisecond, true) // the last one
	if a.admit(2100 * time.Millisecond) {
		t.Error("a chat was let in right after an overload")
	}
	if !a.admit(time.Minute) {
		t.Error("a chat was refused for an overload of long ago")
	}
}

func TestANodeWithoutATargetTakesEverybody(t *testing.T) {
	a := &admission{}
	slowly(a, time.Second, 3*time.Second, time.Second)
	if !a.admit(3*time.Second) || a.severe(3*time.Second) {
		t.Error("a chat was refused")
	}
}
