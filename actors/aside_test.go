package actors_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestADirectWordIsOnBothStreamsAlsoAfterACrash(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, bob := w.agent("alice"), w.agent("bob")
		bob.refused("not_found", acd.AgentID("nobody").Address(), acd.Direct{Text: "hello"})
		bob.must(alice.desk(), acd.Direct{Text: "are you free?"})
		for _, p := range []*person{alice, bob} {
			if e, _ := last[acd.DirectSaid](p); e.Text != "are you free?" || e.From != "bob" || told[acd.DirectSaid](p) != 1 {
				t.Errorf("%s heard %+v", p.by.ID, e)
			}
		}
		alice.seq-- // she has not seen it
		w.crash()
		again := alice.again()
		if e, _ := last[acd.DirectSaid](again); !again.welcome.Resumed || e.Text != "are you free?" {
			t.Errorf("after the crash: %+v, resumed %v", e, again.welcome.Resumed)
		}
	})
}

func TestACallForAssistanceReachesEverySupervisorAndWaitsForTheNextOne(t *testing.T) {
	inWorld(t, func(w *world) {
		sue, alice, ann := w.supervisor("sue"), w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		alice.must(chat.Address(), acd.Assist{Text: "he is angry", To: []acd.Overseer{{Agent: "alice"}}})
		if e, view := last[acd.AssistAsked](sue); e.Text != "he is angry" || e.Agent != "alice" || view != acd.ToOverseer {
			t.Errorf("sue was told %+v as %d", e, view)
		}
		if n := told[acd.AssistAsked](ann) + told[acd.AssistAsked](alice); n != 0 {
			t.Errorf("told to %d others", n)
		}
		sid := w.supervisor("sid")
		if v := sid.welcome.Snapshot.Chats[0].View; v.Assist == nil || v.Assist.Text != "he is angry" {
			t.Errorf("sid, who came later, sees %+v", v.Assist)
		}
		sid.must(chat.Address(), acd.Monitor{Mode: acd.Whisper})
		if v := w.supervisor("sam").welcome.Snapshot.Chats[0].View; v.Assist != nil {
			t.Errorf("somebody has come, and it still says %+v", v.Assist)
		}
	})
}

func TestASupervisorWhoIsOnHisWayBackAfterACrashIsCalledToo(t *testing.T) {
	inWorld(t, func(w *world) {
		sue, alice, ann := w.supervisor("sue"), w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		alice.must(chat.Address(), acd.Assist{Text: "first"})
		sue.read()
		w.crash()
		alice.again().must(chat.Address(), acd.Assist{Text: "second"})
		again := sue.again()
		if e, _ := last[acd.AssistAsked](again); !again.welcome.Resumed || e.Text != "second" {
			t.Errorf("she found %+v, resumed %v", e, again.welcome.Resumed)
		}
	})
}

func TestABroadcastIsSaidOnceInEveryChatOfTheQueue(t *testing.T) {
	inWorld(t, func(w *world) {
		sue, alice := w.supervisor("sue"), w.agent("alice")
		ann, bert, cleo := w.customer("ann"), w.customer("bert"), w.customer("cleo")
		alice.ready()
		ann.starts()
		alice.accepts()
		alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
		bert.starts()
		cleo.must(acd.QueueID("sales").Address(), acd.Start{Chat: "elsewhere", Source: "web", Queue: "sales"})

		to := acd.QueueID("support").Address()
		b := acd.Broadcast{Queue: "support", Text: "we close at six"}
		if r := sue.doAs("b1", to, b); r.Refusal != nil || r.Result.Chats != 2 {
			t.Fatalf("%+v", r)
		}
		if r := sue.doAs("b1", to, b); r.Result.Chats != 2 {
			t.Errorf("sent again: %+v", r)
		}
		w.crash()
		if r := sue.again().doAs("b1", to, b); r.Result.Chats != 2 {
			t.Errorf("sent again after a crash: %+v", r)
		}
		for p, want := range map[*person]int{ann.again(): 1, bert.again(): 1, cleo.again(): 0} {
			n := 0
			for _, c := range w.open(p.by, nil).welcome.Snapshot.Chats {
				for _, m := range c.Messages {
					if m.Text == "we close at six" && m.Author.Kind == "queue" && m.Author.Name == "SUPPORT" {
						n++
					}
				}
			}
			if n != want {
				t.Errorf("%s read it %d times, want %d", p.by.ID, n, want)
			}
		}
		alice.again().refused("forbidden", to, b)
	})
}

func TestABroadcastThatWasCutOffIsFinishedAndNotRepeated(t *testing.T) {
	inWorld(t, func(w *world) {
		sue, ann, bert := w.supervisor("sue"), w.customer("ann"), w.customer("bert")
		ann.starts()
		bert.starts()
		b := acd.Broadcast{Queue: "support", Text: "patience"}
		to := acd.QueueID("support").Address()
		sue.doAs("b1", to, b)
		w.forgetOutcome(sue.by.Stream(), "b1") // as a crash before the last record would have
		if r := sue.doAs("b1", to, b); r.Refusal != nil || r.Result.Chats != 2 {
			t.Fatalf("%+v", r)
		}
		for _, p := range []*person{ann, bert} {
			if n := told[acd.MessageSent](p); n != 1 {
				t.Errorf("%s was told %d times", p.by.ID, n)
			}
		}
		for _, c := range []struct{ text, code string }{{strings.Repeat("x", 4001), "too_long"}, {"<b>", "reserved_character"}} {
			sue.refused(c.code, to, acd.Broadcast{Queue: "support", Text: c.text})
		}
		sue.refused("not_found", to, acd.Broadcast{Queue: "nowhere", Text: "x"})
	})
}

func TestWhoIsSignedOutByASupervisorIsSentAwayAndHisChatsWaitAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		sue, alice, ann := w.supervisor("sue"), w.agent("alice"), w.customer("ann")
		second := alice.again()
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		sue.must(alice.desk(), acd.SetPresence{State: acd.Offline, Reason: "shift"})
		w.pass(time.Second)
		if alice.evicted != actors.EvictSignedOut || second.evicted != actors.EvictSignedOut {
			t.Errorf("evicted: %q and %q", alice.evicted, second.evicted)
		}
		if e, _ := last[acd.Queued](ann); e.Leg.Queue != "support" {
			t.Errorf("ann was told %+v", e)
		}
		bob := w.agent("bob")
		bob.ready()
		if got := bob.accepts(); got != chat {
			t.Errorf("bob got %q", got)
		}
		alice.session.Close("signed out by a supervisor")
		second.session.Close("signed out by a supervisor")
		w.pass(2 * time.Minute)
		if again := alice.again(); again.presence() != acd.Offline || again.evicted != "" {
			t.Errorf("back again she is %s, evicted %q", again.presence(), again.evicted)
		}
	})
}

// forgetOutcome takes the answer to a command out of the index.
func (w *world) forgetOutcome(who acd.Stream, id string) {
	w.t.Helper()
	var rows []actors.Row
	err := w.journal.Scan([]byte{'c'}, []byte{'c' + 1}, func(k, _ []byte) error {
		if string(k[3:]) == string(who)+"\x00"+id {
			rows = append(rows, actors.Row{Key: append([]byte(nil), k...)})
		}
		return nil
	})
	if err != nil || len(rows) != 1 {
		w.t.Fatalf("%d answers to %s: %v", len(rows), id, err)
	}
	done := make(chan error, 1)
	w.journal.Append(actors.Entry{Epoch: 1, Rows: rows, Done: func(err error) { done <- err }})
	if err := <-done; err != nil {
		w.t.Fatal(err)
	}
}
