package check

import (
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// later is a record of chat c that is written so long after the beginning.
type later struct {
	after time.Duration
	event acd.Event
	more  []acd.Event // of the same record
}

// waited folds records of one chat in one life of a node and then the boards
// and the answers that were seen of it.
func waited(boards []acd.CountersShown, told []*Order, records ...later) string {
	start := time.Unix(100_000, 0)
	k := New(func() int64 { return 1 })
	k.Began(0, start)
	f := &fold{checker: k, chats: map[acd.ChatID]*chat{}, desks: map[acd.AgentID]*desk{}, stays: map[string][]*stay{}, commands: map[command]*effect{}}
	for _, r := range records {
		f.lives()
		f.chat("c").record(f, acd.ChatID("c").Address(), &actors.Written{At: start.Add(r.after), Events: append([]acd.Event{r.event}, r.more...)})
	}
	for _, b := range boards {
		b.At = start.Add(time.Duration(b.Version) * time.Second)
		k.board(&b)
	}
	k.orders = told
	f.boards()
	f.answers()
	if k.violated == nil {
		return ""
	}
	return k.violated.Rule
}

func TestBoardsTimersAndReasonsAreHeldAgainstTheRecords(t *testing.T) {
	start := time.Unix(100_000, 0)
	entered := func(at time.Time, why string) []acd.Event {
		return []acd.Event{acd.Queued{Leg: acd.Leg{Queue: "q", EnteredAt: at}, Reason: why}}
	}
	queued := later{0, acd.ChatStarted{Weight: 1}, entered(start, "")}
	rings := later{time.Minute, acd.Offered{Offer: acd.Offer{ID: "c.1", Agent: "alice", Kind: acd.OfferRoute, Deadline: start.Add(80 * time.Second)}}, nil}
	missed := func(after time.Duration) later {
		return later{after, acd.OfferEnded{Offer: "c.1", Agent: "alice", Reason: acd.OfferRONA}, nil}
	}
	shows := func(second uint64, n int) []acd.CountersShown {
		return []acd.CountersShown{{Version: second, Queues: []acd.QueueView{{Queue: "q", Waiting: n}}}}
	}
	gone := func(why acd.OfferReason) []*Order {
		return []*Order{{Cmd: acd.AcceptOffer{Offer: "c.1"}, Return: 1, Refusal: &acd.Refusal{Code: acd.ErrOfferGone.Code, Reason: string(why)}}}
	}
	future := later{0, acd.ChatStarted{Weight: 1}, entered(start.Add(time.Hour), "transfer")}
	for _, c := range []struct {
		name    string
		boards  []acd.CountersShown
		told    []*Order
		records []later
		breaks  string
	}{
		{"one waits and one is shown", shows(40, 1), nil, []later{queued}, ""},
		{"one waits and none is shown", shows(40, 0), nil, []later{queued}, "board"},
		{"one waits and two are shown", shows(40, 2), nil, []later{queued}, "board"},
		{"nobody serves and an agent is shown with a chat", []acd.CountersShown{{Version: 40, Agents: []acd.AgentView{{Agent: "alice",
			Slots: []acd.SlotRow{{Chat: "c", State: acd.SlotConnected}}}}}}, nil, []later{queued}, "board"},
		{"the node has just begun", shows(4, 0), nil, []later{queued}, ""},
		{"it rings, and counts or not", shows(70, 0), nil, []later{queued, rings}, ""},
		{"missed in time", nil, gone(acd.OfferRONA), []later{queued, rings, missed(81 * time.Second)}, ""},
		{"missed a minute late", nil, nil, []later{queued, rings, missed(141 * time.Second)}, "I4"},
		{"told another reason", nil, gone(acd.CustomerGone), []later{queued, rings, missed(81 * time.Second)}, "truth"},
		{"told that it is gone while it rings", nil, gone(acd.OfferRONA), []later{queued, rings}, "truth"},
		{"he himself cannot answer any more", nil, gone(acd.AgentOffline), []later{queued, rings, missed(81 * time.Second)}, ""},
		{"entered by a transfer in times to come", nil, nil, []later{future}, "I5"},
	} {
		if got := waited(c.boards, c.told, c.records...); got != c.breaks {
			t.Errorf("%s: breaks %q, expected %q", c.name, got, c.breaks)
		}
	}
}
