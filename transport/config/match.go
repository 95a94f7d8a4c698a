package config

import (
	"maps"
	"slices"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/condition"
)

// Bounds of what conditions read of agents.
const (
	maxLanguages  = 32
	maxAttributes = 64
)

// match checks an expression by compiling it.
func (c *checker) match(path string, text *string) {
	c.note(path, Facts{Example: `chat.language == "en"`})
	if text == nil {
		return
	}
	if _, err := condition.Parse(*text); err != nil {
		c.say(path, "%q is no expression: %s", *text, err)
	}
}

// match compiles what has been checked.
func match(text *string) acd.Condition {
	if text == nil {
		return nil
	}
	m, err := condition.Parse(*text)
	if err != nil {
		panic("config: a condition was not checked: " + err.Error())
	}
	return m
}

// checkFacts checks what conditions read of an agent beside his skills.
func (a agent) checkFacts(c *checker, at func(string) string) {
	if n := len(a.Languages); n > maxLanguages {
		c.say(at("languages"), "%d are too many, expected at most %d", n, maxLanguages)
	}
	for i, language := range a.Languages {
		c.id(item(at("languages"), i), language)
	}
	c.unique(func(i int) string { return item(at("languages"), i) }, a.Languages)
	if n := len(a.Attributes); n > maxAttributes {
		c.say(at("attributes"), "%d are too many, expected at most %d", n, maxAttributes)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Attributes)) {
		c.text(at("attributes."+name), name, nameChars)
		c.text(at("attributes."+name), a.Attributes[name], textChars)
	}
}
