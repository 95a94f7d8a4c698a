package acd

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// Who sits at the desk of these tests, and who looks over its shoulder.
var (
	ann      = Principal{Role: RoleAgent, ID: "ann", Name: "Ann"}
	bea      = Principal{Role: RoleAgent, ID: "bea", Name: "Bea"}
	chief    = Principal{Role: RoleSupervisor, ID: "chief", Name: "Chief"}
	stranger = Principal{Role: RoleCustomer, ID: "ann"}
)

var deskDay = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// Wrap-up policies of the tests.
var (
	deskCodes = []WrapupCode{{Code: "solved"}, {Code: "spam"}}
	mandatory = WrapupPolicy{Mode: WrapupMandatory, Blocking: "slot", Codes: deskCodes, Notes: true}
	blocking  = WrapupPolicy{Mode: WrapupMandatory, Blocking: "agent", Codes: deskCodes}
	optional  = WrapupPolicy{Mode: WrapupOptional, Blocking: "agent", Codes: deskCodes}
	timed     = WrapupPolicy{Mode: WrapupTimed, Blocking: "slot", Codes: deskCodes, Notes: true,
		Limit: time.Minute, Extensions: 1, Extend: 30 * time.Second}
)

func deskConfig(change ...func(*Config)) *Config {
	c := &Config{
		Version: 1,
		Agents: map[AgentID]*AgentProfile{
			"ann": {ID: "ann", Name: "Ann", Queues: []QueueID{"support", "sales"}, Skills: []string{"de"},
				Capacity: 3, Channels: map[Channel]int{"facebook": 1}},
		},
		Channels: map[Channel]*ChannelPolicy{"livechat": {}, "facebook": {}},
		Reasons:  []PresenceReason{{Code: "lunch"}, {Code: "training"}},
	}
	c.Desk.ChooseWithin = -1 // there are no queues that could say that they have looked
	c.Normalize()
	for _, f := range change {
		f(c)
	}
	return c
}

// desk is one agent under test. Every step of it is held against what holds
// for every step: a refusal changes nothing, invariants hold, the fold of the
// events is the state, and the same step on the same state is the same.
type desk struct {
	deskTB
	a      *Agent
	folded *Agent
	config *Config
	now    time.Time
	out    Outcome
	chats  int
}

// deskTB is what a desk needs of a test, whether of one story or of many.
type deskTB interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// newDesk returns the desk of ann, who has one session and is available.
func newDesk(t deskTB, change ...func(*Config)) *desk {
	d := coldDesk(t, change...)
	d.do(nobodyHere, Restore{})
	d.do(ann, SessionOpened{Session: "s1", Alerting: true})
	d.do(ann, SetPresence{State: Available})
	return d
}

var nobodyHere Principal

// coldDesk returns a desk that has not been restored.
func coldDesk(t deskTB, change ...func(*Config)) *desk {
	return &desk{deskTB: t, a: NewAgent("ann"), folded: NewAgent("ann"), config: deskConfig(change...), now: deskDay}
}

func (d *desk) do(by Principal, cmd Command) Outcome {
	d.Helper()
	before := deskBytes(d, d.a.Export())
	d.out = d.a.Step(Turn{Now: d.now, By: by, Config: d.config, Entropy: 1}, cmd)
	if err := d.a.Check(); err != nil {
		d.Fatalf("after %T: %v", cmd, err)
	}
	if d.out.Err != nil && (len(d.out.Events)+len(d.out.News) > 0 || d.out.Result != nil || before != deskBytes(d, d.a.Export())) {
		d.Fatalf("refused %T, and yet: %+v", cmd, d.out)
	}
	for _, e := range d.out.Events {
		d.folded.Apply(d.now, e)
	}
	if got, want := deskBytes(d, d.folded.Export()), deskBytes(d, d.a.Export()); got != want {
		d.Fatalf("after %T the fold differs from the state:\n%+v\n%+v", cmd, d.folded.Export(), d.a.Export())
	}
	for _, n := range d.out.News {
		if !reflect.DeepEqual(n.Event, d.out.Events[n.Index]) {
			d.Fatalf("news %+v is not of event %d", n, n.Index)
		}
	}
	return d.out
}

func deskBytes(t deskTB, v any) string {
	b, err := cbor.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// wait lets time pass, with a Tick at each deadline on the way, as the shell
// would.
func (d *desk) wait(by time.Duration) {
	d.Helper()
	end := d.now.Add(by)
	for n := 0; ; n++ {
		due := d.a.Deadline()
		if due.IsZero() || due.After(end) {
			d.now = end
			return
		}
		if n > 100 {
			d.Fatalf("the deadline %s stays after %d ticks", due, n)
		}
		if due.After(d.now) {
			d.now = due
		}
		d.do(nobodyHere, Tick{})
	}
}

// expect does cmd and compares what came of it, adverts aside.
func (d *desk) expect(by Principal, cmd Command, want string) {
	d.Helper()
	if got := deskLine(d.do(by, cmd)); got != want {
		d.Fatalf("%T\n got  %s\n want %s", cmd, got, want)
	}
}

// reserve asks for a slot for a new chat of one unit and returns its offer.
func (d *desk) reserve() OfferID { return d.reserveOn("livechat", 1) }

func (d *desk) reserveOn(ch Channel, weight int) OfferID {
	d.chats++
	chat := fmt.Sprintf("c%d", d.chats)
	offer := OfferID(chat + ".1")
	d.do(nobodyHere, Reserve{Offer: offer, Chat: ChatID(chat), From: "support", Channel: ch, Weight: weight, Kind: OfferRoute})
	return offer
}

// ring brings a new chat as far as ringing.
func (d *desk) ring() OfferID {
	d.Helper()
	offer := d.reserve()
	if w := deskLine(d.out); !strings.Contains(w, "Reserved") {
		d.Fatalf("not reserved: %s", w)
	}
	d.do(nobodyHere, OfferStart{Slot: deskRow(offer, SlotAlerting, d.now)})
	return offer
}

// serve brings a new chat as far as connected.
func (d *desk) serve() ChatID {
	d.Helper()
	offer := d.ring()
	row := deskRow(offer, SlotConnected, d.now)
	row.Offer = ""
	d.do(nobodyHere, Assigned{Slot: row})
	return row.Chat
}

// owe brings a new chat as far as its debt.
func (d *desk) owe(spec WrapupPolicy) ChatID {
	d.Helper()
	chat := d.serve()
	d.do(nobodyHere, Released{Chat: chat, Spec: spec})
	return chat
}

func (d *desk) view() AgentView { return d.do(ann, ViewAgent{}).Result.(AgentView) }

func (d *desk) presence() string {
	p := d.a.state.Presence
	return strings.TrimSpace(string(p.State) + " " + p.Reason)
}

// ad returns the last advert that the desk sent to a queue in its last step.
func (d *desk) ad(q QueueID) AgentAdvert {
	d.Helper()
	for i := len(d.out.Sends) - 1; i >= 0; i-- {
		if ad, ok := d.out.Sends[i].Cmd.(Advert); ok && d.out.Sends[i].To == q.Address() {
			return ad.Advert
		}
	}
	d.Fatalf("no advert to %s", q)
	return AgentAdvert{}
}

func deskRow(offer OfferID, state SlotState, since time.Time) SlotRow {
	chat, _ := offer.Chat()
	return SlotRow{Chat: chat, Agent: "ann", State: state, Offer: offer, Kind: OfferRoute, Channel: "livechat", Weight: 1, Since: since}
}

// deskLine puts an outcome into one line: events, sends but adverts, answer.
func deskLine(o Outcome) string {
	var w []string
	for _, e := range o.Events {
		switch e := e.(type) {
		case PresenceSet:
			w = append(w, fmt.Sprintf("presence %s %s by %s", e.State, e.Reason, e.By))
		case NextPresenceSet:
			w = append(w, fmt.Sprintf("next %s %s", e.State, e.Reason))
		case Struck:
			w = append(w, fmt.Sprintf("struck %s %s", e.Offer, e.Reason))
		case RingUnheard: // told in agent_late_test.go
		case Focused:
			w = append(w, fmt.Sprintf("focus %s holds %v", e.Chat, e.Held))
		case WindowSet:
			w = append(w, fmt.Sprintf("window %s %t", e.Chat, e.On))
		case ChannelSet:
			w = append(w, fmt.Sprintf("channel %s %t", e.Channel, e.Open))
		case WrapupStarted:
			w = append(w, fmt.Sprintf("owes %s %s", e.Debt.Chat, e.Debt.Spec.Mode))
		case WrapupSaved:
			w = append(w, fmt.Sprintf("draft %s %s %s", e.Chat, e.Code, e.Notes))
		case WrapupExtended:
			w = append(w, fmt.Sprintf("extended %s left %d", e.Chat, e.Left))
		case WrapupDone:
			w = append(w, fmt.Sprintf("done %s %s by %s", e.Chat, e.Code, e.By))
		case WrapupAmended:
			w = append(w, fmt.Sprintf("amended %s %s", e.Chat, e.Code))
		case SlotFreed:
			w = append(w, fmt.Sprintf("freed %s", e.Chat))
		default:
			w = append(w, fmt.Sprintf("%T", e))
		}
	}
	for _, s := range o.Sends {
		switch c := s.Cmd.(type) {
		case Advert:
			continue
		case Reserved:
			w = append(w, fmt.Sprintf("→ %s Reserved %s", s.To, c.Offer))
		case ReserveDenied:
			w = append(w, fmt.Sprintf("→ %s denied %s", s.To, c.Reason))
		case OfferAborted:
			w = append(w, fmt.Sprintf("→ %s aborted %s", s.To, c.Why))
		case AgentLost:
			w = append(w, fmt.Sprintf("→ %s lost", s.To))
		case AskSlot:
			w = append(w, fmt.Sprintf("→ %s asks of %s", s.To, c.Slot.Offer))
		case WrapupFiled:
			w = append(w, fmt.Sprintf("→ %s filed %s by %s", s.To, c.Code, c.By))
		default:
			w = append(w, fmt.Sprintf("→ %s %T", s.To, c))
		}
	}
	if f := o.Forward; f != nil {
		w = append(w, fmt.Sprintf("⇒ %s %+v", f.To, f.Cmd))
	}
	if r, ok := o.Result.(Result); ok && r.Already != "" {
		w = append(w, r.Already)
	}
	if r, ok := o.Err.(*Refusal); ok {
		w = append(w, strings.TrimSpace("refused "+r.Code+" "+r.Reason))
	}
	return strings.Join(strings.Fields(strings.Join(w, " | ")), " ")
}
