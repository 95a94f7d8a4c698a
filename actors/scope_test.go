package actors_test

import (
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// overseer opens a session of a supervisor of these queues.
func (w *world) overseer(id string, queues ...acd.QueueID) *person {
	w.t.Helper()
	return w.open(acd.Principal{Role: acd.RoleSupervisor, ID: id, Name: id, Scope: acd.ScopeOf(queues...)}, nil)
}

// twoQueues has alice in support and bob in sales alone.
func twoQueues(c *acd.Config) {
	c.Agents["alice"].Queues, c.Agents["bob"].Queues = []acd.QueueID{"support"}, []acd.QueueID{"sales"}
	c.Sources["shop"] = &acd.Source{ID: "shop", Name: "Shop", Channel: "livechat", Queue: "sales"}
}

func inTwoQueues(t *testing.T, story func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, journal: persistence.NewMemory(), change: twoQueues}
		w.start()
		story(w)
		w.stop()
		time.Sleep(2 * time.Second)
	})
}

func TestASupervisorOfSomeQueuesSeesTheseAndNothingElse(t *testing.T) {
	inTwoQueues(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		sup, sal := w.overseer("sup", "support"), w.overseer("sal", "sales")
		for _, tt := range []struct {
			who    *person
			chats  int
			queues []acd.QueueID
			agents []acd.AgentID
		}{{sup, 1, []acd.QueueID{"support"}, []acd.AgentID{"alice"}}, {sal, 0, []acd.QueueID{"sales"}, []acd.AgentID{"bob"}}} {
			s := tt.who.welcome.Snapshot
			if len(s.Chats) != tt.chats || len(s.Queues) != 1 || s.Queues[0].Queue != tt.queues[0] || len(s.Agents) != 1 || s.Agents[0].Agent != tt.agents[0] {
				t.Errorf("%s starts from %d chats, %+v, %+v", tt.who.by.ID, len(s.Chats), s.Queues, s.Agents)
			}
			tt.who.look(actors.WatchBoards{Queues: true, Agents: true, Chats: true})
			w.pass(2 * time.Second)
			queues, agents, chats := tt.who.boards(acd.KindQueue), tt.who.boards(acd.KindAgent), tt.who.boards(acd.KindChat)
			if b := queues[len(queues)-1]; b.Total != 1 || b.Queues[0].Queue != tt.queues[0] {
				t.Errorf("%s is shown the queues %+v", tt.who.by.ID, b)
			}
			if b := agents[len(agents)-1]; b.Total != 1 || b.Agents[0].Agent != tt.agents[0] {
				t.Errorf("%s is shown the agents %+v", tt.who.by.ID, b)
			}
			if b := chats[len(chats)-1]; b.Total != tt.chats {
				t.Errorf("%s is shown %d chats, want %d", tt.who.by.ID, b.Total, tt.chats)
			}
			if got := tt.who.agentTargets(actors.TargetQuery{}); len(got) != 1 || got[tt.agents[0]].Agent == "" {
				t.Errorf("%s could send to %+v", tt.who.by.ID, got)
			}
			if got := tt.who.look(actors.ListTargets{Query: actors.TargetQuery{Queues: true}}).Targets.Queues; len(got) != 1 || got[0].Queue != tt.queues[0] {
				t.Errorf("%s could send to %+v", tt.who.by.ID, got)
			}
		}
		if a := sal.look(actors.ListTargets{Query: actors.TargetQuery{Chat: chat}}); !errors.Is(a.Refusal, acd.ErrNotFound) {
			t.Errorf("targets of a chat that is not his: %+v", a)
		}
		sal.refused("not_found", chat.Address(), acd.Monitor{Mode: acd.Monitoring})
		sal.refused("not_found", acd.AgentID("alice").Address(), acd.SetPresence{State: acd.Offline})
		sal.refused("not_found", acd.QueueID("support").Address(), acd.SetQueueMode{Mode: acd.QueueClosed})
		sal.refused("not_found", acd.QueueID("support").Address(), acd.Broadcast{Queue: "support", Text: "x"})
		if r := sup.must(acd.QueueID("support").Address(), acd.Broadcast{Queue: "support", Text: "x"}); r.Chats != 1 {
			t.Errorf("said in %d chats", r.Chats)
		}
	})
}

func TestDecisionsAndTheTranscriptAreForTheSupervisorsOfTheQueue(t *testing.T) {
	inTwoQueues(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		sup, sal := w.overseer("sup", "support"), w.overseer("sal", "sales")
		for _, ask := range []func(*person){
			func(p *person) { p.session.Explain("q", chat, "") },
			func(p *person) { p.session.History("q", chat, 0, 10) },
		} {
			for p, want := range map[*person]string{sup: "", sal: "not_found"} {
				delete(p.answers, "q")
				ask(p)
				synctest.Wait()
				p.read()
				code := ""
				if a := p.answers["q"]; a == nil {
					t.Fatalf("%s got no answer", p.by.ID)
				} else if a.Refusal != nil {
					code = a.Refusal.Code
				}
				if code != want {
					t.Errorf("%s got %q, want %q", p.by.ID, code, want)
				}
			}
		}
		past := w.engine.Past()
		if q, err := past.Queue(chat); q != "support" || err != nil {
			t.Errorf("the past knows the queue %q, %v", q, err)
		}
		alice.must(chat.Address(), acd.EndChat{})
		for scope, want := range map[acd.Scope]int{"": 1, acd.ScopeOf("support"): 1, acd.ScopeOf("sales"): 0} {
			if page, _, err := past.History(actors.Query{Within: scope}); len(page) != want || err != nil {
				t.Errorf("history within %q: %d chats, %v, want %d", scope, len(page), err, want)
			}
		}
	})
}

func TestDecisionsAreForOverseersAlone(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		for _, p := range []*person{alice, ann} {
			p.session.Explain("q", chat, "")
			synctest.Wait()
			p.read()
			if a := p.answers["q"]; a == nil || a.Refusal == nil || a.Refusal.Code != acd.ErrForbidden.Code {
				t.Errorf("%s is answered with %+v, expected a refusal", p.by.ID, a)
			}
		}
	})
}

func TestAlertsGoToTheSupervisorsOfTheQueueAlsoAfterACrash(t *testing.T) {
	inTwoQueues(t, func(w *world) {
		sup, sal, alice, ann := w.overseer("sup", "support"), w.overseer("sal", "sales"), w.agent("alice"), w.customer("ann")
		alice.ready()
		ann.starts()
		w.pass(30 * time.Second) // not answered, and waiting too long
		for _, kind := range []acd.AlertKind{acd.AlertStrikes, acd.AlertSLA} {
			sup.wantAlerts(kind, 1, 0)
			sal.wantAlerts(kind, 0, 0)
		}
		if got := w.overseer("late", "sales").welcome.Snapshot.Alerts; len(got) != 0 {
			t.Errorf("who oversees sales alone sees %+v", got)
		}
		if got := w.overseer("later", "support").welcome.Snapshot.Alerts; len(got) != 2 {
			t.Errorf("who oversees support sees %+v", got)
		}
		sup.read()
		sal.read()
		w.crash()
		w.pass(30 * time.Second) // nobody is here, and the scopes are known
		if _, over := sup.again().alerts(acd.AlertSLA); over != 0 {
			t.Errorf("it is over")
		}
		again := sal.again()
		if r, _ := again.alerts(acd.AlertSLA); r != 0 {
			t.Errorf("after the crash sales hears of %d", r)
		}
	})
}

func TestTheScopeOfTheLastSessionCounts(t *testing.T) {
	inTwoQueues(t, func(w *world) {
		wide := w.supervisor("sue")
		narrow := w.overseer("sue", "sales")
		ann := w.customer("ann")
		ann.starts()
		w.pass(30 * time.Second)
		wide.wantAlerts(acd.AlertSLA, 0, 0) // one stream, one rule for it
		narrow.wantAlerts(acd.AlertSLA, 0, 0)
		if !reflect.DeepEqual(narrow.by.Scope.Queues(), []acd.QueueID{"sales"}) {
			t.Errorf("scope %v", narrow.by.Scope.Queues())
		}
	})
}
