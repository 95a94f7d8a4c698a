package config

import (
	"strconv"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

const (
	maxTier  = 100
	maxSteps = 16
)

// checkSteps holds steps to one direction: they widen what is looked for.
func (c *checker) checkSteps(at func(string) string, first *int, all []step) {
	c.number(at("max_tier"), first, 1, maxTier)
	if len(all) > maxSteps {
		c.say(at("steps"), "%d steps are too many, expected at most %d", len(all), maxSteps)
	}
	after, level, tier := time.Duration(-1), acd.MaxSkillLevel, or(first, 1)
	for i, s := range all {
		in := func(name string) string { return at("steps[" + strconv.Itoa(i) + "]." + name) }
		c.note(in("after"), Facts{Required: true})
		c.duration(in("after"), s.After, 0, day)
		c.number(in("min_proficiency"), s.MinLevel, 1, acd.MaxSkillLevel)
		c.number(in("max_tier"), s.MaxTier, 1, maxTier)
		c.match(in("match"), s.Match)
		for j, skill := range s.DropSkills {
			c.id(item(in("drop_skills"), j), skill)
		}
		switch {
		case or(s.After, 0) <= after:
			c.say(in("after"), "%s is not later than the step before", short(or(s.After, 0)))
		case or(s.MinLevel, level) > level:
			c.say(in("min_proficiency"), "%d is more than the step before asks, expected at most %d", *s.MinLevel, level)
		case or(s.MaxTier, tier) < tier:
			c.say(in("max_tier"), "%d is less than before, expected at least %d", *s.MaxTier, tier)
		case s.MaxTier != nil && first == nil:
			c.say(in("max_tier"), "has no effect, since all tiers are asked from the first without max_tier of the queue")
		}
		after, level, tier = or(s.After, 0), or(s.MinLevel, level), or(s.MaxTier, tier)
	}
}

func steps(all []step) []acd.Step {
	var list []acd.Step
	for _, s := range all {
		list = append(list, acd.Step{
			After: or(s.After, 0), DropSkills: s.DropSkills, MinLevel: or(s.MinLevel, 0), MaxTier: or(s.MaxTier, 0),
			Match: match(s.Match),
		})
	}
	return list
}
