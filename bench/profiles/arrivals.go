package profiles

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"
)

// Arrivals is when chats come, whatever becomes of those before: an open loop.
type Arrivals struct {
	Process string        `yaml:"process"` // poisson, even, ramp, bursts, recorded, none
	Rate    float64       `yaml:"rate"`    // a second; of ramp the last one
	From    float64       `yaml:"from"`    // of ramp: the first rate
	Over    time.Duration `yaml:"over"`    // of ramp: how long it rises
	Every   time.Duration `yaml:"every"`   // of bursts: from one to the next
	Size    int           `yaml:"size"`    // of bursts: chats at once
	File    string        `yaml:"file"`    // of recorded: a second and a rate each line
	Speed   float64       `yaml:"speed"`   // of recorded: how much faster it is played; 0 is 1
}

func (a *Arrivals) validate() error {
	var errs []error
	say := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	say(a.Rate >= 0 && a.From >= 0 && a.Speed >= 0, "arrivals: a negative rate, from or speed")
	switch a.Process {
	case "poisson", "even":
		say(a.Rate > 0, "arrivals.rate %g, expected more than 0", a.Rate)
	case "ramp":
		say(a.Rate > 0 && a.Over > 0, "arrivals: a ramp needs rate and over")
	case "bursts":
		say(a.Every > 0 && a.Size > 0, "arrivals: bursts need every and size")
	case "none":
	case "recorded":
		say(a.File != "", "arrivals: a recorded day needs a file")
	default:
		say(false, "arrivals.process %q, expected poisson, even, ramp, bursts, recorded or none", a.Process)
	}
	return errors.Join(errs...)
}

// Stream is the arrivals of one run: Next gives the time of each, from the
// start, never earlier than the one before. Infinity is no more.
type Stream struct {
	process *Arrivals
	dice    *rand.Rand
	at      float64 // seconds
	day     []level
	burst   int // of the burst at hand, still to come
	bursts  int // begun
}

type level struct{ from, rate float64 }

// Stream draws arrivals from a seed.
func (a *Arrivals) Stream(seed uint64) (*Stream, error) {
	s := &Stream{process: a, dice: rand.New(rand.NewPCG(seed, 0xa11))}
	if a.Process == "recorded" {
		day, err := readDay(a.File)
		if err != nil {
			return nil, err
		}
		s.day = day
	}
	return s, nil
}

// Next is the time of the next arrival; false is that none is left.
func (s *Stream) Next() (time.Duration, bool) {
	switch s.process.Process {
	case "none":
		return 0, false
	case "even":
		s.at += 1 / s.process.Rate
	case "bursts":
		s.nextInBursts()
	default:
		s.thin()
	}
	if s.at > 1e6 {
		return 0, false
	}
	return time.Duration(s.at * float64(time.Second)), true
}

// thin draws a Poisson process whose rate changes: candidates at the highest
// rate, each kept with the share that its own moment has of it.
func (s *Stream) thin() {
	top := s.top()
	for {
		if top <= 0 || s.at > s.end() {
			s.at = math.Inf(1)
			return
		}
		s.at += s.dice.ExpFloat64() / top
		if rate := s.rate(s.at); rate >= top || s.dice.Float64()*top < rate {
			return
		}
	}
}

func (s *Stream) nextInBursts() {
	if s.burst == 0 {
		s.burst = s.process.Size
		s.bursts++
		s.at = float64(s.bursts-1) * s.process.Every.Seconds()
	}
	s.burst--
}

func (s *Stream) top() float64 {
	top := max(s.process.Rate, s.process.From)
	for _, l := range s.day {
		top = max(top, l.rate*s.speed())
	}
	return top
}

func (s *Stream) speed() float64 {
	if s.process.Speed == 0 {
		return 1
	}
	return s.process.Speed
}

func (s *Stream) end() float64 {
	if len(s.day) == 0 {
		return math.Inf(1)
	}
	return s.day[len(s.day)-1].from / s.speed()
}

func (s *Stream) rate(at float64) float64 {
	switch s.process.Process {
	case "ramp":
		part := min(1, at/s.process.Over.Seconds())
		return s.process.From + (s.process.Rate-s.process.From)*part
	case "recorded":
		rate := 0.0
		for _, l := range s.day {
			if l.from/s.speed() > at {
				break
			}
			rate = l.rate * s.speed()
		}
		return rate
	}
	return s.process.Rate
}

// readDay reads lines of a second and the rate from then on; # begins a
// comment. The last line is the end.
func readDay(path string) ([]level, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("recorded arrivals: %w", err)
	}
	defer f.Close()
	var day []level
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if len(words) == 0 {
			continue
		}
		l, err := readLevel(words)
		if err == nil && len(day) > 0 && l.from <= day[len(day)-1].from {
			err = errors.New("not later than the line before")
		}
		if err != nil {
			return nil, fmt.Errorf("recorded arrivals %s, line %d: %w", path, n, err)
		}
		day = append(day, l)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("recorded arrivals: %w", err)
	}
	if len(day) < 2 {
		return nil, fmt.Errorf("recorded arrivals %s: expected at least two lines, the last one for the end", path)
	}
	return day, nil
}

func readLevel(words []string) (level, error) {
	if len(words) != 2 {
		return level{}, fmt.Errorf("%d values, expected a second and a rate", len(words))
	}
	from, err := strconv.ParseFloat(words[0], 64)
	if err != nil || from < 0 {
		return level{}, fmt.Errorf("%q is no second", words[0])
	}
	rate, err := strconv.ParseFloat(words[1], 64)
	if err != nil || rate < 0 {
		return level{}, fmt.Errorf("%q is no rate", words[1])
	}
	return level{from, rate}, nil
}
