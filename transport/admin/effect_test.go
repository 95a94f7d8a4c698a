package admin_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/wire"
)

// refused sends a command that must not be obeyed.
func (p *person) refused(cmd wire.Command, with wire.ErrorCode) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	_, err := p.conn.Do(ctx, cmd)
	var no *wire.Error
	if !errors.As(err, &no) || no.Code != with {
		p.t.Errorf("%s is answered with %v, expected %s", cmd.FrameType(), err, with)
	}
}

// load has customers who begin chats, talk and end them, one after the other,
// until it is told to stop. Nothing of that may be refused.
func (n *node) load(people int) (stop func() (chats int)) {
	n.t.Helper()
	done, count, all := make(chan struct{}), make(chan int, people), new(sync.WaitGroup)
	for i := range people {
		p := n.dial(acd.RoleCustomer, fmt.Sprint("busy", i)).deaf()
		all.Go(func() {
			chats := 0
			defer func() { count <- chats }()
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := p.visit(); err != nil {
					n.t.Errorf("busy%d in chat %d: %v", i, chats+1, err)
					return
				}
				chats++
			}
		})
	}
	over := sync.OnceFunc(func() {
		close(done)
		all.Wait()
	})
	n.t.Cleanup(over) // when the test ends before
	return func() (chats int) {
		over()
		for range people {
			chats += <-count
		}
		return chats
	}
}

// deaf takes what the person is told, and does nothing with it.
func (p *person) deaf() *person {
	go func() {
		for {
			if _, err := p.conn.Next(p.t.Context()); err != nil {
				return
			}
		}
	}()
	return p
}

// visit is a whole chat of a customer's.
func (p *person) visit() error {
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	started, err := p.conn.Do(ctx, &wire.Start{Source: "kiosk"})
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	for i := range 3 {
		if _, err := p.conn.Do(ctx, &wire.Send{Chat: started.Chat, Text: fmt.Sprint("line ", i)}); err != nil {
			return fmt.Errorf("send: %w", err)
		}
	}
	if _, err := p.conn.Do(ctx, &wire.End{Chat: started.Chat}); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	return nil
}

// noon is an operator who changes things while others work.
type noon struct {
	*node
	eve *person
	zed *person
}

// set makes or replaces something, and returns when.
func (n *noon) set(path, body string) time.Time {
	n.t.Helper()
	at := time.Now()
	n.ask("PUT", "/v1/admin/"+path, body).want(200)
	return at
}

func (n *noon) patch(path, body string) time.Time {
	n.t.Helper()
	at := time.Now()
	n.ask("PATCH", "/v1/admin/"+path, body, "If-Match", "*").want(200)
	return at
}

// asks is the next offer of zed's, which he accepts.
func (n *noon) asks(chat string) wire.Offer {
	n.t.Helper()
	o := until[*wire.OfferEvent](n.zed).Offer
	if o.Chat != chat {
		n.t.Fatalf("zed is offered %s, expected %s", o.Chat, chat)
	}
	n.zed.do(&wire.Accept{Offer: o.Offer})
	return o
}

func (n *noon) starts(source string) (chat string) {
	n.t.Helper()
	return n.eve.do(&wire.Start{Source: source}).Chat
}

func rings(o wire.Offer) time.Duration { return o.ExpiresAt.Time().Sub(o.OfferedAt.Time()) }

// TestEachKindOfChangeShowsInTheNextDecision under load, over websockets and the
// admin API: none of those who work meanwhile notices, and what was decided before
// is explained as it was.
func TestEachKindOfChangeShowsInTheNextDecision(t *testing.T) {
	free := transport.RoleLimits{PerSecond: 1e6, Burst: 1e6, InboundBytes: 1 << 30, InboundFrames: 1e9}
	world := &node{t: t, dir: t.TempDir(), calls: transport.CallLimits{PerSecond: 1e6, Burst: 1e6}, talk: free}
	world.begin()
	t.Cleanup(func() { world.end() })
	n := &noon{node: world, eve: world.dial(acd.RoleCustomer, "eve").deaf()}
	n.set("sources/kiosk", `{"channel":"livechat","queue":"sales"}`)
	stop := n.load(3)

	n.eve.refused(&wire.Start{Source: "app"}, wire.CodeNotFound)
	n.set("queues/probe", `{"offer_timeout":"19s","max_wait":"never","wrapup":{"mode":"mandatory","codes":[{"code":"solved"}]}}`)
	n.set("sources/app", `{"channel":"livechat","queue":"probe"}`) // a source, and a queue
	old := n.starts("app")
	n.set("agents/zed", `{"queues":["probe"]}`) // an agent
	n.zed = n.dial(acd.RoleAgent, "zed")
	n.zed.refused(&wire.SetPresence{State: wire.ChooseNotReady, Reason: "gym"}, wire.CodeBadState)
	n.set("presence-reasons/gym", `{"name":"Gym"}`) // a reason
	n.zed.do(&wire.SetPresence{State: wire.ChooseNotReady, Reason: "gym"})
	n.zed.do(&wire.SetPresence{State: wire.ChooseAvailable})
	if o := n.asks(old); rings(o) != 19*time.Second {
		t.Errorf("it rings for %s", rings(o))
	}
	version := strings.Trim(n.ask("GET", "/v1/admin/config", "").want(200).etag(), `"v`)

	n.patch("queues/probe", `{"offer_timeout":"17s","skills":["greek"]}`) // a queue, again
	chat := n.starts("app")
	since := n.patch("skills/greek", `{"agents":{"zed":6}}`) // a skill
	if o := n.asks(chat); rings(o) != 17*time.Second || o.OfferedAt.Time().Before(since.Truncate(time.Millisecond)) {
		t.Errorf("it rings for %s since %v, and the skill came at %v", rings(o), o.OfferedAt.Time(), since)
	}
	n.ask("DELETE", "/v1/admin/skills/greek", "", "If-Match", "*").want(200)
	chat = n.starts("app")
	since = n.set("queues/probe/routing-steps/0", `{"after":"1s","drop_skills":["greek"]}`) // a step
	if o := n.asks(chat); o.OfferedAt.Time().Before(since.Truncate(time.Millisecond)) || o.OfferedAt.Time().Sub(o.ReceivedAt.Time()) < time.Second {
		t.Errorf("it is offered %s after it came", o.OfferedAt.Time().Sub(o.ReceivedAt.Time()))
	}
	n.wordsAndCodes(old, chat)
	n.deskAndWhole(version)
	n.hoursAndTokens()

	if chats := stop(); chats < 10 {
		t.Errorf("%d chats went on meanwhile: that is no load", chats)
	} else {
		t.Logf("%d chats went on meanwhile, and nobody was refused anything", chats)
	}
	n.ask("GET", "/v1/admin/chats/"+old+"/explain", "").want(200, `"config_version":`+version)
	n.ask("GET", "/v1/admin/config/versions/"+version, "").want(200, `"offer_timeout":"19s"`)
}

// wordsAndCodes changes what may be said in chats of zed's, and how they end.
func (n *noon) wordsAndCodes(first, second string) {
	n.t.Helper()
	bye := &wire.Send{Chat: second, Template: &wire.TemplateUse{Name: "bye"}}
	n.zed.refused(bye, wire.CodeNotFound)
	n.set("templates/bye", `{"text":"Goodbye."}`) // a template
	n.zed.do(bye)
	n.set("channels/sms", `{"max_chars":5}`) // a channel
	n.set("sources/phone", `{"channel":"sms","queue":"sales"}`)
	fay := n.dial(acd.RoleCustomer, "fay").deaf()
	short := fay.do(&wire.Start{Source: "phone"}).Chat
	fay.refused(&wire.Send{Chat: short, Text: "too long"}, wire.CodeTooLong)
	n.patch("channels/sms", `{"max_chars":50}`)
	fay.do(&wire.Send{Chat: short, Text: "too long"})
	n.zed.do(&wire.End{Chat: first})
	n.zed.refused(&wire.WrapUp{Chat: first, Code: "junk"}, wire.CodeBadCode)
	n.set("queues/probe/wrapup-codes/junk", `{"name":"Junk"}`) // a code
	n.zed.do(&wire.WrapUp{Chat: first, Code: "solved"})
	n.zed.do(&wire.End{Chat: second}) // it was queued under the codes of before
	n.zed.do(&wire.WrapUp{Chat: second, Code: "solved"})
	third := n.starts("app")
	n.asks(third)
	n.zed.do(&wire.End{Chat: third})
	n.zed.do(&wire.WrapUp{Chat: third, Code: "junk"})
}

// deskAndWhole changes what holds for all agents, and then goes back to a whole
// configuration of before, in which everything is as it was.
func (n *noon) deskAndWhole(version string) {
	n.t.Helper()
	n.patch("desk", `{"sessions":"single"}`) // the desk
	first := n.zed
	n.zed = n.dial(acd.RoleAgent, "zed")
	first.closedWith(wire.CloseReplaced)
	n.ask("POST", "/v1/admin/config/versions/"+version+"/rollback", "", "If-Match", "*").want(200) // all of it
	second := n.dial(acd.RoleAgent, "zed")
	second.do(&wire.SetPresence{State: wire.ChooseAvailable}) // beside the other one, who goes on
	n.eve.refused(&wire.Start{Source: "phone"}, wire.CodeNotFound)
	chat := n.starts("app")
	if o := n.asks(chat); rings(o) != 19*time.Second {
		n.t.Errorf("after the way back it rings for %s", rings(o))
	}
	n.zed.do(&wire.End{Chat: chat})
	n.zed.do(&wire.WrapUp{Chat: chat, Code: "solved"})
}

// hoursAndTokens closes and opens a queue by the clock, and lets somebody in and
// out.
func (n *noon) hoursAndTokens() {
	n.t.Helper()
	day := strings.ToLower(time.Now().UTC().Add(72 * time.Hour).Weekday().String()[:3])
	n.set("schedules/other", fmt.Sprintf(`{"time_zone":"UTC","hours":[{"days":[%q],"from":"08:00","to":"09:00"}]}`, day)) // a schedule
	n.patch("queues/probe", `{"schedule":"other"}`)
	gil := n.dial(acd.RoleCustomer, "gil").deaf()
	gil.refused(&wire.Start{Source: "app"}, wire.CodeQueueClosed)
	n.patch("schedules/other", `{"hours":[{"from":"00:00","to":"24:00"}]}`)
	gil.do(&wire.Start{Source: "app"})
	minted := n.ask("POST", "/v1/admin/tokens", `{"role":"agent","subject":"bob"}`).want(201).fields() // a token
	bob := n.dialAs(minted["token"].(string))
	n.ask("DELETE", "/v1/admin/tokens/"+minted["id"].(string), "").want(200)
	bob.closedWith(wire.CloseUnauthenticated)
}

// A command is answered as it was, whatever the configuration says by then: who
// sends it again has not heard the answer.
func TestAStartKeepsItsAnswerWhenItsSourceGoesAndComes(t *testing.T) {
	n := start(t)
	const at, source = "/v1/admin/sources/app", `{"channel":"livechat","queue":"sales"}`
	early, late := &wire.Start{ID: "early", Source: "app"}, &wire.Start{ID: "late", Source: "app"}
	n.ask("PUT", at, source, "If-None-Match", "*").want(200)
	ann := n.dial(acd.RoleCustomer, "ann")
	chat := ann.do(early).Chat
	n.ask("DELETE", at, "", "If-Match", "*").want(200)
	ann.refused(late, wire.CodeNotFound)
	if again := ann.do(early).Chat; again != chat {
		t.Errorf("sent again without its source, it is chat %q, expected %q", again, chat)
	}
	n.ask("PUT", at, source, "If-None-Match", "*").want(200)
	ann.refused(late, wire.CodeNotFound)
	if fresh := ann.do(&wire.Start{ID: "fresh", Source: "app"}).Chat; fresh == chat {
		t.Error("a new start is the old chat")
	}
}
