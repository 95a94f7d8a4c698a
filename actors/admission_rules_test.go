package actors

import (
	"slices"
	"testing"
	"time"
)

const admissionTarget = 20 * time.Millisecond

// mean is a window in which answers took so many milliseconds on average, and
// somebody was refused.
func mean(took int) window {
	return window{answered: 100, waited: 50, took: 100 * time.Duration(took) * time.Millisecond, taken: 10, refused: 10, lasted: admissionWindow}
}

func windows(n int, w window) []window { return slices.Repeat([]window{w}, n) }

func after(p pressure, windows ...window) pressure {
	for _, w := range windows {
		p = p.next(w, admissionTarget)
	}
	return p
}

func TestPressureIsTheBetterOfTheLastTwoWindows(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	slow := func(waited int64) window { return window{answered: 4, waited: waited, took: 4 * ms(900)} }
	silent := func(waited int64, n int) window { return window{waited: waited, silent: ms(n)} }
	for name, c := range map[string]struct {
		windows []window
		sheds   bool
		want    int64 // thousandths of the pace that are taken
	}{
		"nothing to do":                    {windows(2, window{}), false, 1000},
		"in time":                          {windows(40, mean(5)), false, 1000},
		"exactly at the target":            {windows(40, mean(20)), false, 1000},
		"late":                             {windows(20, mean(30)), true, 750},
		"not for long enough":              {windows(19, mean(30)), false, 1000},
		"in time once meanwhile":           {slices.Concat(windows(19, mean(30)), windows(1, mean(20)), windows(19, mean(30))), false, 1000},
		"at twice the target":              {windows(10, mean(40)), true, 500},
		"not for half as long":             {windows(9, mean(40)), false, 1000},
		"at three times the target":        {windows(20, mean(60)), true, 0},
		"far behind":                       {windows(2, mean(900)), true, 0},
		"at the edge of far":               {windows(2, mean(80)), false, 1000},
		"one stall is forgiven":            {[]window{mean(5), mean(900)}, false, 1000},
		"and so is the one before":         {[]window{mean(900), mean(5)}, false, 1000},
		"slow, and few wait":               {windows(2, slow(31)), false, 1000},
		"slow, and enough wait":            {windows(2, slow(32)), true, 0},
		"no answer for a while":            {[]window{silent(50, 100), silent(50, 150)}, true, 0},
		"no answer, and nobody who waits":  {[]window{silent(0, 500), silent(0, 900)}, false, 1000},
		"in time again":                    {append(windows(2, mean(900)), mean(3)), true, 1000},
		"in time for a while, and refused": {append(windows(2, mean(900)), windows(60, mean(3))...), true, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			p := after(pressure{}, c.windows...)
			if got := p.brake(admissionTarget); got != c.want || p.shedding != c.sheds {
				t.Errorf("%+v takes %d of 1000, expected %d; shedding: %v", p, got, c.want, c.sheds)
			}
		})
	}
}

func TestANodeThatAnswersWithinAFewMillisecondsIsNotFull(t *testing.T) {
	const target = 4 * time.Millisecond
	then := func(p pressure, windows ...window) pressure {
		for _, w := range windows {
			p = p.next(w, target)
		}
		return p
	}
	if p := then(pressure{}, windows(100, mean(10))...); p.shedding {
		t.Error("it refuses because answers take 10 ms")
	}
	if p := then(pressure{}, windows(2, mean(40))...); p.shedding {
		t.Error("it refuses because they took 40 ms twice")
	}
	p := then(pressure{}, windows(20, mean(11))...)
	if !p.shedding || p.brake(target) >= wholeShare {
		t.Fatalf("answers take 11 ms, and it takes %d of 1000; shedding: %v", p.brake(target), p.shedding)
	}
	pace := then(p, mean(4)).pace
	if now := then(p, mean(4), mean(6)).pace; now >= pace {
		t.Errorf("full already, it goes from %g a second to %g with answers that take 6 ms", pace, now)
	}
	calm := mean(6)
	calm.refused = 0
	if p = then(p, windows(40, calm)...); !p.shedding {
		t.Error("it ceases to refuse while answers take 6 ms")
	}
}

func TestRefusalsEndWhenForASecondAllWhoCameCouldStay(t *testing.T) {
	all := mean(3)
	all.refused = 0
	p := after(pressure{}, append(windows(2, mean(900)), windows(19, all)...)...)
	if !p.shedding {
		t.Error("they end after 19 windows")
	}
	if q := after(p, mean(3), all); !q.shedding {
		t.Error("they end although somebody was refused")
	}
	if q := after(p, mean(21)); !q.shedding {
		t.Error("they end although answers are late again")
	}
	if after(p, all).shedding {
		t.Error("they have not ended after 20")
	}
}

func TestThePaceGrowsWhileAnswersAreInTimeAndShrinksTheLaterTheyAre(t *testing.T) {
	p := pressure{shedding: true, pace: 640, least: 40}
	all := mean(3)
	all.refused = 0
	late := all
	late.took *= 10
	for name, c := range map[string]struct {
		w    window
		want float64
	}{
		"quick":                        {mean(9), 650},
		"in time":                      {mean(20), 645},
		"a little late":                {mean(25), 635},
		"twice as long":                {mean(40), 620},
		"much too late":                {mean(150), 620},
		"quick, and nobody refused":    {all, 640},
		"too late, and nobody refused": {late, 630},
	} {
		if got := after(p, c.w); got.pace != c.want {
			t.Errorf("%s: %g a second, expected %g", name, got.pace, c.want)
		}
	}
	if got := after(p, windows(1000, mean(40))...); got.pace != p.least {
		t.Errorf("after a long time it is %g, expected the least, %g", got.pace, p.least)
	}
	held := after(p, windows(2, mean(150))...)
	if got := after(held, windows(10, mean(150))...); got.pace != held.pace {
		t.Errorf("while nobody is taken it goes from %g to %g", held.pace, got.pace)
	}
	held.pace = 640
	if got := after(held, mean(40), mean(40)); got.pace != 630 { // it was held in the first window
		t.Errorf("while half of it is taken it goes from 640 to %g, expected 630", got.pace)
	}
}

func TestAPaceBeginsWithWhatWasUsual(t *testing.T) {
	p := after(pressure{}, append(windows(200, mean(5)), windows(20, mean(30))...)...) // ten in 50 ms
	if p.pace < 199 || p.pace > 200 {
		t.Errorf("it begins with %g a second, expected 200", p.pace)
	}
	if want := p.pace / 16; p.least != want {
		t.Errorf("it keeps %g, expected %g", p.least, want)
	}
}

// crowded is a node where enough commands wait.
func crowded() *admission {
	a := &admission{target: admissionTarget}
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

func TestThoseWhoMayStartComeAtAnEvenPace(t *testing.T) {
	a := crowded()
	a.pressure = pressure{shedding: true, pace: 100, least: 10}
	a.shedding.Store(true)
	a.braked = wholeShare
	a.rotates.Store(int64(time.Hour))
	var in int
	for i := range 400 { // one a millisecond, ten times too many
		if a.admit(time.Duration(i+1) * time.Millisecond) {
			in++
		}
		if want := (i + 1) / 10; in < want-1 || in > want {
			t.Fatalf("%d of the first %d were let in, expected %d", in, i+1, want)
		}
	}
	if shed := a.shed.Load(); shed != 400-int64(in) {
		t.Errorf("%d were counted as refused, expected %d", shed, 400-in)
	}
	in = 0
	for range 10 {
		if a.admit(time.Second) {
			in++
		}
	}
	if in != 2 {
		t.Errorf("after a pause %d are let in at once, expected those of 20 ms, 2", in)
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
