package actors_test

import (
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func race01AcceptThenTimeOut(w *world) {
	alice, _, chat, accept := w.rings()
	w.pass(20*time.Second - time.Millisecond)
	alice.must(alice.desk(), accept)
	w.pass(time.Minute)
	alice.isNow(acd.Available)
	if c := fold(w.t, w.journal, chat); c.Owner != "alice" || told[acd.OfferEnded](alice) != 0 {
		w.t.Errorf("the chat is %+v", c.ChatState)
	}
}

func race01TimeOutThenAccept(w *world) {
	alice, _, chat, accept := w.rings()
	w.pass(20*time.Second + time.Millisecond)
	alice.gone(accept, acd.OfferRONA)
	alice.isNow(acd.InRONA)
	if c := fold(w.t, w.journal, chat); c.Owner != "" || c.Leg == nil {
		w.t.Errorf("the chat is %+v", c.ChatState)
	}
}

func race02AcceptThenTheCustomerLeaves(w *world) {
	alice, ann, chat, accept := w.rings()
	alice.must(alice.desk(), accept)
	ann.must(chat.Address(), acd.EndChat{})
	if e, _ := last[acd.ChatEnded](alice); e.Reason != acd.EndedByCustomer {
		w.t.Errorf("ended %+v", e)
	}
	if !alice.owes(chat) {
		w.t.Error("alice owes no wrap-up")
	}
}

func race02TheCustomerLeavesThenAccept(w *world) {
	alice, ann, chat, accept := w.rings()
	ann.must(chat.Address(), acd.EndChat{})
	alice.gone(accept, acd.CustomerGone)
	alice.isNow(acd.Available)
	if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.CustomerGone || alice.strikes() != 0 {
		w.t.Errorf("the offer ended %+v, with %d strikes", e, alice.strikes())
	}
}

func race03AcceptThenReject(w *world) {
	desk, _, chat, accept := w.rings()
	phone := w.agent("alice")
	desk.must(desk.desk(), accept)
	if r := phone.refused("offer_gone", phone.desk(), acd.RejectOffer{Offer: accept.Offer}); r.Reason != string(acd.OfferAccepted) {
		w.t.Errorf("the phone is told %+v", r)
	}
	if phone.says(chat, "from the phone") != 1 {
		w.t.Error("the phone has no part in the chat")
	}
}

func race03RejectThenAccept(w *world) {
	desk, _, _, accept := w.rings()
	phone := w.agent("alice")
	phone.must(phone.desk(), acd.RejectOffer{Offer: accept.Offer})
	desk.gone(accept, acd.OfferRejected)
	desk.isNow(acd.Available)
}

func race04(w *world, phoneFirst bool) {
	desk, _, chat, accept := w.rings()
	first, second := desk, w.agent("alice")
	if phoneFirst {
		first, second = second, first
	}
	for _, p := range []*person{first, second} {
		if r := p.must(p.desk(), accept); p == first && r.Chat != chat {
			w.t.Errorf("answered %+v", r)
		}
	}
	if n := accepts(w, chat); n != 1 {
		w.t.Errorf("accepted %d times", n)
	}
}

func accepts(w *world, chat acd.ChatID) (n int) {
	for _, e := range events(w.t, w.journal, chat.Address()) {
		if _, ok := e.(acd.Accepted); ok {
			n++
		}
	}
	return n
}

// overseen lets sue, a supervisor, serve chats herself.
func (w *world) overseen() *person {
	w.change = func(c *acd.Config) {
		c.Agents["sue"] = &acd.AgentProfile{ID: "sue", Name: "SUE", Queues: []acd.QueueID{"support"}, Capacity: 3}
	}
	w.crash()
	return w.supervisor("sue")
}

func race07AcceptThenTakeOver(w *world) {
	sue := w.overseen()
	alice, _, chat := w.served()
	sue.must(chat.Address(), acd.TakeOver{})
	if c := fold(w.t, w.journal, chat); c.Owner != "sue" || !alice.reads().owes(chat) {
		w.t.Errorf("the chat is %+v", c.ChatState)
	}
}

func race07TakeOverThenAccept(w *world) {
	sue := w.overseen()
	alice, _, chat, accept := w.rings()
	sue.must(chat.Address(), acd.TakeOver{})
	alice.gone(accept, acd.TakenOver)
	alice.isNow(acd.Available)
}

// transfers has alice hand a chat to bob, at whom it rings.
func (w *world) transfers() (alice, bob *person, chat acd.ChatID, accept acd.AcceptOffer, cancel acd.CancelTransfer) {
	w.t.Helper()
	alice, _, chat = w.served()
	bob = w.agent("bob")
	bob.ready()
	alice.must(chat.Address(), acd.TransferChat{ToAgent: "bob"})
	return alice, bob, chat, acd.AcceptOffer{Offer: bob.offered().Offer.ID}, acd.CancelTransfer{Transfer: fold(w.t, w.journal, chat).Transfer.ID}
}

func race08AcceptThenCancel(w *world) {
	alice, bob, chat, accept, cancel := w.transfers()
	bob.must(bob.desk(), accept)
	alice.refused("too_late", chat.Address(), cancel)
	if bob.says(chat, "mine now") != 1 || !alice.reads().owes(chat) {
		w.t.Error("the transfer is half done")
	}
}

func race08CancelThenAccept(w *world) {
	alice, bob, chat, accept, cancel := w.transfers()
	alice.must(chat.Address(), cancel)
	bob.gone(accept, acd.OfferCancelled)
	bob.isNow(acd.Available)
	if alice.says(chat, "still mine") != 1 || bob.strikes() != 0 {
		w.t.Error("the cancelled transfer left something behind")
	}
}

func race09AcceptThenEnd(w *world) {
	alice, bob, chat, accept, _ := w.transfers()
	bob.must(bob.desk(), accept)
	alice.refused("not_participant", chat.Address(), acd.EndChat{})
	if bob.says(chat, "mine now") != 1 {
		w.t.Error("the chat is not bob's")
	}
}

func race09EndThenAccept(w *world) {
	alice, bob, chat, accept, _ := w.transfers()
	alice.must(chat.Address(), acd.EndChat{})
	bob.gone(accept, acd.OfferEndedChat)
	bob.isNow(acd.Available)
}

func race15AcceptThenNotReady(w *world) {
	alice, ann, chat, accept := w.rings()
	alice.must(alice.desk(), accept)
	alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
	if alice.says(chat, "here") != 1 {
		w.t.Error("the chat is not hers")
	}
	ann.starts()
	if n := told[acd.Offered](alice); n != 1 {
		w.t.Errorf("%d offers", n)
	}
}

func race15NotReadyThenAccept(w *world) {
	alice, _, _, accept := w.rings()
	alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
	alice.gone(accept, acd.AgentState)
	alice.isNow(acd.NotReady)
}

func race16AcceptThenTheSocketDies(w *world) {
	alice, _, chat, accept := w.rings()
	alice.session.Do("accept", digestOf(accept), alice.desk(), accept)
	alice.session.Close("")
	w.pass(10 * time.Second)
	alice = alice.again()
	if e, _ := last[acd.Accepted](alice); e.View.Chat != chat {
		w.t.Errorf("the replay has %+v", e)
	}
	if alice.says(chat, "here") != 1 {
		w.t.Error("the chat is not hers")
	}
}

func race16TheSocketDiesThenAccept(w *world) {
	alice, _, chat, accept := w.rings()
	alice.session.Close("")
	w.pass(10 * time.Second)
	alice = alice.again()
	if r := alice.doAs("accept", alice.desk(), accept); r.Refusal != nil || r.Result.Chat != chat {
		w.t.Errorf("answered %+v", r)
	}
}

func race22PickThenOffer(w *world) {
	alice, bob, ann := w.agent("alice"), w.agent("bob"), w.customer("ann")
	alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
	chat := ann.starts()
	alice.must(chat.Address(), acd.Pick{})
	bob.ready()
	if n := told[acd.Offered](bob); n != 0 {
		w.t.Errorf("%d offers to bob", n)
	}
	if alice.says(chat, "hello") != 1 {
		w.t.Error("the chat is not hers")
	}
}

func race22OfferThenPick(w *world) {
	alice, bob, ann := w.agent("alice"), w.agent("bob"), w.customer("ann")
	alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
	bob.ready()
	chat := ann.starts()
	alice.refused("taken", chat.Address(), acd.Pick{})
	if bob.accepts() != chat {
		w.t.Error("bob has lost his offer")
	}
}

func race25(w *world, customerFirst bool) {
	alice, ann, chat := w.served()
	first, second, reason := alice, ann, acd.EndedByAgent
	if customerFirst {
		first, second, reason = ann, alice, acd.EndedByCustomer
	}
	first.must(chat.Address(), acd.EndChat{})
	if r := second.must(chat.Address(), acd.EndChat{}); r.Already != "already_ended" {
		w.t.Errorf("the second is told %+v", r)
	}
	for _, p := range []*person{alice, ann} {
		if e, _ := last[acd.ChatEnded](p); e.Reason != reason || told[acd.ChatEnded](p) != 1 {
			w.t.Errorf("%s is told %+v, %d times", p.by.ID, e, told[acd.ChatEnded](p))
		}
	}
}

func race29ReturnThenGrace(w *world) {
	ann := w.customer("ann")
	chat := ann.starts()
	ann.session.Close("")
	w.pass(59 * time.Second)
	ann = ann.again()
	w.pass(2 * time.Second)
	if ann.says(chat, "back") != 1 {
		w.t.Error("the chat is over")
	}
}

func race29GraceThenReturn(w *world) {
	ann := w.customer("ann")
	chat := ann.starts()
	ann.session.Close("")
	w.pass(61 * time.Second)
	ann = ann.again()
	if e, _ := last[acd.ChatEnded](ann); e.Reason != acd.EndDisconnected {
		w.t.Errorf("ended %+v", e)
	}
	ann.refused("ended", chat.Address(), acd.SendText{Text: "back"})
	ann.starts()
}

func race30(w *world, newFirst bool) {
	alice, one := w.agent("alice"), w.customer("ann")
	alice.ready()
	chat := one.starts()
	two := w.customer("ann")
	if got := two.welcome.Snapshot.Chats; len(got) != 1 || got[0].View.Chat != chat {
		w.t.Fatalf("the second tab starts from %+v", got)
	}
	alice.accepts()
	first, second := one, two
	if newFirst {
		first, second = two, one
	}
	first.says(chat, "from this tab")
	if m, _ := last[acd.MessageSent](second); m.Message.Text != "from this tab" {
		w.t.Errorf("the other tab has %+v", m)
	}
	first.session.Close("")
	w.pass(20 * time.Minute) // one tab is there: nobody is away
	if n := alice.says(chat, "still here"); n != 2 {
		w.t.Errorf("message number %d", n)
	}
}

func race31TriedAgainThenAnswered(w *world) {
	ann := w.customer("ann")
	to, start := acd.QueueID("support").Address(), acd.Start{Chat: "first", Source: "web", Queue: "support"}
	w.journal.Hold()
	ann.session.Do("start", digestOf(start), to, start)
	if ann.read(); ann.answers["start"] != nil {
		w.t.Fatal("answered before it was durable")
	}
	ann.session.Close("")
	ann = ann.again()
	ann.session.Do("start", digestOf(start), to, start)
	w.journal.Release()
	if ann.read(); ann.answers["start"] == nil || ann.answers["start"].Result.Chat != "first" {
		w.t.Errorf("answered %+v", ann.answers["start"])
	}
	if got := w.customer("ann").welcome.Snapshot.Chats; len(got) != 1 {
		w.t.Errorf("%d chats", len(got))
	}
}

func race32MessageThenEnd(w *world) {
	alice, ann, chat := w.served()
	ann.says(chat, "bye")
	alice.must(chat.Address(), acd.EndChat{})
	if m, _ := last[acd.MessageSent](alice); m.Message.Text != "bye" {
		w.t.Errorf("alice has %+v", m)
	}
}

func race32EndThenMessage(w *world) {
	alice, ann, chat := w.served()
	alice.must(chat.Address(), acd.EndChat{})
	ann.refused("ended", chat.Address(), acd.SendText{Text: "bye"})
	if n := told[acd.MessageSent](alice); n != 0 {
		w.t.Errorf("alice is told of %d messages", n)
	}
}

// timed is a chat whose wrap-up alice owes for a minute at most.
func (w *world) timed() (*person, acd.ChatID) {
	w.change = func(c *acd.Config) {
		c.Queues["support"].Wrapup.Mode, c.Queues["support"].Wrapup.Limit = acd.WrapupTimed, time.Minute
	}
	w.crash()
	alice, _, chat := w.served()
	alice.must(chat.Address(), acd.EndChat{})
	return alice, chat
}

// filed expects the one wrap-up that the chat has of alice.
func filed(w *world, chat acd.ChatID, code string) {
	w.t.Helper()
	if c := fold(w.t, w.journal, chat); len(c.Filed) != 1 || c.Filed[0].Code != code || c.Phase != acd.PhaseClosed {
		w.t.Errorf("the chat is %s with %+v, expected %s", c.Phase, c.Filed, code)
	}
}

func race48SubmitThenTimer(w *world) {
	alice, chat := w.timed()
	w.pass(59 * time.Second)
	alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "other"})
	w.pass(time.Minute)
	if n := told[acd.WrapupDone](alice); n != 1 {
		w.t.Errorf("done %d times", n)
	}
	filed(w, chat, "other")
}

func race48TimerThenSubmit(w *world) {
	alice, chat := w.timed()
	w.pass(61 * time.Second)
	if e, _ := last[acd.WrapupDone](alice); e.By != "timeout" {
		w.t.Errorf("done %+v", e)
	}
	alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "other"}) // within the time to amend it
	if e, _ := last[acd.WrapupAmended](alice); e.Code != "other" {
		w.t.Errorf("amended %+v", e)
	}
	filed(w, chat, "timeout") // the chat is closed, and nothing follows that
	w.crash()
	page, _, err := w.engine.Past().History(actors.Query{})
	if err != nil || len(page) != 1 || len(page[0].Amended) != 1 || page[0].Amended[0].Code != "other" || page[0].Amended[0].Agent != "alice" {
		w.t.Errorf("history has %+v (%v)", page, err)
	}
}

func race49(w *world, phoneFirst bool) {
	desk, _, chat := w.served()
	first, second := desk, w.agent("alice")
	if phoneFirst {
		first, second = second, first
	}
	desk.must(chat.Address(), acd.EndChat{})
	first.must(first.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
	if r := second.must(second.desk(), acd.Wrapup{Chat: chat, Code: "other"}); r.Already != "already_done" {
		w.t.Errorf("the second is told %+v", r)
	}
	w.pass(time.Second)
	filed(w, chat, "resolved")
}

func race51ReturnThenGrace(w *world) {
	alice, _, chat := w.served()
	alice.session.Close("")
	w.pass(59 * time.Second)
	alice = alice.again()
	w.pass(time.Minute)
	alice.isNow(acd.Available)
	if alice.says(chat, "back") != 1 {
		w.t.Error("the chat is not hers")
	}
}

func race51GraceThenReturn(w *world) {
	alice, _, chat := w.served()
	alice.session.Close("")
	w.pass(61 * time.Second)
	alice = alice.again()
	alice.isNow(acd.Offline)
	alice.refused("not_participant", chat.Address(), acd.SendText{Text: "back"})
	if c := fold(w.t, w.journal, chat); c.Leg == nil || c.Owner != "" {
		w.t.Errorf("the chat is %+v", c.ChatState)
	}
}

func race57TimerThenStop(w *world) {
	alice, _, chat, _ := w.rings()
	w.pass(19 * time.Second)
	w.journal.Hold() // the time-out is decided
	w.pass(2 * time.Second)
	w.crashKeeping(1000) // and on the disk, but nobody was told
	alice = alice.again()
	if c := fold(w.t, w.journal, chat); len(c.Offers) != 0 {
		w.t.Fatalf("after the crash %d offers are open", len(c.Offers))
	}
	w.pass(time.Minute)
	if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.OfferRONA || told[acd.OfferEnded](alice) != 1 || alice.strikes() != 1 {
		w.t.Errorf("the offer ended %+v, told %d times, %d strikes", e, told[acd.OfferEnded](alice), alice.strikes())
	}
}

func race58(w *world, jump time.Duration) {
	var jumped time.Duration
	w.opts.Now = func() time.Time { return time.Now().Add(jumped) }
	w.crash()
	alice, _, _, _ := w.rings()
	jumped = jump
	w.pass(19 * time.Second)
	if n := told[acd.OfferEnded](alice); n != 0 {
		w.t.Error("missed too early")
	}
	w.pass(2 * time.Second)
	if e, _ := last[acd.OfferEnded](alice); e.Reason != acd.OfferRONA {
		w.t.Errorf("the offer ended %+v", e)
	}
}
