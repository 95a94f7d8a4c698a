package actors

import (
	"log/slog"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/parley-engine/parley/actors/acd"
)

// supervisor starts an actor that panics again, from the journal. One that
// fails more often than restarts within the window is poisoned: it goes into
// quarantine, where every message gets a refusal, a forced end works, and no
// other chat notices.
type supervisor struct{ engine *Engine }

const (
	restarts      = 3
	restartWindow = time.Minute
)

// HandleFailure implements actor.SupervisorStrategy.
func (v *supervisor) HandleFailure(_ *actor.ActorSystem, by actor.Supervisor, child *actor.PID, rs *actor.RestartStatistics, reason, _ any) {
	a, e := addressOf(child), v.engine
	e.counters.restarts.Inc()
	rs.Fail()
	if rs.NumberOfFailures(restartWindow) <= restarts {
		e.log.Error("actor failed, starting again", "actor", a.String(), "err", reason)
		by.RestartChildren(child)
		return
	}
	e.log.Error("actor quarantined", "actor", a.String(), "err", reason)
	e.counters.quarantined.Inc()
	e.alerts.quarantined(a)
	for _, msg := range e.directory.quarantine(a, "it failed again and again") {
		e.refuse(a, msg)
	}
	by.RestartChildren(child) // the next life only refuses: nobody in the mailbox waits for ever
}

// addressOf takes the life off an actor's name.
func addressOf(pid *actor.PID) acd.Address {
	name, _, _ := strings.Cut(pid.Id, "#")
	kind, id, _ := strings.Cut(name, "/")
	for _, k := range []acd.Kind{acd.KindChat, acd.KindAgent, acd.KindQueue} {
		if k.String() == kind {
			return acd.Address{Kind: k, ID: id}
		}
	}
	return acd.Address{}
}

func newSystem() *actor.ActorSystem {
	return actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
		return slog.New(slog.DiscardHandler) // failures are logged once, by the supervisor
	}))
}

// props describes the actor of an address. Each instance is a life of its own.
func (e *Engine) props(a acd.Address) *actor.Props {
	return actor.PropsFromProducer(
		func() actor.Actor {
			if e.directory.quarantinedNow(a) {
				return &tombstone{engine: e, addr: a}
			}
			s := &shell{engine: e, addr: a, life: e.lives.Add(1)}
			s.machine, s.kind = e.newMachine(a)
			return s
		},
		actor.WithDispatcher(e.workers),
		actor.WithGuardian(e.supervisor),
	)
}

// tombstone answers for an actor in quarantine.
type tombstone struct {
	engine *Engine
	addr   acd.Address
}

// Receive implements actor.Actor.
func (t *tombstone) Receive(ctx actor.Context) { t.engine.refuse(t.addr, ctx.Message()) }

// refuse answers for an actor that cannot.
func (e *Engine) refuse(to acd.Address, msg any) {
	env, ok := msg.(*envelope)
	if !ok {
		return
	}
	if force, ok := env.cmd.(acd.ForceEnd); ok && to.Kind == acd.KindChat && env.by.Oversees() {
		e.bury(acd.ChatID(to.ID), env, force)
		return
	}
	if env.ask != nil {
		env.ask.answer(nil, acd.ErrQuarantined)
	}
}

// bury ends a chat whose state cannot be read: its index rows go, whoever had
// it is told, and its journal stays for export.
func (e *Engine) bury(chat acd.ChatID, env *envelope, force acd.ForceEnd) {
	customer, rows, sends, err := e.remains(chat)
	if err != nil {
		e.log.Error("cannot end a quarantined chat", "chat", string(chat), "err", err)
		env.answer(nil, acd.ErrQuarantined)
		return
	}
	for _, s := range sends {
		e.tell(s.To, &envelope{cmd: s.Cmd})
	}
	rows = append(rows, Row{endedKey(e.now(), chat), mustEncode(Segment{Chat: chat, Customer: customer, EndedAt: e.now(), Reason: acd.EndForced})})
	entry := Entry{Epoch: e.epoch, Stream: chat.Address().String(), Rows: rows, Done: func(err error) {
		if err == nil {
			e.streams.get(customer.Stream()).drop(chat)
			e.alerts.over(acd.AlertQuarantined, chat.Address())
			env.answer(acd.Result{}, nil)
		}
	}}
	e.log.Warn("quarantined chat ended by force", "chat", string(chat), "by", env.by.ID, "reason", force.Reason)
	e.order.Lock()
	e.journal.Append(entry)
	e.order.Unlock()
}

// answer answers who asked, if anybody did.
func (env *envelope) answer(result any, err error) {
	if env.ask != nil {
		env.ask.answer(result, err)
	}
}

// remains finds what the index says of a chat, and whom to tell that it is over.
func (e *Engine) remains(chat acd.ChatID) (customer acd.CustomerID, rows []Row, sends []acd.Send, err error) {
	live, err := e.journal.Get(liveKey(chat))
	if err != nil || live == nil {
		return "", nil, nil, err
	}
	row, err := decodeRow[liveRow](live)
	if err != nil {
		return "", nil, nil, err
	}
	rows = []Row{{liveKey(chat), nil}, {customerKey(row.Customer, chat), nil}}
	err = e.scan(rowSlot, "", func(k, v []byte) error {
		slot, err := decodeRow[acd.SlotRow](v)
		if err != nil || slot.Chat != chat {
			return err
		}
		rows = append(rows, Row{slotKey(slot.Agent, chat), nil})
		over := acd.Command(acd.Released{Chat: chat, Spec: acd.WrapupPolicy{Mode: acd.WrapupNone}, Reason: string(acd.EndForced)})
		if slot.State == acd.SlotAlerting {
			over = acd.OfferOver{Offer: slot.Offer, Chat: chat, Reason: acd.OfferEndedChat}
		}
		sends = append(sends, acd.Send{To: slot.Agent.Address(), Cmd: over})
		return nil
	})
	if err != nil {
		return "", nil, nil, err
	}
	err = e.scan(rowWaiting, "", func(_, v []byte) error {
		w, err := decodeRow[acd.Enqueue](v)
		if err != nil || w.Chat != chat {
			return err
		}
		rows = append(rows, Row{waitingKey(w.Leg.Queue, chat), nil})
		sends = append(sends, acd.Send{To: w.Leg.Queue.Address(), Cmd: acd.Withdraw{Chat: chat, ID: w.Leg.ID, Reason: acd.GaveUp}})
		return nil
	})
	return row.Customer, rows, sends, err
}
