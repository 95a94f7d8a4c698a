package sim

import (
	"math/rand/v2"
	"time"
)

// dice is all the chance that there is in a world.
type dice struct {
	src *rand.PCG
	rnd *rand.Rand
}

func newDice(seed, of uint64) *dice {
	src := rand.NewPCG(seed, of)
	return &dice{src, rand.New(src)}
}

// below returns a number from 0 up to but without n.
func (d *dice) below(n int) int { return int(d.src.Uint64() % uint64(n)) }

// between returns a number from low to high.
func (d *dice) between(low, high int) int { return low + d.below(high-low+1) }

// chance is true once in so many times; never for 0.
func (d *dice) chance(oneIn int) bool { return oneIn > 0 && d.src.Uint64()%uint64(oneIn) == 0 }

// span returns a duration from low to high.
func (d *dice) span(low, high time.Duration) time.Duration {
	return low + time.Duration(d.src.Uint64()%uint64(high-low+1))
}

// soon returns a duration around mean, mostly shorter and sometimes much
// longer.
func (d *dice) soon(mean time.Duration) time.Duration {
	return time.Duration(d.rnd.ExpFloat64() * float64(mean))
}

// Read implements io.Reader.
func (d *dice) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(d.src.Uint64())
	}
	return len(p), nil
}

// pick returns one of a list.
func pick[T any](d *dice, list ...T) T { return list[d.below(len(list))] }

// some returns a part of a list, at least one if there is one.
func some[T any](d *dice, list []T) (part []T) {
	for _, v := range list {
		if d.chance(2) {
			part = append(part, v)
		}
	}
	if len(part) == 0 && len(list) > 0 {
		part = append(part, pick(d, list...))
	}
	return part
}
