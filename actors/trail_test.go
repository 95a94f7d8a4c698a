package actors_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// trail is what the audit trail says, oldest first, a line each.
func (w *world) trail(q actors.TrailQuery) (lines []string) {
	w.t.Helper()
	page, _, err := w.engine.Past().Trail(q)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := len(page) - 1; i >= 0; i-- {
		e := page[i]
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", e.Who, e.What, e.On, e.To, e.Outcome)))
	}
	return lines
}

func (w *world) wantTrail(want ...string) {
	w.t.Helper()
	synctest.Wait()
	if got := w.trail(actors.TrailQuery{}); strings.Join(got, "\n") != strings.Join(want, "\n") {
		w.t.Errorf("the trail is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheTrailTellsWhatSupervisorsDidAndWereRefusedAndNothingElse(t *testing.T) {
	inTwoQueues(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		alice.says(chat, "a secret")
		sue, sal := w.supervisor("sue"), w.overseer("sal", "sales")
		sue.must(chat.Address(), acd.Monitor{Mode: acd.Talk})
		sue.says(chat, "another secret")
		sal.refused("not_found", chat.Address(), acd.TakeOver{})
		sal.refused("not_found", chat.Address(), acd.SendText{Text: "a third"})
		sue.must(acd.QueueID("support").Address(), acd.Broadcast{Queue: "support", Text: "a fourth"})
		sue.must(chat.Address(), acd.ForceEnd{Reason: "a fifth"})
		sue.must(acd.AgentID("alice").Address(), acd.SetPresence{State: acd.NotReady})
		sal.session.History("h", chat, 0, 10)
		w.wantTrail("sue barge chat/chat1  ok", "sal take_over chat/chat1  not_found", "sal command chat/chat1  not_found",
			"sue broadcast queue/support  ok", "sue force_end chat/chat1  ok", "sue force_not_ready agent/alice  ok", "sal history chat/chat1  not_found")
		if got := w.trail(actors.TrailQuery{Who: "sal", Outcome: "not_found", What: "take_over"}); len(got) != 1 {
			t.Errorf("one refusal is asked for: %v", got)
		}
	})
}

func TestTheTrailTellsWhomASupervisorBroughtIn(t *testing.T) {
	inTwoQueues(t, func(w *world) {
		alice, bob, ann, sue := w.agent("alice"), w.agent("bob"), w.customer("ann"), w.supervisor("sue")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		sue.must(chat.Address(), acd.TakeOver{})
		alice.must(acd.AgentID("alice").Address(), acd.Wrapup{Chat: chat, Code: "resolved"})
		sue.refused("target_unavailable", chat.Address(), acd.Invite{Agent: "bob"}) // who is not ready
		bob.ready()
		sue.must(chat.Address(), acd.Consult{Agent: "bob"})
		bob.accepts()
		sue.must(chat.Address(), acd.EndConsult{})
		sue.must(chat.Address(), acd.TransferChat{ToAgent: "bob"})
		sue.must(chat.Address(), acd.AssignTo{Agent: "bob"}) // at whom it rings
		sue.must(chat.Address(), acd.Requeue{Queue: "sales"})
		w.wantTrail("sue take_over chat/chat1  ok", "sue invite chat/chat1 agent/bob target_unavailable", "sue consult chat/chat1 agent/bob ok",
			"sue transfer chat/chat1 agent/bob ok", "sue assign chat/chat1 agent/bob ok", "sue requeue chat/chat1 queue/sales ok")
	})
}

func TestALineOfTheTrailStandsAndFallsWithWhatItTellsOf(t *testing.T) {
	for kept := range 2 {
		t.Run(fmt.Sprintf("%d entries survive", kept), func(t *testing.T) {
			inWorld(t, func(w *world) {
				sue, ann := w.supervisor("sue"), w.customer("ann")
				chat := ann.starts()
				w.pass(time.Second)
				w.journal.Hold()
				sue.session.Do("end", 1, chat.Address(), acd.ForceEnd{})
				synctest.Wait()
				w.crashKeeping(kept)
				w.pass(time.Second)
				ended := len(w.supervisor("sid").welcome.Snapshot.Chats) == 0
				if lines := w.trail(actors.TrailQuery{}); len(lines) != kept || ended != (kept == 1) {
					t.Errorf("ended %v, and the trail says %v", ended, lines)
				}
			})
		})
	}
}

func TestManyBadTokensAreFewLines(t *testing.T) {
	inWorld(t, func(w *world) {
		for i := range 10_000 {
			w.engine.NoteRejected(fmt.Sprintf("192.0.2.%d", i%200), "sign_in")
		}
		w.pass(6 * time.Second)
		page, _, err := w.engine.Past().Trail(actors.TrailQuery{What: "sign_in"})
		sum := 0
		for _, e := range page {
			sum += e.Count
		}
		if err != nil || len(page) != 65 || sum != 10_000 {
			t.Errorf("%d lines for %d sign-ins, %v", len(page), sum, err)
		}
	})
}

func TestTheTrailIsInOneOrderAcrossPagesDaysAndRestarts(t *testing.T) {
	inWorld(t, func(w *world) {
		for i := range 6 {
			w.engine.Note(actors.TrailEntry{Who: "sue", What: fmt.Sprintf("act%d", i), Outcome: actors.TrailOK})
			w.pass(9 * time.Hour)
			if i == 2 {
				w.crash()
			}
		}
		var seen []actors.TrailEntry
		q := actors.TrailQuery{Limit: 4}
		for {
			page, next, err := w.engine.Past().Trail(q)
			if err != nil {
				t.Fatal(err)
			}
			if seen = append(seen, page...); next == nil {
				break
			}
			q.Cursor = next
		}
		if len(seen) != 6 {
			t.Fatalf("%d lines", len(seen))
		}
		for i, e := range seen {
			if want := fmt.Sprintf("act%d", 5-i); e.What != want || i > 0 && (e.Number >= seen[i-1].Number || e.At.After(seen[i-1].At)) {
				t.Errorf("line %d is %+v, want %s", i, e, want)
			}
		}
		if page, _, err := w.engine.Past().Trail(actors.TrailQuery{From: seen[1].At, To: seen[0].At}); len(page) != 1 || err != nil {
			t.Errorf("from and to: %v, %v", page, err)
		}
		if _, _, err := w.engine.Past().Trail(actors.TrailQuery{Cursor: []byte("x")}); err == nil {
			t.Error("any bytes are a cursor")
		}
	})
}

func TestOldDaysOfTheTrailGo(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opts.TrailRetention = 48 * time.Hour
		w.crash()
		w.engine.Note(actors.TrailEntry{What: "old", Outcome: actors.TrailOK})
		w.pass(96 * time.Hour)
		w.engine.Note(actors.TrailEntry{What: "new", Outcome: actors.TrailOK})
		w.pass(2 * time.Hour)
		w.wantTrail("new   ok")
	})
}
