package acd

import (
	"maps"
	"strings"
)

// Condition is what a queue or a step asks of an agent beyond skills and
// tiers: a statement about the chat and him that is true or false. It is pure:
// the same facts get the same answer. Two facts with the same key are the same
// to it, so that one answer holds for all chats and all agents of a kind.
//
// A Condition is shared by all queues of a configuration and is comparable.
type Condition interface {
	// String is the statement as it was written.
	String() string
	// ChatKey and AgentKey tell apart what the condition reads.
	ChatKey(*ChatFacts) string
	AgentKey(*AgentFacts) string
	// Holds judges. An error is a refusal with that reason.
	Holds(*ChatFacts, *AgentFacts) (bool, error)
}

// ChatFacts is what a condition may know of a chat.
type ChatFacts struct {
	Language   string   // its attribute of that name
	Labels     []string // its attribute "labels", split at commas
	Source     string
	Channel    string
	Queue      string
	Priority   int
	Skills     []string // that it asks for: latin, latin>=7
	Attributes map[string]string
}

// AgentFacts is what a condition may know of an agent.
type AgentFacts struct {
	ID         string
	Skills     map[string]int // with their levels
	Languages  []string
	Attributes map[string]string
	Weight     int // of this queue for him
	Tier       int // in it
}

// maxLabels bounds how many labels of a chat are told apart.
const maxLabels = 32

// Facts is what a queue keeps of a chat for conditions to read. Without a
// source nothing is known of it.
type Facts struct {
	Source     SourceID
	Attributes map[string]string
}

// Introduce asks a chat of which a queue knows nothing but its place to say
// what it is.
type Introduce struct{ Queue QueueID }

func (Introduce) command() {}

func (s *chatStep) introduce(m Introduce) {
	if s.Leg != nil && s.Leg.Queue == m.Queue {
		s.tell(s.sendQueue(m.Queue, *s.Waiting()))
	}
}

// introductions asks all who wait and are not known for one, when there is a
// condition that reads it.
func (q *Queue) introductions(s *queueTurn) {
	if !q.conditional {
		return
	}
	q.line.order.scan(func(w *waiter) bool {
		if w.facts.Source == "" {
			s.send(w.Chat.Address(), Introduce{q.id})
		}
		return true
	})
}

func (f Facts) same(o Facts) bool {
	return f.Source == o.Source && maps.Equal(f.Attributes, o.Attributes)
}

// chatFacts is what is known of w for a condition.
func (w *waiter) chatFacts() *ChatFacts {
	f := &ChatFacts{
		Language: w.facts.Attributes["language"], Source: string(w.facts.Source), Channel: string(w.channel),
		Queue: string(w.queue), Priority: w.priority, Skills: w.skills, Attributes: w.facts.Attributes,
	}
	for text := range strings.SplitSeq(w.facts.Attributes["labels"], ",") {
		if text = strings.TrimSpace(text); text != "" && len(f.Labels) < maxLabels {
			f.Labels = append(f.Labels, text)
		}
	}
	return f
}

// agentFacts is what is known of an agent for a condition.
func (c *candidate) agentFacts() *AgentFacts {
	f := &AgentFacts{ID: string(c.Agent), Languages: c.Languages, Attributes: c.Attributes,
		Weight: max(c.Weight, 1), Tier: max(c.Tier, 1), Skills: make(map[string]int, len(c.Skills))}
	for _, skill := range c.Skills {
		f.Skills[skill] = c.level(skill)
	}
	return f
}

// conditions are all that a policy names.
func (p *QueuePolicy) conditions() []Condition {
	var all []Condition
	if p.Match != nil {
		all = append(all, p.Match)
	}
	for _, step := range p.Steps {
		if step.Match != nil {
			all = append(all, step.Match)
		}
	}
	return all
}

// matchAt is the condition that holds after so many steps; nil is none.
func (p *QueuePolicy) matchAt(steps int) Condition {
	m := p.Match
	for _, step := range p.Steps[:steps] {
		if step.Match != nil {
			m = step.Match
		}
	}
	return m
}

// Why a condition keeps an agent from a chat.
const (
	passCondition = "expression"
	passFailed    = "expression_failed"
)

// condition is the rule of one class of chats: what is asked, what is known of
// the chats, and what has been found so far about each kind of agent.
type condition struct {
	Condition
	chat    *ChatFacts // nil when nothing is known of them
	verdict []verdict  // by kind of agent
}

type verdict uint8

const (
	unjudged verdict = iota
	holds
	fails
	breaks // cannot be said
)

// judge says whether an agent fits, "" if he does. What has been found for his
// kind is not looked for again.
func (k *condition) judge(c *candidate) string {
	if k == nil {
		return ""
	}
	if c.kind >= len(k.verdict) {
		k.verdict = append(k.verdict, make([]verdict, c.kind+1-len(k.verdict))...)
	}
	if k.verdict[c.kind] == unjudged {
		k.verdict[c.kind], _ = k.find(c)
	}
	switch k.verdict[c.kind] {
	case holds:
		return ""
	case fails:
		return passCondition
	}
	return passFailed
}

// find judges anew, and says why it could not.
func (k *condition) find(c *candidate) (verdict, string) {
	if k.chat == nil {
		return breaks, "the chat has not said what it is since the restart"
	}
	switch ok, err := k.Holds(k.chat, c.agentFacts()); {
	case err != nil:
		return breaks, err.Error()
	case ok:
		return holds, ""
	}
	return fails, ""
}

// conditionOf makes the rule for w and the part of its class's key.
func (q *Queue) conditionOf(w *waiter) (*condition, string) {
	if q.policy == nil || !q.conditional {
		return nil, ""
	}
	m := q.policy.matchAt(w.step())
	switch {
	case m == nil:
		return nil, ""
	case w.facts.Source == "":
		return &condition{Condition: m}, "unknown"
	}
	facts := w.chatFacts()
	return &condition{Condition: m, chat: facts}, "=" + m.ChatKey(facts)
}

// kinds tells agents apart by what the queue's conditions read of them.
type kinds struct {
	by      []Condition
	numbers map[string]int
}

// of is the number of an agent's kind; 0 when nothing reads agents.
func (k *kinds) of(c *candidate) int {
	if len(k.by) == 0 {
		return 0
	}
	facts := c.agentFacts()
	key := make([]byte, 0, 64)
	for _, m := range k.by {
		key = append(append(key, m.AgentKey(facts)...), 0)
	}
	n, known := k.numbers[string(key)]
	if !known {
		n = len(k.numbers)
		k.numbers[string(key)] = n
	}
	return n
}

// slackKinds is how many kinds of whom nobody is left may stay numbered.
const slackKinds = 1024

// regroup numbers kinds anew, for other conditions or when most of them belong
// to nobody any more. What has been found about the old ones is void.
func (q *Queue) regroup() {
	q.roster.kinds = kinds{numbers: map[string]int{}}
	if q.policy != nil {
		q.roster.kinds.by = q.policy.conditions()
	}
	q.conditional = len(q.roster.kinds.by) > 0
	for _, c := range q.roster.byID {
		c.kind = 0
	}
	if q.conditional {
		q.roster.all.scan(func(c *candidate) bool {
			c.kind = q.roster.kinds.of(c)
			return true
		})
	}
	for _, k := range q.line.classes {
		if k.match != nil {
			k.match.verdict = nil
		}
	}
}
