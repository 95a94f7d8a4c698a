package condition

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-engine/parley/actors/acd"
)

// ChatKey implements acd.Condition: what the expression reads of the chat.
func (e *Expression) ChatKey(c *acd.ChatFacts) string {
	return key(e.reads["chat"], func(b []byte, field string) []byte {
		switch field {
		case "language":
			return text(b, c.Language)
		case "labels":
			return list(b, c.Labels)
		case "source":
			return text(b, c.Source)
		case "channel":
			return text(b, c.Channel)
		case "queue":
			return text(b, c.Queue)
		case "priority":
			return strconv.AppendInt(b, int64(c.Priority), 10)
		case "skills":
			return list(b, c.Skills)
		}
		return entries(b, field, "attributes", c.Attributes, text)
	}, "attributes", "channel", "labels", "language", "priority", "queue", "skills", "source")
}

// AgentKey implements acd.Condition: what the expression reads of the agent.
func (e *Expression) AgentKey(a *acd.AgentFacts) string {
	return key(e.reads["agent"], func(b []byte, field string) []byte {
		switch field {
		case "id":
			return text(b, a.ID)
		case "languages":
			return list(b, a.Languages)
		case "weight":
			return strconv.AppendInt(b, int64(a.Weight), 10)
		case "tier":
			return strconv.AppendInt(b, int64(a.Tier), 10)
		}
		if strings.HasPrefix(field, "skills") {
			return entries(b, field, "skills", a.Skills, func(b []byte, n int) []byte { return append(strconv.AppendInt(b, int64(n), 10), ',') })
		}
		return entries(b, field, "attributes", a.Attributes, text)
	}, "attributes", "id", "languages", "skills", "tier", "weight")
}

// key puts the facts that are read one behind the other; all of them when one
// is the whole.
func key(fields []string, fact func(b []byte, field string) []byte, all ...string) string {
	if slices.Contains(fields, whole) {
		fields = all
	}
	b := make([]byte, 0, 64)
	for _, field := range fields {
		b = append(fact(b, field), ';')
	}
	return string(b)
}

// entries is one entry of a map, or all of them in their order.
func entries[V any](b []byte, field, of string, set map[string]V, value func([]byte, V) []byte) []byte {
	if name, one := strings.CutPrefix(field, of+"."); one {
		v, there := set[name]
		return value(strconv.AppendBool(b, there), v)
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		b = value(text(b, name), set[name])
	}
	return b
}

func list(b []byte, all []string) []byte {
	for _, s := range all {
		b = text(b, s)
	}
	return b
}

// text is quoted by its length. It is as much as the expression sees.
func text(b []byte, s string) []byte {
	s = clip(s)
	return append(append(strconv.AppendInt(b, int64(len(s)), 10), ':'), s...)
}
