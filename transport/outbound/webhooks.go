package outbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// ErrTooMany refuses a webhook when there are as many as there may be.
var ErrTooMany = errors.New("there are as many webhooks as there may be")

// load brings back the webhooks that there are.
func (o *Outbound) load() error {
	var all []actors.Kept
	if err := o.shelf.Each("hook/", "", func(k actors.Kept) error { all = append(all, k); return nil }); err != nil {
		return err
	}
	for _, k := range all {
		w, err := o.opened(k.Value)
		if err != nil {
			return fmt.Errorf("%s: %w", k.Key, err)
		}
		at, found, err := o.savedCursor("webhook/" + w.ID)
		if err != nil {
			return err
		}
		if !found { // made, and the node went down
			if at, err = o.now(); err != nil {
				return err
			}
		}
		h := &hook{out: o, id: w.ID, is: w}
		o.hooks[w.ID] = h
		h.begin(at)
	}
	return nil
}

// now is the end of the order.
func (o *Outbound) now() (Cursor, error) {
	_, newest, err := o.engine.Tap().Ends()
	return behind(newest), err
}

func (o *Outbound) hook(id string) (*hook, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if h := o.hooks[id]; h != nil {
		return h, nil
	}
	return nil, acd.ErrNotFound
}

// Webhooks lists them, by their ids.
func (o *Outbound) Webhooks() []Webhook {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]Webhook, 0, len(o.hooks))
	for _, h := range o.hooks {
		list = append(list, h.spec())
	}
	slices.SortFunc(list, func(a, b Webhook) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Webhook returns one, and how it is doing.
func (o *Outbound) Webhook(id string) (Webhook, State, error) {
	h, err := o.hook(id)
	if err != nil {
		return Webhook{}, State{}, err
	}
	return h.spec(), h.state(), nil
}

// CreateWebhook makes one. From is where it begins: start, now (or nothing), or
// the id of an event. The secret is shown this once.
func (o *Outbound) CreateWebhook(spec WebhookSpec, from, by string) (w Webhook, secret string, err error) {
	o.changing.Lock()
	defer o.changing.Unlock()
	if err := o.options.check(&spec); err != nil {
		return w, "", err
	}
	if len(o.Webhooks()) >= o.options.Webhooks {
		return w, "", ErrTooMany
	}
	at, err := o.from(from)
	if err != nil {
		return w, "", err
	}
	k := newKey()
	w = Webhook{ID: uuid.NewString(), WebhookSpec: spec, CreatedAt: o.options.now().UTC().Truncate(time.Millisecond), CreatedBy: by, Keys: []key{k}}
	body, err := json.Marshal(place{at.String(), w.CreatedAt})
	if err != nil {
		return w, "", err
	}
	things, err := hookRows(&w, nil)
	if err != nil {
		return w, "", err
	}
	h := &hook{out: o, id: w.ID, is: w}
	if err := o.shelf.Put(append(things, kept("cursor/"+h.name(), body))...); err != nil {
		return w, "", err
	}
	o.mu.Lock()
	o.hooks[w.ID] = h
	o.mu.Unlock()
	h.begin(at)
	return w, k.Secret, nil
}

// from reads where to begin.
func (o *Outbound) from(text string) (Cursor, error) {
	end, err := o.now()
	if err != nil {
		return end, err
	}
	switch text {
	case "", "now":
		return end, nil
	case "start":
		return Cursor{}, nil
	}
	at, err := ParseCursor(text)
	switch {
	case err != nil:
		return at, &RequestError{"body.from", err.Error() + ", start or now"}
	case at.Position > end.Position:
		return at, &RequestError{"body.from", fmt.Sprintf("%s is behind the last event of this journal, %s", at, end)}
	}
	return at, nil
}

// UpdateWebhook changes one; it goes on from where it is.
func (o *Outbound) UpdateWebhook(id string, spec WebhookSpec) (Webhook, error) {
	if err := o.options.check(&spec); err != nil {
		return Webhook{}, err
	}
	return o.change(id, func(w *Webhook) error { w.WebhookSpec, w.Gone = spec, false; return nil })
}

// change changes a webhook between two of its lives.
func (o *Outbound) change(id string, do func(*Webhook) error) (Webhook, error) {
	o.changing.Lock()
	defer o.changing.Unlock()
	h, err := o.hook(id)
	if err != nil {
		return Webhook{}, err
	}
	w := h.spec()
	before := w.Keys
	if err := do(&w); err != nil {
		return w, err
	}
	at := h.end()
	defer func() { h.begin(at) }()
	if err := o.keep(&w, before); err != nil {
		return w, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.is = w
	return w, nil
}

// RotateKey gives a webhook a new secret, which is shown this once. The old one
// signs too for a while, so that its receiver can change over.
func (o *Outbound) RotateKey(id string, keep time.Duration) (w Webhook, secret string, err error) {
	k := newKey()
	w, err = o.change(id, func(w *Webhook) error {
		now := o.options.now()
		keys := []key{k}
		for _, old := range w.Keys {
			if old.Until.IsZero() && keep > 0 {
				old.Until = now.Add(keep)
				keys = append(keys, old)
			}
		}
		w.Keys = keys
		return nil
	})
	return w, k.Secret, err
}

// DeleteWebhook ends one and forgets its dead letters.
func (o *Outbound) DeleteWebhook(id string) error {
	o.changing.Lock()
	defer o.changing.Unlock()
	h, err := o.hook(id)
	if err != nil {
		return err
	}
	things := append([]actors.Kept{kept("hook/"+id, nil)}, forgotten(id, h.spec().Keys, nil)...)
	err = o.shelf.Each(deadKey(id, ""), "", func(k actors.Kept) error {
		things = append(things, kept(k.Key, nil))
		return nil
	})
	if err == nil {
		err = o.shelf.Put(things...)
	}
	if err != nil {
		return err
	}
	o.mu.Lock()
	delete(o.hooks, id)
	o.mu.Unlock()
	h.end() // it may save its cursor once more
	return o.shelf.Put(kept("cursor/"+h.name(), nil))
}

// Replay moves a webhook back, or forth: what comes behind from goes out, again
// if it has before, with the ids that it had.
func (o *Outbound) Replay(id, from string) (Cursor, error) {
	o.changing.Lock()
	defer o.changing.Unlock()
	h, err := o.hook(id)
	if err != nil {
		return Cursor{}, err
	}
	at, err := o.from(from)
	if err != nil {
		return at, err
	}
	body, err := json.Marshal(place{at.String(), o.options.now()})
	if err != nil {
		return at, err
	}
	h.end()
	err = o.shelf.Put(kept("cursor/"+h.name(), body))
	h.begin(at)
	return at, err
}

// Ping sends a test event and says what came of it.
func (o *Outbound) Ping(ctx context.Context, id string) (Attempt, error) {
	h, err := o.hook(id)
	if err != nil {
		return Attempt{}, err
	}
	return h.ping(ctx)
}

// Attempts are the last ones of this process, the newest first.
func (o *Outbound) Attempts(id string) ([]Attempt, error) {
	h, err := o.hook(id)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	list := slices.Clone(h.log)
	slices.Reverse(list)
	return list, nil
}
