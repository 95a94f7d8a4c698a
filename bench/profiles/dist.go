package profiles

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Dist is a distribution as a profile writes it: "3s", "fixed 3s", "exponential
// 3s" (its mean), "uniform 1s 5s", "lognormal 80 0.5" (its median and sigma).
// The zero value is always 0. Durations are drawn in seconds.
type Dist struct {
	kind string
	a, b float64
}

// Fixed is the distribution of one value.
func Fixed(v float64) Dist { return Dist{kind: "fixed", a: v} }

// arguments says how many numbers follow each name.
var arguments = map[string]int{"fixed": 1, "exponential": 1, "uniform": 2, "lognormal": 2}

// ParseDist reads a distribution; its error says what was expected.
func ParseDist(text string) (Dist, error) {
	words := strings.Fields(text)
	if len(words) == 1 {
		words = []string{"fixed", words[0]}
	}
	if len(words) == 0 || arguments[words[0]] == 0 {
		return Dist{}, fmt.Errorf("%q is no distribution, expected a value, fixed, exponential, uniform or lognormal", text)
	}
	if len(words)-1 != arguments[words[0]] {
		return Dist{}, fmt.Errorf("%q: %s takes %d values, not %d", text, words[0], arguments[words[0]], len(words)-1)
	}
	d := Dist{kind: words[0]}
	for i, at := range []*float64{&d.a, &d.b}[:len(words)-1] {
		v, err := amount(words[i+1])
		if err != nil {
			return Dist{}, fmt.Errorf("%q: %w", text, err)
		}
		*at = v
	}
	if d.kind == "uniform" && d.b < d.a {
		return Dist{}, fmt.Errorf("%q: the upper bound is below the lower one", text)
	}
	return d, nil
}

// amount is a number, or a duration in seconds.
func amount(word string) (float64, error) {
	v, err := strconv.ParseFloat(word, 64)
	if err != nil {
		d, bad := time.ParseDuration(word)
		if bad != nil {
			return 0, fmt.Errorf("%q is neither a number nor a duration", word)
		}
		v = d.Seconds()
	}
	if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%q is out of range, expected 0 or more", word)
	}
	return v, nil
}

// UnmarshalYAML reads the text of a distribution.
func (d *Dist) UnmarshalYAML(text []byte) error {
	var err error
	*d, err = ParseDist(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	return err
}

// Zero reports whether every draw is 0.
func (d Dist) Zero() bool { return d.a == 0 && d.b == 0 }

// Draw takes a value.
func (d Dist) Draw(r *rand.Rand) float64 {
	switch d.kind {
	case "exponential":
		return d.a * r.ExpFloat64()
	case "uniform":
		return d.a + (d.b-d.a)*r.Float64()
	case "lognormal":
		return d.a * math.Exp(d.b*r.NormFloat64())
	}
	return d.a
}

// Time draws a duration.
func (d Dist) Time(r *rand.Rand) time.Duration {
	return time.Duration(min(d.Draw(r), 24*3600) * float64(time.Second))
}

// Count draws a whole number between 0 and most.
func (d Dist) Count(r *rand.Rand, most int) int {
	return int(min(math.Round(d.Draw(r)), float64(most)))
}
