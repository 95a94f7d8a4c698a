package actors_test

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// look asks the boards and returns the answer.
func (p *person) look(q actors.Look) *actors.Answer {
	p.w.t.Helper()
	p.w.commands++
	id := "look"
	delete(p.answers, id)
	p.session.Look(id, q)
	synctest.Wait()
	p.read()
	a := p.answers[id]
	if a == nil {
		p.w.t.Fatalf("%s got no answer to %T", p.by.ID, q)
	}
	return a
}

func (p *person) agentTargets(q actors.TargetQuery) map[acd.AgentID]acd.TargetAgent {
	p.w.t.Helper()
	a := p.look(actors.ListTargets{Query: q})
	if a.Refusal != nil {
		p.w.t.Fatalf("%+v was refused: %v", q, a.Refusal)
	}
	rows := map[acd.AgentID]acd.TargetAgent{}
	for _, r := range a.Targets.Agents {
		rows[r.Agent] = r
	}
	return rows
}

// boards returns the boards of a kind that a person was shown, oldest first.
func (p *person) boards(of acd.Kind) (all []acd.CountersShown) {
	p.read()
	for _, d := range p.got {
		if d.News == nil {
			continue
		}
		if c, ok := d.News.Event.(acd.CountersShown); ok && c.Of == of {
			if d.Seq != 0 {
				p.w.t.Errorf("a board is numbered: %d", d.Seq)
			}
			all = append(all, c)
		}
	}
	return all
}

func TestTargetsAreWhoCouldTakeTheChatNow(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, bob, ann := w.agent("alice"), w.agent("bob"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()

		if got := alice.agentTargets(actors.TargetQuery{Chat: chat}); len(got) != 1 || got["bob"].Usable || got["bob"].State != acd.Offline {
			t.Errorf("bob has not signed in: %+v", got)
		}
		if got := alice.agentTargets(actors.TargetQuery{Chat: chat, AvailableOnly: true}); len(got) != 0 {
			t.Errorf("available only: %+v", got)
		}
		bob.ready()
		w.pass(time.Second)
		got := alice.agentTargets(actors.TargetQuery{Chat: chat, AvailableOnly: true, Filter: "BO"})
		if r := got["bob"]; len(got) != 1 || !r.Usable || r.Free != 3 || r.State != acd.Available || r.Name != "BOB" {
			t.Errorf("bob is available: %+v", got)
		}
		if got := alice.agentTargets(actors.TargetQuery{Filter: "nobody"}); len(got) != 0 {
			t.Errorf("filtered: %+v", got)
		}
		if a := bob.look(actors.ListTargets{Query: actors.TargetQuery{Chat: chat}}); a.Refusal == nil || a.Refusal.Code != "not_participant" {
			t.Errorf("of a chat that is not his: %+v", a)
		}
		if a := ann.look(actors.ListTargets{}); a.Refusal == nil || a.Refusal.Code != "forbidden" {
			t.Errorf("for a customer: %+v", a)
		}
	})
}

func TestTargetQueuesSayWhetherTheyTakeAChat(t *testing.T) {
	inWorld(t, func(w *world) {
		cfg := testConfig()
		cfg.Queues["sales"].Mode = acd.QueueClosed
		w.restart(cfg)
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		ann.starts()
		alice.accepts()
		alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
		ann.starts()
		a := alice.look(actors.ListTargets{Query: actors.TargetQuery{Queues: true}})
		if rows := a.Targets.Queues; len(rows) != 2 || rows[0].Queue != "sales" || rows[0].Usable || !rows[1].Usable || rows[1].Waiting != 1 {
			t.Errorf("%+v", rows)
		}
		w.pass(time.Second)
		a = alice.look(actors.ListTargets{Query: actors.TargetQuery{Queues: true, AvailableOnly: true}})
		if rows := a.Targets.Queues; len(rows) != 1 || rows[0].Queue != "support" {
			t.Errorf("available only: %+v", rows)
		}
	})
}

func TestWatchedTargetsAreShownAgainWhenTheyChange(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, bob := w.agent("alice"), w.agent("bob")
		alice.look(actors.ListTargets{Query: actors.TargetQuery{AvailableOnly: true}})
		if a := alice.look(actors.WatchTargets{On: true}); a.Refusal != nil {
			t.Fatal(a.Refusal)
		}
		w.pass(2 * time.Second)
		first, _ := last[acd.TargetsShown](alice)
		if len(first.Agents) != 0 {
			t.Errorf("nobody is available: %+v", first)
		}
		bob.ready()
		w.pass(2 * time.Second)
		second, _ := last[acd.TargetsShown](alice)
		if len(second.Agents) != 1 || second.Agents[0].Agent != "bob" || second.Version <= first.Version {
			t.Errorf("bob has come: %+v after %+v", second, first)
		}
		n := told[acd.TargetsShown](alice)
		w.pass(10 * time.Second)
		if more := told[acd.TargetsShown](alice) - n; more != 0 {
			t.Errorf("nothing has changed and she was shown it %d times", more)
		}
		alice.look(actors.WatchTargets{On: false})
		bob.must(bob.desk(), acd.SetPresence{State: acd.NotReady})
		w.pass(10 * time.Second)
		if more := told[acd.TargetsShown](alice) - n; more != 0 {
			t.Errorf("she had looked away and was shown it %d times", more)
		}
	})
}

func TestASupervisorsBoardsShowWhatIsTrueAndNothingThatIsNot(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, sue, ann, bert := w.agent("alice"), w.supervisor("sue"), w.customer("ann"), w.customer("bert")
		if a := sue.look(actors.WatchBoards{Queues: true, Agents: true, Chats: true}); a.Refusal != nil {
			t.Fatal(a.Refusal)
		}
		alice.ready()
		served := ann.starts()
		alice.accepts()
		alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
		waits := bert.starts()
		w.pass(2 * time.Second)

		queues, agents, chats := sue.boards(acd.KindQueue), sue.boards(acd.KindAgent), sue.boards(acd.KindChat)
		q := queues[len(queues)-1]
		if q.Total != 2 || q.Queues[1].Queue != "support" || q.Queues[1].Waiting != 1 || q.Queues[1].Oldest.IsZero() || q.Queues[1].Level.Within != 1 {
			t.Errorf("queues: %+v", q)
		}
		a := agents[len(agents)-1]
		if a.Total != 2 || a.Agents[0].Agent != "alice" || a.Agents[0].Presence.State != acd.NotReady || a.Agents[0].Used != 1 || a.Agents[0].Presence.Since.IsZero() {
			t.Errorf("agents: %+v", a)
		}
		c := chats[len(chats)-1]
		if c.Total != 2 || c.Chats[0].Chat != served || c.Chats[0].Owner != "alice" || c.Chats[1].Chat != waits || c.Chats[1].Phase != acd.PhaseQueued {
			t.Errorf("chats: %+v", c)
		}

		bert.must(waits.Address(), acd.EndChat{})
		w.pass(2 * time.Second)
		chats = sue.boards(acd.KindChat)
		if c := chats[len(chats)-1]; c.Total != 1 || c.Chats[0].Chat != served {
			t.Errorf("after the end of one: %+v", c)
		}
		if a := alice.look(actors.WatchBoards{Queues: true}); a.Refusal == nil || a.Refusal.Code != "forbidden" {
			t.Errorf("for an agent: %+v", a)
		}
	})
}

func TestABoardIsWholeFilteredAndStillWhenNothingChanges(t *testing.T) {
	inWorld(t, func(w *world) {
		sue := w.supervisor("sue")
		sue.look(actors.WatchBoards{Agents: true, Filter: "ali"})
		w.pass(20 * time.Second)
		boards := sue.boards(acd.KindAgent)
		if len(boards) != 1 || boards[0].Total != 1 || boards[0].Agents[0].Agent != "alice" {
			t.Errorf("%d boards: %+v", len(boards), boards)
		}
		sue.look(actors.WatchBoards{})
		alice := w.agent("alice")
		alice.ready()
		w.pass(5 * time.Second)
		if more := sue.boards(acd.KindAgent); len(more) != 1 {
			t.Errorf("she had looked away and was shown %d", len(more)-1)
		}
	})
}

// TestABoardIsMadeOnceForAllWhoAskTheSame and see the same: a note's frame is
// encoded once for all who are given it.
func TestABoardIsMadeOnceForAllWhoAskTheSame(t *testing.T) {
	inWorld(t, func(w *world) {
		all := actors.WatchBoards{Queues: true, Agents: true, Chats: true}
		filtered := all
		filtered.Filter = "SUP"
		watchers := map[string]*person{"sue": w.supervisor("sue"), "sam": w.supervisor("sam"), "filtered": w.supervisor("fil"), "in small letters": w.supervisor("low"),
			"of support": w.overseer("tim", "support"), "of sales": w.overseer("tom", "sales")}
		for name, p := range watchers {
			switch name {
			case "filtered":
				p.look(filtered)
			case "in small letters":
				p.look(actors.WatchBoards{Queues: true, Agents: true, Chats: true, Filter: "sup"})
			default:
				p.look(all)
			}
		}
		w.pass(2 * time.Second)
		w.customer("ann").starts()
		w.pass(2 * time.Second)
		note := func(who string) (n *actors.Note, c acd.CountersShown) {
			watchers[who].read()
			for _, d := range watchers[who].got {
				if d.News == nil {
					continue
				}
				if board, ok := d.News.Event.(acd.CountersShown); ok && board.Of == acd.KindQueue {
					n, c = d.News, board
				}
			}
			if n == nil {
				t.Fatalf("%s: no board of queues", who)
			}
			return n, c
		}
		groups := map[*actors.Note][]string{}
		for who, want := range map[string]int{"sue": 2, "sam": 2, "filtered": 1, "in small letters": 1, "of support": 1, "of sales": 1} {
			n, c := note(who)
			groups[n] = append(groups[n], who)
			if c.Total != want || len(c.Queues) != want {
				t.Errorf("%s is shown %d queues, expected %d", who, c.Total, want)
			}
		}
		if len(groups) != 4 {
			t.Errorf("the notes are shared as %v, expected by the first two and by those with a filter", groups)
		}
		if _, c := note("of sales"); c.Queues[0].Queue != "sales" {
			t.Errorf("who oversees sales is shown %s", c.Queues[0].Queue)
		}
	})
}

func TestASessionThatHasGoneIsShownNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		sue := w.supervisor("sue")
		sue.look(actors.WatchBoards{Queues: true})
		sue.session.Close("")
		w.pass(5 * time.Second)
		again := sue.again()
		w.agent("alice").ready()
		w.pass(5 * time.Second)
		if n := len(again.boards(acd.KindAgent)); n != 0 {
			t.Errorf("her next session was shown %d boards without asking", n)
		}
	})
}

func TestBoardsMoveForWhoWatchesAfterTheLastOneHasLeft(t *testing.T) {
	inWorld(t, func(w *world) {
		bob := w.agent("bob")
		for range 3 {
			sue := w.supervisor("sue")
			sue.look(actors.WatchBoards{Agents: true})
			w.pass(1500 * time.Millisecond) // between two looks
			shown := len(sue.boards(acd.KindAgent))
			state := acd.Available
			if bob.presence() == acd.Available {
				state = acd.NotReady
			}
			bob.must(bob.desk(), acd.SetPresence{State: state})
			w.pass(2 * time.Second)
			if all := sue.boards(acd.KindAgent); len(all) == shown || all[len(all)-1].Agents[1].Presence.State != state {
				t.Fatalf("bob is %s now, sue was shown %d boards and %d more", state, shown, len(all)-shown)
			}
			sue.session.Close("")
			w.pass(3 * time.Second)
		}
	})
}

// restart starts an engine with another configuration.
func (w *world) restart(cfg *acd.Config) {
	w.t.Helper()
	w.engine.Stop()
	w.opts.Config = cfg
	engine, err := actors.New(w.opts)
	if err == nil {
		err = engine.Start(context.Background())
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.engine = engine
	synctest.Wait()
}

func TestABoardIsNotShownWhenTheJournalHasFailed(t *testing.T) {
	inWorld(t, func(w *world) {
		sue := w.supervisor("sue")
		sue.look(actors.WatchBoards{Queues: true})
		w.pass(2 * time.Second)
		before := len(sue.boards(acd.KindQueue))
		if before == 0 {
			t.Fatal("no board is shown")
		}
		sue.look(actors.WatchBoards{})
		w.customer("ann").starts()
		w.pass(time.Minute)
		w.journal.Hold()
		sue.look(actors.WatchBoards{Queues: true})
		w.pass(3 * time.Second)
		w.crashKeeping(0)
		if all := sue.boards(acd.KindQueue); len(all) > before {
			t.Errorf("a picture of a minute ago is shown as that of %s", all[len(all)-1].At)
		}
	})
}

func TestABoardOfBeforeIsNotShownForWhoDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, journal: persistence.NewMemory()}
		var held atomic.Pointer[chan struct{}] // machines do not go on meanwhile
		w.opts.Entropy = func() uint64 {
			if gate := held.Load(); gate != nil {
				<-*gate
			}
			return rand.Uint64()
		}
		w.start()
		alice, _, chat := w.served()
		sue := w.supervisor("sue")
		serves := func(c acd.CountersShown) (n int) {
			for _, row := range c.Agents {
				n += len(row.Slots)
			}
			return n
		}
		sue.look(actors.WatchBoards{Agents: true})
		w.pass(2 * time.Second)
		if all := sue.boards(acd.KindAgent); len(all) == 0 || serves(all[len(all)-1]) != 1 {
			t.Fatalf("shown %+v", all)
		}
		sue.look(actors.WatchBoards{})
		alice.must(chat.Address(), acd.EndChat{})
		w.pass(time.Minute)

		gate := make(chan struct{})
		held.Store(&gate)
		before := len(sue.boards(acd.KindAgent))
		sue.look(actors.WatchBoards{Agents: true})
		w.pass(3 * time.Second)
		for _, c := range sue.boards(acd.KindAgent)[before:] {
			if serves(c) != 0 {
				t.Errorf("while nobody answers, a board of %s shows what was a minute ago: %+v", c.At, c.Agents)
			}
		}
		held.Store(nil)
		close(gate)
		w.pass(3 * time.Second)
		if all := sue.boards(acd.KindAgent); len(all[len(all)-1].Agents) != 2 {
			t.Errorf("after that, who had not answered is not asked again: %+v", all[len(all)-1])
		}
		w.stop()
		time.Sleep(2 * time.Second) // the actor library's throttle of dead letters
	})
}
