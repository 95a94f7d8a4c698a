package config

import (
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/parley-engine/parley/actors/acd"
)

// skills is what an agent can do, by level: {english: 8, billing: 5}. A list,
// [english, billing], gives each the middle level.
type skills map[string]int

func (s *skills) read(d *decoder, node ast.Node, path string) bool {
	if _, list := node.(*ast.SequenceNode); !list {
		return false
	}
	var names []string
	d.value(node, path, reflect.ValueOf(&names).Elem())
	*s = skills{}
	for i, name := range names {
		at := path + "[" + strconv.Itoa(i) + "]"
		if _, twice := (*s)[name]; twice {
			d.say(node, at, "%q stands there twice", name)
		}
		d.at[join(path, name)] = d.at[at]
		(*s)[name] = acd.SkillLevel
	}
	return true
}

func (s skills) check(c *checker, path string) {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		level := s[name]
		c.id(join(path, name), name)
		c.number(join(path, name), &level, 1, acd.MaxSkillLevel)
	}
}

// split gives the names in order, and the levels that are not the middle one.
func (s skills) split() (names []string, levels map[string]int) {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		names = append(names, name)
		if s[name] == acd.SkillLevel {
			continue
		}
		if levels == nil {
			levels = map[string]int{}
		}
		levels[name] = s[name]
	}
	return names, levels
}

// needs checks what is asked of agents: skills, each with a level or without.
func (c *checker) needs(list string, all []string) {
	names := make([]string, len(all))
	for i, text := range all {
		c.note(item(list, i), Facts{Requirements: true})
		name, _, ok := acd.ParseSkill(text)
		if ok {
			c.id(item(list, i), name)
		} else {
			c.say(item(list, i), "%q is no requirement, expected a skill, or one with its least level like latin>=7", text)
		}
		names[i] = name
	}
	c.unique(func(i int) string { return item(list, i) }, names)
}
