package transport

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// everyPart is who comes and goes, planted, in each way of taking part and for
// each reason.
func everyPart(t *testing.T) []acd.Event {
	modes := []acd.Mode{"", acd.Talk, acd.Whisper, acd.Monitoring, acd.Consulting}
	var all []acd.Event
	for _, mode := range modes {
		for _, replaces := range []bool{false, true} {
			e := planted[acd.Accepted](t).(acd.Accepted)
			e.Mode, e.Replaces = mode, replaces
			all = append(all, e)
		}
		for _, was := range modes {
			e := planted[acd.Joined](t).(acd.Joined)
			e.Mode, e.Was = mode, was
			all = append(all, e)
		}
		for _, reason := range wire.LeaveReason("").Values() {
			e := planted[acd.Left](t).(acd.Left)
			e.Mode, e.Reason = mode, reason
			all = append(all, e)
		}
	}
	return all
}

// frame is what one view makes of an event, as it travels.
func frame(view acd.View, e acd.Event) string {
	n := &actors.Note{From: inChat, At: time.Unix(1_700_000_000, 0), View: view, Event: e}
	return string(appendNote(nil, 0, n, acd.Principal{}))
}

// head is the start of every frame of the chat at that time.
func head(kind string) string {
	return `{"type":"` + kind + `","at":"2023-11-14T22:13:20.000Z","chat":"c"`
}

// viewed is each event of those who come and go, as each view shows it.
var viewed = []struct {
	view  acd.View
	event acd.Event
	want  string
}{
	{acd.ToCustomer, acd.Accepted{Agent: "bob", Name: "Bob Burns"}, head("agent_joined") + `,"name":"Bob Burns","initials":"BB"}`},
	{acd.ToCustomer, acd.Accepted{Agent: "bob", Name: "Bob Burns", Kind: acd.OfferTransfer, Mode: acd.Talk, Replaces: true},
		head("agent_changed") + `,"name":"Bob Burns","initials":"BB"}`},
	{acd.ToCustomer, acd.Accepted{Agent: "bob", Name: "Bob", Kind: acd.OfferConsult, Mode: acd.Consulting, Replaces: true}, `{"type":"other"}`},
	{acd.ToCustomer, acd.Joined{Agent: "sue", Name: "Sue", Mode: acd.Talk}, head("agent_joined") + `,"name":"Sue","initials":"S"}`},
	{acd.ToCustomer, acd.Joined{Agent: "sue", Name: "Sue", Mode: acd.Talk, Was: acd.Whisper}, head("agent_joined") + `,"name":"Sue","initials":"S"}`},
	{acd.ToCustomer, acd.Joined{Agent: "sue", Name: "Sue", Mode: acd.Monitoring, Was: acd.Talk}, head("agent_left") + `,"name":"Sue"}`},
	{acd.ToCustomer, acd.Joined{Agent: "sue", Name: "Sue", Mode: acd.Monitoring}, `{"type":"other"}`},
	{acd.ToCustomer, acd.Joined{Agent: "sue", Name: "Sue", Mode: acd.Whisper, Was: acd.Monitoring}, `{"type":"other"}`},
	{acd.ToCustomer, acd.Left{Agent: "bob", Name: "Bob", Reason: "dropped", Mode: acd.Talk, By: "sue"}, head("agent_left") + `,"name":"Bob"}`},
	{acd.ToCustomer, acd.Left{Agent: "bob", Name: "Bob", Reason: "lost", Mode: acd.Talk}, head("agent_away") + `,"name":"Bob","away":true}`},
	{acd.ToCustomer, acd.Left{Agent: "bob", Name: "Bob", Reason: "lost", Mode: acd.Consulting}, `{"type":"other"}`},
	{acd.ToCustomer, acd.Interrupted{Reason: "source_removed", CloseAt: time.Unix(1_700_001_800, 0)}, head("interrupted") + `}`},
	{acd.ToCustomer, acd.OwnerSet{Owner: "bob"}, `{"type":"other"}`},
	{acd.ToCustomer, acd.Labelled{Label: acd.LabelConsulting}, `{"type":"other"}`},

	{acd.ToAgent, acd.Left{Agent: "bob", Reason: "transferred", Mode: acd.Talk}, head("left") + `,"participant":"bob","mode":"talk","reason":"transferred"}`},
	{acd.ToAgent, acd.Left{Agent: "bob", Reason: "left", By: "bob"}, head("left") + `,"participant":"bob","mode":"talk","reason":"left"}`},
	{acd.ToAgent, acd.Left{Agent: "bob", Reason: "requeued", Mode: acd.Talk, By: "sue"},
		head("left") + `,"participant":"bob","mode":"talk","reason":"requeued","by":"sue"}`},
	{acd.ToAgent, acd.Left{Agent: "bob", Reason: "taken_over", Mode: acd.Talk, By: "sue"}, head("taken_over") + `,"by":"sue"}`},
	{acd.ToAgent, acd.OwnerSet{Owner: "bob", Name: "Bob"}, head("owner") + `,"participant":"bob"}`},
	{acd.ToAgent, acd.OwnerSet{}, head("owner") + `}`},
	{acd.ToAgent, acd.Labelled{Label: acd.LabelTransferRequested}, head("label") + `,"label":"transfer_requested"}`},
	{acd.ToAgent, acd.Interrupted{Reason: "source_removed", CloseAt: time.Unix(1_700_001_800, 0)},
		head("interrupted") + `,"reason":"source_removed","warning":"` + interruptedWarning + `","closes_at":"2023-11-14T22:43:20.000Z"}`},

	{acd.ToAgent, acd.AttributesSet{Set: map[string]string{"a": "b"}, By: "bob"}, head("attributes") + `,"set":{"a":"b"},"by":"bob"}`},

	{acd.ToOwnDesk, acd.NextPresenceSet{State: acd.NotReady, Reason: "lunch", Present: acd.PresenceSet{State: acd.Available, Since: time.Unix(1_700_000_000, 0), By: "agent"}},
		`{"type":"presence","at":"2023-11-14T22:13:20.000Z","state":"available","since":"2023-11-14T22:13:20.000Z","by":"c","next":{"state":"not_ready","reason":"lunch"}}`},
	{acd.ToOwnDesk, acd.NextPresenceSet{}, `{"type":"presence","at":"2023-11-14T22:13:20.000Z","state":"offline","since":"2023-11-14T22:13:20.000Z","by":"system"}`},

	{acd.ToOthers, acd.Accepted{Agent: "bob", Name: "Bob", Kind: acd.OfferConsult, Mode: acd.Consulting},
		head("joined") + `,"participant":"bob","kind":"agent","name":"Bob","mode":"consult"}`},
	{acd.ToOthers, acd.Accepted{Agent: "bob", Name: "Bob"}, head("joined") + `,"participant":"bob","kind":"agent","name":"Bob","mode":"talk"}`},
	{acd.ToOthers, acd.Joined{Agent: "sue", Name: "Sue", Mode: acd.Talk, View: acd.ChatView{Participants: []acd.Participant{{Agent: "bob", Joined: true, Slot: true},
		{Agent: "sue", Joined: true}}}}, head("joined") + `,"participant":"sue","kind":"supervisor","name":"Sue","mode":"talk"}`},
	{acd.ToOthers, acd.Joined{Agent: "bob", Name: "Bob", Mode: acd.Talk, View: acd.ChatView{Participants: []acd.Participant{{Agent: "bob", Joined: true, Slot: true}}}},
		head("joined") + `,"participant":"bob","kind":"agent","name":"Bob","mode":"talk"}`},
	{acd.ToOthers, acd.Left{Agent: "bob", Reason: "taken_over", Mode: acd.Talk, By: "sue"},
		head("left") + `,"participant":"bob","mode":"talk","reason":"taken_over","by":"sue"}`},
	{acd.ToOthers, acd.Left{Agent: "bob", Reason: "consult_ended", Mode: acd.Consulting},
		head("left") + `,"participant":"bob","mode":"consult","reason":"consult_ended"}`},

	{acd.ToSender, acd.TransferDone{ID: "c.5t", From: "alice", To: "bob"}, head("transfer_done") + `,"transfer":"c.5t","participant":"bob"}`},
	{acd.ToSender, acd.TransferFailed{ID: "c.5t", Reason: "rona"}, head("transfer_failed") + `,"transfer":"c.5t","reason":"rona"}`},
	{acd.ToSender, acd.TransferCancelled{ID: "c.5t"}, head("transfer_cancelled") + `,"transfer":"c.5t"}`},
	{acd.ToSender, acd.InviteFailed{Offer: "c.6", Kind: acd.OfferConsult, Reason: "rejected"},
		head("invite_failed") + `,"offer":"c.6","kind":"consult","reason":"rejected"}`},

	{acd.ToOffered, acd.Accepted{Offer: "c.6", Agent: "bob"}, `{"type":"offer_ended","at":"2023-11-14T22:13:20.000Z","offer":"c.6","chat":"c","reason":"accepted"}`},
}

func TestEachViewShowsOfAnEventWhatIsForIt(t *testing.T) {
	for _, tt := range viewed {
		if got := frame(tt.view, tt.event); got != tt.want {
			t.Errorf("view %d of %T\n got %s\nwant %s", tt.view, tt.event, got, tt.want)
		}
	}
}

func TestWhoAsksAndWhatHeSaysComeWithTheOffer(t *testing.T) {
	for _, kind := range []acd.OfferKind{acd.OfferTransfer, acd.OfferInvite, acd.OfferConsult} {
		got := frame(acd.ToOffered, acd.Offered{Offer: acd.Offer{ID: "c.6", Agent: "bob", Kind: kind, From: "alice", FromName: "Alice Adams", Note: "look"}})
		if want := `"from":{"id":"alice","name":"Alice Adams"},"note":"look"`; !strings.Contains(got, want) || !strings.Contains(got, `"kind":"`+string(kind)+`"`) {
			t.Errorf("%s: %s", kind, got)
		}
	}
	if got := frame(acd.ToOffered, acd.Offered{Offer: acd.Offer{ID: "c.6", Kind: acd.OfferRoute}}); strings.Contains(got, `"from"`) {
		t.Errorf("a queue's offer comes from somebody: %s", got)
	}
}

// crowd is a chat with somebody in each way of taking part.
func crowd() acd.ChatView {
	since := time.Unix(1_700_000_000, 0)
	return acd.ChatView{Chat: "c", Phase: acd.PhaseActive, Owner: "alice", Label: acd.LabelConsulting, Participants: []acd.Participant{
		{Agent: "spy", Name: "Spy", Mode: acd.Monitoring, Joined: true, Since: since.Add(-time.Minute), Read: 9},
		{Agent: "alice", Name: "Alice", Mode: acd.Talk, Joined: true, Slot: true, Since: since, Read: 3},
		{Agent: "bob", Name: "Bob", Mode: acd.Consulting, Joined: true, Slot: true, Since: since, Read: 8},
		{Agent: "sue", Name: "Sue", Mode: acd.Whisper, Joined: true, Since: since, Read: 7},
	}}
}

func TestAChatComesToHisDeskAsWhoeverJoinsMaySeeIt(t *testing.T) {
	for reader, want := range map[acd.AgentID]string{"bob": "customer alice bob sue", "spy": "customer spy alice bob sue"} {
		for _, e := range []acd.Event{acd.Joined{Agent: reader, View: crowd()}, acd.Accepted{Agent: reader, View: crowd()}} {
			n := &actors.Note{From: inChat, View: acd.ToAgent, Event: e, Thread: []acd.Message{{Seq: 1, Text: "x", To: acd.ForAll}}}
			chat := noteFrame(n).(*wire.AssignedEvent).Chat
			var names []string
			for _, p := range chat.Participants {
				names = append(names, p.Participant)
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%s sees %s in %T, want %s", reader, got, e, want)
			}
			if _, known := chat.Read["spy"]; known != (reader == "spy") {
				t.Errorf("%s sees the markers %v", reader, chat.Read)
			}
			if chat.Label != wire.LabelConsulting || chat.StartedAt != wire.At(time.Unix(1_700_000_000, 0)) || len(chat.Messages) != 1 {
				t.Errorf("the chat of %s is %+v", reader, chat)
			}
			last := chat.Participants[len(chat.Participants)-1]
			if last.Kind != wire.KindSupervisor || last.Mode != wire.ModeWhisper || chat.Participants[len(names)-2].Kind != wire.KindAgent {
				t.Errorf("the participants are %+v", chat.Participants)
			}
		}
	}
}

func TestACustomerKnowsOnlyOfWhoTalks(t *testing.T) {
	v := crowd()
	chat := customerChat(&actors.ChatSnapshot{View: v}, 10)
	if len(chat.Agents) != 1 || chat.Agents[0].Name != "Alice" || chat.Read[wire.ParticipantAgent] != 3 {
		t.Errorf("the customer sees %+v", chat)
	}
}

func TestAChatWithoutItsSourceIsInterruptedUntilItEnds(t *testing.T) {
	v := crowd()
	v.Label = acd.LabelInterrupted
	if got := chatRow(&v); got.Phase != wire.PhaseInterrupted || got.Label != wire.LabelInterrupted {
		t.Errorf("the row is %+v", got)
	}
	v.Phase = acd.PhaseEnded
	if got := chatRow(&v); got.Phase != wire.PhaseEnded || got.Label != "" {
		t.Errorf("after its end the row is %+v", got)
	}
}

func TestAnAnswerNamesWhatWasOpened(t *testing.T) {
	a := &actors.Answer{Result: acd.Result{Transfer: "c.5t", Offer: "c.6"}}
	if got := string(wire.AppendEvent(nil, answerFrame("7", a, acd.RoleAgent, new(wire.Ok)))); got != `{"type":"ok","re":"7","transfer":"c.5t","offer":"c.6"}` {
		t.Errorf("got %s", got)
	}
	more := &actors.Answer{Result: acd.Result{ExpiresAt: time.Unix(1_700_000_000, 0)}}
	if got := string(wire.AppendEvent(nil, answerFrame("7", more, acd.RoleAgent, new(wire.Ok)))); got != `{"type":"ok","re":"7","expires_at":"2023-11-14T22:13:20.000Z","extensions_left":0}` {
		t.Errorf("got %s", got)
	}
	taken := &actors.Answer{Refusal: &acd.Refusal{Code: "taken", Text: "t", Reason: "bob"}}
	if got := string(wire.AppendEvent(nil, answerFrame("7", taken, acd.RoleAgent, new(wire.Ok)))); !strings.Contains(got, `"detail":{"by":"bob"}`) {
		t.Errorf("got %s", got)
	}
}

func TestWhoMonitorsFindsHimselfOnHisOwnDeskAlone(t *testing.T) {
	for reader, want := range map[acd.AgentID]bool{"spy": true, "alice": false} {
		s := &actors.Snapshot{Agent: &acd.AgentView{Agent: reader}, Chats: []actors.ChatSnapshot{{View: crowd()}}}
		body := string(wire.AppendEvent(nil, snapshotFrame(acd.Principal{Role: acd.RoleAgent, ID: string(reader)}, 1, s)))
		if got := strings.Contains(body, `"spy"`); got != want {
			t.Errorf("the desk of %s: %s", reader, body)
		}
	}
}
