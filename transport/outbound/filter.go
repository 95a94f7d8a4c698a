package outbound

import (
	"fmt"
	"slices"
	"strings"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// Filter says which events are wanted; an empty list is any.
type Filter struct {
	// Kinds are chat.started, chat.* or *.
	Kinds  []string      `json:"kinds,omitempty"`
	Queues []acd.QueueID `json:"queues,omitempty"`
	Chats  []acd.ChatID  `json:"chats,omitempty"`
	Agents []acd.AgentID `json:"agents,omitempty"`
	// Within is the scope of who asks: what is of none of its queues is not for
	// him, gaps left out. It comes with a token and is kept nowhere.
	Within acd.Scope `json:"-"`
}

// filterMost bounds each list of a filter.
const filterMost = 100

// Check says what is wrong with a filter: the field and the reason.
func (f *Filter) Check() (field string, err error) {
	for _, list := range []struct {
		name string
		n    int
	}{{"kinds", len(f.Kinds)}, {"queues", len(f.Queues)}, {"chats", len(f.Chats)}, {"agents", len(f.Agents)}} {
		if list.n > filterMost {
			return list.name, fmt.Errorf("%d entries are too many, expected at most %d", list.n, filterMost)
		}
	}
	for i, kind := range f.Kinds {
		if err := checkKind(kind); err != nil {
			return fmt.Sprintf("kinds[%d]", i), err
		}
	}
	return "", nil
}

func checkKind(pattern string) error {
	family, rest, dotted := strings.Cut(strings.TrimPrefix(pattern, typePrefix), ".")
	switch {
	case pattern == "*":
		return nil
	case !slices.Contains([]string{"chat", "agent", "queue"}, family) || !dotted:
		return fmt.Errorf("%.40q is no kind of event, expected one like chat.started, chat.* or *", pattern)
	case rest != "*" && !kinds[family+"."+rest]:
		return fmt.Errorf("%.40q is no kind of event of this version", pattern)
	}
	return nil
}

// kinds are all kinds that the journal can have.
var kinds = func() map[string]bool {
	all := map[string]bool{}
	for _, e := range actors.Events() {
		for _, of := range []acd.Kind{acd.KindChat, acd.KindAgent, acd.KindQueue} {
			all[kindOf(of, e)] = true
		}
	}
	return all
}()

// wants reports whether an event is. What says that something is missing always
// is.
func (f *Filter) wants(e *Event) bool {
	if e.Kind == KindGap || e.Kind == KindRestored {
		return true
	}
	return f.Within.Covers(e.Queue) && f.wantsKind(e.Kind) && among(f.Queues, e.Queue) && among(f.Chats, e.Chat) && among(f.Agents, e.Agent)
}

func (f *Filter) wantsKind(kind string) bool {
	if len(f.Kinds) == 0 {
		return true
	}
	for _, p := range f.Kinds {
		p = strings.TrimPrefix(p, typePrefix)
		if family, all := strings.CutSuffix(p, "*"); p == kind || all && strings.HasPrefix(kind, family) {
			return true
		}
	}
	return false
}

func among[T comparable](list []T, one T) bool { return len(list) == 0 || slices.Contains(list, one) }
