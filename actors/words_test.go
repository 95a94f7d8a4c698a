package actors_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// planted are words of every kind that stand in a journal beside the text of
// messages. Each begins with the same letters.
const canary = "canary-"

// speaks lets everything be said that the engine keeps, and returns the chat,
// which is over.
func (w *world) speaks(alice, bob, ann, sue *person) acd.ChatID {
	w.t.Helper()
	chat := acd.ChatID("spoken" + fmt.Sprint(w.chats))
	w.chats++
	ann.must(acd.QueueID("support").Address(), acd.Start{Chat: chat, Source: "web", Queue: "support", Name: canary + "name",
		Subject: canary + "subject", Attributes: map[string]string{canary + "key": canary + "value"}})
	alice.accepts()
	ann.says(chat, canary+"text")
	alice.must(chat.Address(), acd.SetAttributes{Set: map[string]string{"order": canary + "order"}})
	bob.must(alice.desk(), acd.Direct{Text: canary + "direct"})
	alice.must(chat.Address(), acd.Assist{Text: canary + "assist"})
	sue.must(chat.Address(), acd.Monitor{Mode: acd.Whisper})
	invited := alice.must(chat.Address(), acd.Invite{Agent: "bob", Note: canary + "invitation"})
	alice.must(chat.Address(), acd.CancelInvite{Offer: invited.Offer})
	refused := alice.must(chat.Address(), acd.Invite{Agent: "bob"})
	bob.must(bob.desk(), acd.RejectOffer{Offer: refused.Offer, Reason: canary + "why"})
	w.pass(10 * time.Second) // until he may be asked again
	alice.must(chat.Address(), acd.TransferChat{ToAgent: "bob", Note: canary + "note"})
	bob.accepts()
	sue.must(chat.Address(), acd.ForceEnd{Reason: canary + "reason"})
	ann.must(chat.Address(), acd.Rate{Score: 4, Text: canary + "rating"})
	bob.must(bob.desk(), acd.SaveWrapup{Chat: chat, Notes: canary + "draft"})
	for _, p := range []*person{alice, bob} {
		p.must(p.desk(), acd.Wrapup{Chat: chat, Code: "resolved", Notes: canary + "notes"})
	}
	return chat
}

func spoken(t *testing.T, story func(w *world, chat acd.ChatID)) {
	inWorld(t, func(w *world) {
		w.change = func(c *acd.Config) { c.Queues["support"].RatingWindow = time.Hour }
		w.opts.SnapshotEvery = 3
		w.crash()
		alice, bob, sue := w.agent("alice"), w.agent("bob"), w.supervisor("sue")
		alice.ready()
		bob.must(bob.desk(), acd.SetPresence{State: acd.NotReady})
		chat := func() acd.ChatID {
			ann := w.customer("ann")
			defer ann.session.Close("")
			bob.ready()
			alice.must(alice.desk(), acd.SetChannel{Channel: "livechat", Open: true})
			return w.speaks(alice, bob, ann, sue)
		}
		story(w, chat())
	})
}

func TestWhatPeopleSayStandsNowhereInClear(t *testing.T) {
	spoken(t, func(w *world, chat acd.ChatID) {
		if w.holds(canary) {
			t.Error("words lie open in the store")
		}
		w.crash() // and are there after a restart
		state := fold(t, w.journal, chat)
		if state.Customer.Name != canary+"name" || state.Customer.Attributes["order"] != canary+"order" || state.Rating.Text != canary+"rating" ||
			state.Filed[0].Notes != canary+"notes" || state.Subject != canary+"subject" {
			t.Errorf("%+v", state)
		}
		if said := fmt.Sprint(events(t, w.journal, acd.AgentID("alice").Address())); !strings.Contains(said, canary+"direct") {
			t.Errorf("what was said directly is gone: %s", said)
		}
		if page, _, err := w.engine.Past().History(actors.Query{}); err != nil || len(page) != 1 || page[0].Name != canary+"name" || page[0].Erased {
			t.Errorf("history has %+v (%v)", page, err)
		}
		w.pass(time.Hour) // everybody sleeps, and leaves a snapshot
		if w.holds(canary) {
			t.Error("words lie open in a snapshot")
		}
		if _, err := actors.Audit(w.journal, func(err error) { t.Error(err) }); err != nil {
			t.Error(err)
		}
	})
}

func TestErasingReachesAllThatWasSaidInAChat(t *testing.T) {
	for name, restart := range map[string]bool{"of a running engine": false, "before the next start": true} {
		t.Run(name, func(t *testing.T) {
			spoken(t, func(w *world, chat acd.ChatID) {
				if restart {
					w.pass(time.Hour)
				}
				if err := w.engine.EraseChat(chat); err != nil {
					t.Fatal(err)
				}
				if restart {
					w.crash()
				}
				w.silent(chat)
				w.pass(time.Hour)
				w.crash()
				w.silent(chat)
				if _, err := actors.Audit(w.journal, func(err error) { t.Error(err) }); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// silent holds everything that can be asked about a chat against the canary.
func (w *world) silent(chat acd.ChatID) {
	w.t.Helper()
	past := w.engine.Past()
	page, _, err := past.History(actors.Query{})
	if err != nil || len(page) != 1 || !page[0].Erased {
		w.t.Errorf("history: %+v (%v)", page, err)
	}
	why, err := past.Explain(chat)
	if err != nil || len(why) == 0 || !why[0].Erased {
		w.t.Errorf("explanation: %+v (%v)", why, err)
	}
	shown := []any{page, why}
	if err := past.Replay(chat, 0, func(m actors.Moment) error {
		if shown = append(shown, m.Events, m.State); !m.Erased {
			w.t.Error("a moment does not say that it is erased")
		}
		return nil
	}); err != nil {
		w.t.Error(err)
	}
	if err := past.Transcript(chat, func(m acd.Message) error { shown = append(shown, m); return nil }); err != nil {
		w.t.Error(err)
	}
	for _, id := range []string{"alice", "bob"} {
		for _, e := range events(w.t, w.journal, acd.AgentID(id).Address()) {
			if _, direct := e.(acd.DirectSaid); !direct { // belongs to no chat
				shown = append(shown, e)
			}
		}
	}
	sue := w.supervisor("sue")
	defer sue.session.Close("")
	shown = append(shown, sue.welcome.Snapshot)
	b, err := json.Marshal(shown)
	if err != nil {
		w.t.Fatal(err)
	}
	if i := strings.Index(string(b), canary); i >= 0 {
		w.t.Errorf("still there: %s", b[max(i-80, 0):min(i+40, len(b))])
	}
}

func TestAChatThatIsOpenIsNotErased(t *testing.T) {
	inWorld(t, func(w *world) {
		chat := w.customer("ann").starts()
		if err := w.engine.EraseChat(chat); !errors.Is(err, actors.ErrOpen) {
			t.Errorf("%v", err)
		}
		if err := w.engine.EraseChat("nochat"); !errors.Is(err, acd.ErrNotFound) {
			t.Errorf("%v", err)
		}
	})
}

// wants is a condition that holds for chats with the canary's order.
type wants struct{}

func (wants) String() string                  { return "order" }
func (wants) ChatKey(f *acd.ChatFacts) string { return f.Attributes["order"] }
func (wants) AgentKey(*acd.AgentFacts) string { return "" }
func (wants) Holds(f *acd.ChatFacts, _ *acd.AgentFacts) (bool, error) {
	return f.Attributes["order"] == canary+"order", nil
}

func TestWhatAQueueAsksOfAWaitingChatIsSealedToo(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = func(c *acd.Config) { c.Queues["support"].Match = wants{} }
		w.crash()
		ann := w.customer("ann")
		ann.must(acd.QueueID("support").Address(), acd.Start{Chat: "c1", Source: "web", Queue: "support",
			Attributes: map[string]string{"order": canary + "order"}})
		if w.holds(canary) {
			t.Error("an attribute lies open in the index")
		}
		if _, err := actors.Audit(w.journal, func(err error) { t.Error(err) }); err != nil {
			t.Error(err)
		}
		w.crash()
		alice := w.agent("alice")
		alice.ready()
		if o := alice.offered(); o.Popover.Attributes["order"] != canary+"order" {
			t.Errorf("%+v", o)
		}
	})
}
