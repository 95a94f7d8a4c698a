package outbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// DeadLetter is an event that a receiver did not take. The event itself stays
// in the journal: what is erased there is not kept here.
type DeadLetter struct {
	Event    string    `json:"event"` // its id
	Kind     string    `json:"kind"`
	Subject  string    `json:"subject,omitempty"`
	At       time.Time `json:"at"`
	Attempts int       `json:"attempts"`
	Error    string    `json:"error"`
	Died     time.Time `json:"died_at"`
}

// deadMost bounds the dead letters of a webhook; the oldest go.
const deadMost = 10_000

func kept(key string, value []byte) actors.Kept { return actors.Kept{Key: key, Value: value} }

func deadKey(hook, event string) string { return "dead/" + hook + "/" + event }

// bury keeps a dead letter.
func (h *hook) bury(e *Event, attempts int, cause error) error {
	o := h.out
	body, err := json.Marshal(DeadLetter{Event: e.ID(), Kind: e.Kind, Subject: e.Subject, At: e.At, Attempts: attempts, Error: cause.Error(), Died: o.options.now()})
	if err != nil {
		return fmt.Errorf("dead letter: %w", err)
	}
	things := []actors.Kept{kept(deadKey(h.id, e.ID()), body)}
	letters, err := o.DeadLetters(h.id, "", deadMost+1)
	if err != nil {
		return err
	}
	if n := len(letters) + 1 - deadMost; n > 0 {
		for _, l := range letters[:n] {
			things = append(things, kept(deadKey(h.id, l.Event), nil))
		}
	}
	if err := o.shelf.Put(things...); err != nil {
		return err
	}
	o.dead.Inc()
	o.options.Log.Warn("webhook gives an event up", "webhook", h.id, "event", e.ID(), "attempts", attempts, "err", cause)
	return nil
}

var errEnough = errors.New("enough")

// DeadLetters lists up to limit of them, oldest event first, after one.
func (o *Outbound) DeadLetters(hook, after string, limit int) (list []DeadLetter, err error) {
	prefix := deadKey(hook, "")
	from := ""
	if after != "" {
		from = deadKey(hook, after)
	}
	err = o.shelf.Each(prefix, from, func(k actors.Kept) error {
		if len(list) == limit {
			return errEnough
		}
		var l DeadLetter
		if err := json.Unmarshal(k.Value, &l); err != nil {
			return fmt.Errorf("dead letter %s: %w", strings.TrimPrefix(k.Key, prefix), err)
		}
		list = append(list, l)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return list, nil
}

// Redeliver tries to deliver a dead letter once more, now. When it is taken it
// is none any more.
func (o *Outbound) Redeliver(ctx context.Context, id, event string) (Attempt, error) {
	h, body, err := o.letter(id, event)
	if err != nil {
		return Attempt{}, err
	}
	var l DeadLetter
	if err := json.Unmarshal(body, &l); err != nil {
		return Attempt{}, fmt.Errorf("dead letter %s: %w", event, err)
	}
	at, err := ParseCursor(l.Event)
	if err != nil {
		return Attempt{}, err
	}
	e, err := o.event(at, h.spec().Words)
	if err != nil {
		return Attempt{}, err
	}
	a := h.attempt(ctx, e, l.Attempts+1)
	if a.Error == "" {
		return a, o.shelf.Put(kept(deadKey(id, event), nil))
	}
	l.Attempts, l.Error = a.Try, a.Error
	if body, err = json.Marshal(l); err != nil {
		return a, fmt.Errorf("dead letter: %w", err)
	}
	return a, o.shelf.Put(kept(deadKey(id, event), body))
}

// Discard lets a dead letter go.
func (o *Outbound) Discard(id, event string) error {
	if _, _, err := o.letter(id, event); err != nil {
		return err
	}
	return o.shelf.Put(kept(deadKey(id, event), nil))
}

func (o *Outbound) letter(id, event string) (*hook, []byte, error) {
	h, err := o.hook(id)
	if err != nil {
		return nil, nil, err
	}
	body, err := o.shelf.Get(deadKey(id, event))
	if err == nil && body == nil {
		err = acd.ErrNotFound
	}
	return h, body, err
}
