package transport

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// canary is planted in every text of an event and must not be found where a
// customer could read it.
const canary = "CANARY"

// plant fills every string, time and slice of v, so that nothing is left out
// because it happened to be empty. Names that a customer may see stay clean.
func plant(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		plant(v.Elem(), path)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1_700_000_000, 0)))
			return
		}
		for i := range v.NumField() {
			plant(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		plant(v.Index(0), path)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, val := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		plant(key, path)
		plant(val, path)
		v.SetMapIndex(key, val)
	case reflect.String:
		v.SetString(canary + path)
	case reflect.Int, reflect.Int64:
		v.SetInt(424242)
	case reflect.Uint64:
		v.SetUint(424242)
	case reflect.Bool:
		v.SetBool(true)
	}
}

func planted[E acd.Event](t *testing.T) acd.Event {
	t.Helper()
	var e E
	v := reflect.ValueOf(&e).Elem()
	plant(v, reflect.TypeFor[E]().Name())
	return e
}

func everyEvent(t *testing.T) []acd.Event {
	return []acd.Event{
		planted[acd.ChatStarted](t), planted[acd.Queued](t), planted[acd.Offered](t), planted[acd.OfferEnded](t),
		planted[acd.Accepted](t), planted[acd.MessageSent](t), planted[acd.ReadMarked](t), planted[acd.CustomerAway](t),
		planted[acd.CustomerBack](t), planted[acd.Left](t), planted[acd.WaitedLong](t), planted[acd.AttributesSet](t),
		planted[acd.ChatEnded](t), planted[acd.WrapupRecorded](t), planted[acd.ChatClosed](t), planted[acd.PresenceSet](t),
		planted[acd.NextPresenceSet](t), planted[acd.ChannelSet](t), planted[acd.Struck](t), planted[acd.Focused](t),
		planted[acd.WindowSet](t), planted[acd.WrapupStarted](t), planted[acd.WrapupSaved](t), planted[acd.WrapupExtended](t),
		planted[acd.WrapupDone](t), planted[acd.WrapupAmended](t), planted[acd.SlotFreed](t), planted[acd.PositionTold](t),
		planted[acd.TypingShown](t), planted[acd.DeliveredShown](t), planted[acd.TransferStarted](t), planted[acd.TransferDone](t), planted[acd.TransferFailed](t),
		planted[acd.TransferCancelled](t), planted[acd.TransferReturning](t), planted[acd.InviteFailed](t), planted[acd.Joined](t),
		planted[acd.OwnerSet](t), planted[acd.LegDropped](t), planted[acd.Prioritized](t), planted[acd.Labelled](t),
		planted[acd.Interrupted](t), planted[acd.IdleWarned](t), planted[acd.AgentIdled](t), planted[acd.Parked](t),
		planted[acd.Unparked](t), planted[acd.EndProposed](t), planted[acd.EndDeclined](t), planted[acd.Rated](t),
	}
}

// mayReach lists which planted texts a customer's view may show: names of
// people and of the queue, the text of a message for all, and why it ended.
var mayReach = []string{"Accepted.Name", "Joined.Name", "Left.Name", "Queued.Policy.QueueName", "MessageSent.Message.Text",
	"MessageSent.Message.Joined", "MessageSent.Message.Author.Name", "MessageSent.Message.Author.Kind", "ChatEnded.Reason",
	"PositionTold.Chat", "TypingShown.Chat", "DeliveredShown.Chat", "EndProposed.Name", "MessageSent.Message.Attachment.ID", "MessageSent.Message.Attachment.Type"}

func TestNoViewOfACustomerShowsWhatIsForAgents(t *testing.T) {
	for _, e := range slices.Concat(everyEvent(t), everyPart(t)) {
		for _, to := range []acd.Audience{acd.ForAll, acd.ForAgents} {
			if m, ok := e.(acd.MessageSent); ok {
				m.Message.To = to
				e = m
			}
			n := &actors.Note{From: acd.ChatID("c").Address(), At: time.Unix(1_700_000_000, 0), View: acd.ToCustomer, Event: e,
				Thread: []acd.Message{{Text: canary + "thread", To: acd.ForAgents}}}
			body := string(appendNote(nil, 0, n, acd.Principal{Role: acd.RoleCustomer, ID: "maria"}))
			if to == acd.ForAll {
				body = strings.ReplaceAll(body, filePath+canary+"MessageSent.Message.Attachment.ID", canary+"MessageSent.Message.Attachment.ID")
			}
			for _, part := range mayReach {
				if !(part == "MessageSent.Message.Text" && to == acd.ForAgents) {
					body = strings.ReplaceAll(body, `"`+canary+part+`"`, `""`)
				}
			}
			body = strings.ReplaceAll(body, `"initials":"C"`, "")
			if strings.Contains(body, canary) {
				t.Errorf("%T shows a customer %s", e, body)
			}
		}
	}
}

func TestNoSnapshotOrPageOfACustomerShowsWhatIsForAgents(t *testing.T) {
	var chat actors.ChatSnapshot
	plant(reflect.ValueOf(&chat).Elem(), "Chat")
	note := acd.Message{Seq: 2, To: acd.ForAgents, Text: canary + "note", Author: acd.Author{Kind: "agent", ID: canary + "id", Name: canary + "name"}}
	said := acd.Message{Seq: 1, To: acd.ForAll, Text: "said", Author: acd.Author{Kind: "agent", ID: canary + "id", Name: "Alice"}}
	chat.Messages = []acd.Message{said, note}
	var desk acd.AgentView
	plant(reflect.ValueOf(&desk).Elem(), "Desk")
	s := &actors.Snapshot{Chats: []actors.ChatSnapshot{chat}, Agent: &desk, Offers: []acd.Offered{planted[acd.Offered](t).(acd.Offered)}, Config: testConfig()}
	body := string(wire.AppendEvent(nil, snapshotFrame(acd.Principal{Role: acd.RoleCustomer, ID: "maria"}, 3, s)))
	for _, part := range []string{"Chat", "Channel", "QueueName", "Phase", "Subject", "Reason", "Participants.Name", "Now.EndingName"} {
		body = strings.ReplaceAll(body, `"`+canary+"Chat.View."+part+`"`, `""`)
	}
	if strings.Contains(body, canary) || !strings.Contains(body, "said") {
		t.Errorf("the snapshot is %s", body)
	}
	page := answerFrame("1", &actors.Answer{History: &actors.HistoryPage{Messages: chat.Messages}}, acd.RoleCustomer, new(wire.Ok))
	if body := string(wire.AppendEvent(nil, page)); strings.Contains(body, canary) || !strings.Contains(body, "said") {
		t.Errorf("the page is %s", body)
	}
}

// told is every event in every view that the rules tell somebody of.
var told = map[acd.View][]acd.Event{
	acd.ToCustomer: {acd.Queued{}, acd.Accepted{}, acd.MessageSent{Message: acd.Message{To: acd.ForAll}}, acd.ReadMarked{}, acd.Left{},
		acd.ChatEnded{}, acd.PositionTold{}, acd.TypingShown{}, acd.DeliveredShown{}, acd.Joined{}, acd.Interrupted{}, acd.IdleWarned{}, acd.EndProposed{}},
	acd.ToAgent: {acd.Accepted{}, acd.MessageSent{}, acd.ReadMarked{}, acd.Left{}, acd.CustomerAway{}, acd.CustomerBack{},
		acd.AttributesSet{}, acd.ChatEnded{}, acd.TypingShown{}, acd.DeliveredShown{}, acd.Joined{}, acd.OwnerSet{}, acd.Labelled{}, acd.Interrupted{},
		acd.IdleWarned{}, acd.AgentIdled{}, acd.Parked{}, acd.Unparked{}, acd.EndProposed{}, acd.EndDeclined{}},
	acd.ToOthers:  {acd.Accepted{}, acd.Joined{}, acd.Left{}},
	acd.ToSender:  {acd.TransferDone{}, acd.TransferFailed{}, acd.TransferCancelled{}, acd.InviteFailed{}},
	acd.ToOffered: {acd.Offered{}, acd.OfferEnded{}, acd.Accepted{}},
	acd.ToOwnDesk: {acd.PresenceSet{}, acd.NextPresenceSet{}, acd.ChannelSet{}, acd.Focused{}, acd.WindowSet{}, acd.WrapupStarted{}, acd.WrapupSaved{},
		acd.WrapupExtended{}, acd.WrapupDone{}, acd.WrapupAmended{}, acd.SlotFreed{}},
	acd.ToOverseer: {acd.AssistAsked{}, acd.Rated{}},
}

func TestEveryPieceOfNewsHasAFrameOfItsOwn(t *testing.T) {
	for view, events := range told {
		for _, e := range events {
			n := &actors.Note{From: acd.Address{Kind: acd.KindChat, ID: "c"}, At: time.Unix(1_700_000_000, 0), View: view, Event: e}
			ev := noteFrame(n)
			if ev.FrameType() == "other" {
				t.Errorf("view %d of %T has no frame", view, e)
				continue
			}
			_, typing := e.(acd.TypingShown)
			_, position := e.(acd.PositionTold)
			_, delivered := e.(acd.DeliveredShown)
			if wire.Durable(ev) == (typing || position || delivered) {
				t.Errorf("%T is %s, which is durable: %t", e, ev.FrameType(), wire.Durable(ev))
			}
			line := appendNote(nil, 5, n, acd.Principal{})
			got, err := wire.DecodeEvent(line)
			if err != nil {
				t.Errorf("%T: %s: %v", e, line, err)
			} else if got.Event.FrameType() != ev.FrameType() {
				t.Errorf("%T became %s", e, line)
			}
		}
	}
}

func TestAnEventWithoutAFrameKeepsTheStreamDense(t *testing.T) {
	n := &actors.Note{View: acd.ToCustomer, Event: acd.WrapupRecorded{Notes: canary}}
	if got := string(appendNote(nil, 9, n, acd.Principal{})); got != `{"type":"other","seq":9}` {
		t.Errorf("got %s", got)
	}
}

func TestAnUnreadCountIsEachAgentsOwn(t *testing.T) {
	n := &actors.Note{From: acd.ChatID("c").Address(), View: acd.ToUnread,
		Event: acd.MessageSent{Unread: []acd.Unread{{Agent: "alice", Count: 0}, {Agent: "bob", Count: 3}}}}
	for agent, want := range map[string]string{"alice": `"count":0`, "bob": `"count":3`} {
		if got := string(appendNote(nil, 0, n, acd.Principal{Role: acd.RoleAgent, ID: agent})); !strings.Contains(got, want) {
			t.Errorf("%s got %s", agent, got)
		}
	}
}

func TestANoteIsEncodedOnceForAllItsRecipients(t *testing.T) {
	n := message(1, "x").News
	kept := n.Body(func(*actors.Note) []byte { return []byte(`{"type":"kept"}`) })
	for _, id := range []string{"a", "b"} {
		if got := appendNote(nil, 0, n, acd.Principal{ID: id}); !bytes.Equal(got, kept) {
			t.Errorf("for %s it was encoded again: %s", id, got)
		}
	}
}

func TestRefusalsKeepTheirDetails(t *testing.T) {
	for _, tt := range []struct {
		r    *acd.Refusal
		want string
	}{
		{&acd.Refusal{Code: "too_long", Text: "t", Max: 10, Got: 11}, `"detail":{"max":10,"got":11}`},
		{&acd.Refusal{Code: "reserved_character", Text: "t", Chars: "<>", Index: 0}, `"detail":{"characters":"<>","index":0}`},
		{&acd.Refusal{Code: "offer_gone", Text: "t", Reason: "rona"}, `"detail":{"reason":"rona"}`},
		{acd.ErrEnded, `"code":"ended"`},
		{&acd.Refusal{Code: "queue_closed", Text: "t", RetryAfter: 90 * time.Second}, `"message":"t","retry_after_s":90`},
	} {
		got := string(wire.AppendEvent(nil, answerFrame("7", &actors.Answer{Refusal: tt.r}, acd.RoleAgent, new(wire.Ok))))
		if !strings.Contains(got, tt.want) || !strings.Contains(got, `"re":"7"`) {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestAHugeSnapshotIsCutToItsBound(t *testing.T) {
	s := &actors.Snapshot{}
	for range 30 {
		c := actors.ChatSnapshot{View: acd.ChatView{Chat: "c", Phase: acd.PhaseActive, Messages: 60}}
		for range 60 {
			c.Messages = append(c.Messages, acd.Message{To: acd.ForAll, Text: strings.Repeat("x", 1000)})
		}
		s.Chats = append(s.Chats, c)
	}
	ev := snapshotFrame(acd.Principal{Role: acd.RoleAgent, ID: "alice"}, 1, s).(*wire.AgentSnapshot)
	if n := len(wire.AppendEvent(nil, ev)); n > snapshotBytes || n < snapshotBytes/4 {
		t.Errorf("%d bytes", n)
	}
	if len(ev.Chats) != 30 || len(ev.Chats[0].Messages) == 0 {
		t.Error("facts were cut")
	}
}

func TestAnOfferInASnapshotHasItsThread(t *testing.T) {
	s := &actors.Snapshot{
		Offers:  []acd.Offered{{Offer: acd.Offer{ID: "c1.a"}}, {Offer: acd.Offer{ID: "c2.b"}}},
		Threads: [][]acd.Message{{{Seq: 1, Text: "one", To: acd.ForAll}}, {{Seq: 1, Text: "two", To: acd.ForAll}}},
	}
	ev := snapshotFrame(acd.Principal{Role: acd.RoleAgent, ID: "alice"}, 1, s).(*wire.AgentSnapshot)
	if o := ev.Offers[1]; o.Chat != "c2" || len(o.Thread) != 1 || o.Thread[0].Text != "two" {
		t.Errorf("the second offer is %+v", o)
	}
}

func TestASupervisorSeesTheBoardAndHisOwnDesk(t *testing.T) {
	s := &actors.Snapshot{
		At:     time.Unix(1_700_000_000, 0),
		Config: testConfig(),
		Agent:  &acd.AgentView{Agent: "sue", Queues: []acd.QueueID{"support"}},
		Queues: []acd.QueueView{{Queue: "support", Name: "Support", Mode: acd.QueueOpen, Waiting: 2}},
		Agents: []acd.AgentView{{Agent: "alice", Slots: []acd.SlotRow{{Chat: "c1", State: acd.SlotConnected}, {Chat: "c2", State: acd.SlotAlerting}}}},
		Chats: []actors.ChatSnapshot{
			{View: acd.ChatView{Chat: "c1", Phase: acd.PhaseActive, Owner: "alice", Participants: []acd.Participant{{Agent: "alice", Name: "Alice", Joined: true}}}},
			{View: acd.ChatView{Chat: "c3", Phase: acd.PhaseActive, Owner: "sue", Participants: []acd.Participant{{Agent: "sue", Name: "Sue", Joined: true}}}},
		},
	}
	ev := snapshotFrame(acd.Principal{Role: acd.RoleSupervisor, ID: "sue"}, 1, s).(*wire.SupervisorSnapshot)
	if len(ev.Chats) != 2 || ev.Chats[0].Owner.Name != "Alice" || len(ev.Agents) != 1 || ev.Queues[0].Waiting != 2 {
		t.Errorf("the board is %+v", ev)
	}
	if len(ev.Agents[0].Chats) != 1 || ev.Agents[0].Chats[0] != "c1" {
		t.Errorf("alice's chats are %v", ev.Agents[0].Chats)
	}
	if p := ev.Self.Presence; p.State != wire.PresenceOffline || p.Since.String() != "2023-11-14T22:13:20.000Z" {
		t.Errorf("who has never chosen a presence is %+v", p)
	}
	if len(ev.Self.Chats) != 1 || ev.Self.Chats[0].Chat != "c3" || ev.Self.Queues[0].Name != "Support" {
		t.Errorf("the desk is %+v", ev.Self)
	}
}
