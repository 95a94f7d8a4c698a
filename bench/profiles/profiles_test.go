package profiles

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEveryProfileThatComesWithParleyIsValid(t *testing.T) {
	want := []string{"crash", "hot-queue", "idle", "monday-nine", "reconnect-storm", "reference", "rona-storm", "steady", "supervisor-fan-out", "transfer-churn"}
	if names := Names(); !slices.Equal(names, want) {
		t.Fatalf("profiles %v, want %v", names, want)
	}
	for _, name := range want {
		p, err := Builtin(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if p.Name != name || p.About == "" || p.Objective.OfferP99 == 0 {
			t.Errorf("%s: name %q, about %q, objective %s", name, p.Name, p.About, p.Objective.OfferP99)
		}
	}
}

func TestTheReferenceLifecycleIsTheOneThatIsStated(t *testing.T) {
	p, err := Builtin("reference")
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(1, 1))
	if p.Chat.Messages.Count(dice, 1000) != 10 || p.Chat.Transfers.Count(dice, 10) != 1 {
		t.Errorf("messages %+v, transfers %+v", p.Chat.Messages, p.Chat.Transfers)
	}
	if p.Agents.Miss != 0 || p.Agents.Reject != 0 || !p.Agents.Answer.Zero() || !p.Agents.Think.Zero() || !p.Customers.Think.Zero() || p.Customers.Ends != 0 {
		t.Errorf("somebody thinks, misses, rejects, or a customer ends: %+v %+v", p.Agents, p.Customers)
	}
}

func TestADistributionHasTheMeanThatItSays(t *testing.T) {
	for text, want := range map[string]float64{
		"3s": 3, "fixed 250ms": 0.25, "exponential 2s": 2, "uniform 1s 5s": 3,
		"lognormal 80 0.5": 80 * math.Exp(0.125), "12": 12,
	} {
		d, err := ParseDist(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		dice, sum := rand.New(rand.NewPCG(7, 7)), 0.0
		const draws = 20_000
		for range draws {
			sum += d.Draw(dice)
		}
		if mean := sum / draws; math.Abs(mean-want) > want/25 {
			t.Errorf("%s: mean %g, want %g", text, mean, want)
		}
	}
}

func TestADistributionThatIsNoneIsRefusedByName(t *testing.T) {
	for text, say := range map[string]string{
		"":               "no distribution",
		"gauss 1 2":      "expected a value, fixed, exponential, uniform or lognormal",
		"uniform 1s":     "uniform takes 2 values, not 1",
		"uniform 5s 1s":  "upper bound is below",
		"exponential -1": "0 or more",
		"fixed soon":     "neither a number nor a duration",
	} {
		if _, err := ParseDist(text); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v, want %q", text, err, say)
		}
	}
}

func draw(t *testing.T, a Arrivals, seed uint64, until time.Duration) []time.Duration {
	t.Helper()
	if err := a.validate(); err != nil {
		t.Fatal(err)
	}
	s, err := a.Stream(seed)
	if err != nil {
		t.Fatal(err)
	}
	var all []time.Duration
	for {
		at, more := s.Next()
		if !more || at >= until {
			return all
		}
		if n := len(all); n > 0 && at < all[n-1] {
			t.Fatalf("arrival %d at %s is before the one at %s", n, at, all[n-1])
		}
		all = append(all, at)
	}
}

func TestArrivalsFollowFromTheSeedAlone(t *testing.T) {
	for _, process := range []string{"poisson", "ramp", "bursts", "even"} {
		a := Arrivals{Process: process, Rate: 50, From: 1, Over: 20 * time.Second, Every: time.Second, Size: 10}
		one, two, other := draw(t, a, 1, 20*time.Second), draw(t, a, 1, 20*time.Second), draw(t, a, 2, 20*time.Second)
		if !slices.Equal(one, two) {
			t.Errorf("%s: two streams of one seed differ", process)
		}
		if random := process == "poisson" || process == "ramp"; slices.Equal(one, other) == random {
			t.Errorf("%s: streams of two seeds are equal: %t", process, !random)
		}
	}
}

func TestAPoissonProcessHasItsRateAndItsGaps(t *testing.T) {
	all := draw(t, Arrivals{Process: "poisson", Rate: 100}, 3, 100*time.Second)
	if n := len(all); n < 9_700 || n > 10_300 {
		t.Errorf("%d arrivals in 100 s at 100 a second", n)
	}
	longer := 0
	for i := 1; i < len(all); i++ {
		if all[i]-all[i-1] > 10*time.Millisecond {
			longer++
		}
	}
	if share := float64(longer) / float64(len(all)); math.Abs(share-math.Exp(-1)) > 0.02 {
		t.Errorf("%.3f of the gaps are longer than the mean, want %.3f", share, math.Exp(-1))
	}
}

func TestARampRisesFromItsFirstRateToItsLast(t *testing.T) {
	all := draw(t, Arrivals{Process: "ramp", From: 10, Rate: 110, Over: 50 * time.Second}, 5, 100*time.Second)
	in := func(from, to int) (n int) {
		for _, at := range all {
			if at >= time.Duration(from)*time.Second && at < time.Duration(to)*time.Second {
				n++
			}
		}
		return n
	}
	for _, tt := range []struct{ from, to, want int }{{0, 10, 200}, {40, 50, 1000}, {60, 100, 4400}} {
		if n := in(tt.from, tt.to); math.Abs(float64(n-tt.want)) > float64(tt.want)/4 {
			t.Errorf("from %d to %d s: %d arrivals, want about %d", tt.from, tt.to, n, tt.want)
		}
	}
}

func TestBurstsComeAtOnce(t *testing.T) {
	all := draw(t, Arrivals{Process: "bursts", Every: 2 * time.Second, Size: 3}, 1, 5*time.Second)
	want := []time.Duration{0, 0, 0, 2 * time.Second, 2 * time.Second, 2 * time.Second, 4 * time.Second, 4 * time.Second, 4 * time.Second}
	if !slices.Equal(all, want) {
		t.Errorf("got %v", all)
	}
}

func TestARecordedDayIsPlayedAndEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "day.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# second, rate\n0, 5\n100, 50\n200, 0\n")
	all := draw(t, Arrivals{Process: "recorded", File: path, Speed: 10}, 1, time.Hour)
	early := slices.IndexFunc(all, func(at time.Duration) bool { return at >= 10*time.Second })
	if len(all) < 4_900 || len(all) > 6_100 || early < 400 || early > 600 || all[len(all)-1] > 20*time.Second {
		t.Errorf("%d arrivals, %d in the first half, the last one at %s", len(all), early, all[len(all)-1])
	}
	write("0 5\n0 6\n")
	a := Arrivals{Process: "recorded", File: path}
	if _, err := a.Stream(1); err == nil || !strings.Contains(err.Error(), "line 2: not later") {
		t.Errorf("a day that stands still: %v", err)
	}
}

func TestAProfileWithMistakesNamesThemAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	text := "duration: 0s\narrivals: {process: fast}\nagents: {count: 0, capacity: 99, miss: 2}\ncustomers: {most: 1, reserve: -1}\nqueues: {count: 1, offer_timeout: 1s}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	for _, say := range []string{"mine.yaml", "duration", "arrivals.process", "agents.count", "agents.capacity 99, expected 1 to 50", "agents.miss", "customers.reserve -1, expected at least 0"} {
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("error %v does not say %q", err, say)
		}
	}
}
