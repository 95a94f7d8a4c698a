package config

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/parley-engine/parley/actors/acd"
)

// membership is one queue that an agent serves. The queue's id alone stands
// for it too.
type membership struct {
	Queue  string `yaml:"queue"`
	Tier   *int   `yaml:"tier"`
	Weight *int   `yaml:"weight"`
}

func (m *membership) read(_ *decoder, node ast.Node, _ string) bool {
	id, ok := textOf(node)
	if ok {
		m.Queue = id
	}
	return ok
}

func (f *file) checkMemberships(c *checker, list string, all []membership) {
	for i, m := range all {
		at := item(list, i)
		if c.facts != nil || c.at[at+".queue"] != nil {
			at += ".queue"
		}
		c.known(at, "queue", m.Queue, f.queues())
		c.number(item(list, i)+".tier", m.Tier, 1, maxTier)
		c.number(item(list, i)+".weight", m.Weight, 1, 1000)
	}
	c.unique(func(i int) string { return item(list, i) }, ids(all, func(m membership) string { return m.Queue }))
}

// serves writes what queues the agent serves, and how.
func serves(p *acd.AgentProfile, all []membership) {
	for _, m := range all {
		q := acd.QueueID(m.Queue)
		p.Queues = append(p.Queues, q)
		set(&p.Tiers, q, or(m.Tier, 1))
		set(&p.Weights, q, or(m.Weight, 1))
	}
}

// set keeps what is not 1, the default of a membership.
func set(of *map[acd.QueueID]int, q acd.QueueID, n int) {
	if n == 1 {
		return
	}
	if *of == nil {
		*of = map[acd.QueueID]int{}
	}
	(*of)[q] = n
}
