package acd

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

const (
	// SkillLevel is the level of a skill that is given without one.
	SkillLevel = 5
	// MaxSkillLevel is the best; the least is 1.
	MaxSkillLevel = 10
)

// need is one skill that is asked of an agent, at a level or better.
type need struct {
	skill string
	least int
}

func (n need) compare(o need) int {
	return cmp.Or(cmp.Compare(n.skill, o.skill), cmp.Compare(n.least, o.least))
}

// ParseSkill reads a requirement: "latin", or "latin>=7" for a level.
func ParseSkill(text string) (skill string, least int, ok bool) {
	skill, level, given := strings.Cut(text, ">=")
	if !given {
		return text, 1, text != ""
	}
	least, err := strconv.Atoi(level)
	return skill, least, err == nil && skill != "" && least >= 1 && least <= MaxSkillLevel
}

// needsOf reads requirements, sorted and each skill once, at the highest level
// that is asked. One that cannot be read is a skill that nobody has.
func needsOf(lists ...[]string) []need {
	n := 0
	for _, list := range lists {
		n += len(list)
	}
	if n == 0 {
		return nil
	}
	needs := make([]need, 0, n)
	for _, list := range lists {
		for _, text := range list {
			skill, least, ok := ParseSkill(text)
			if !ok {
				skill, least = text, 1
			}
			needs = append(needs, need{skill, least})
		}
	}
	slices.SortFunc(needs, need.compare)
	kept := needs[:0]
	for i, n := range needs {
		if i+1 == len(needs) || needs[i+1].skill != n.skill {
			kept = append(kept, n)
		}
	}
	return kept
}

// needsKey tells apart what is asked for.
func needsKey(needs []need) string {
	if len(needs) == 0 {
		return ""
	}
	key := make([]byte, 0, 64)
	for _, n := range needs {
		key = append(key, n.skill...)
		key = append(key, 0, byte(n.least))
	}
	return string(key)
}

// level is how good the agent is at a skill, 0 if he does not have it.
func (c *candidate) level(skill string) int {
	if !slices.Contains(c.Skills, skill) {
		return 0
	}
	if n, given := c.Levels[skill]; given {
		return n
	}
	return SkillLevel
}

func (c *candidate) has(needs []need) bool {
	for _, n := range needs {
		if n.least <= 1 && !slices.Contains(c.Skills, n.skill) || n.least > 1 && c.level(n.skill) < n.least {
			return false
		}
	}
	return true
}

// score is the sum of his levels in what is asked for.
func (c *candidate) score(needs []need) int {
	sum := 0
	for _, n := range needs {
		sum += c.level(n.skill)
	}
	return sum
}
