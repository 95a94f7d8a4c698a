package outbound

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-engine/parley/actors"
)

// keep writes a webhook down, and takes away the secrets of keys that it had
// before and has no more.
func (o *Outbound) keep(w *Webhook, before []key) error {
	things, err := hookRows(w, before)
	if err != nil {
		return err
	}
	return o.shelf.Put(things...)
}

// hookRows are what a webhook is kept as: itself without its secrets, and those.
func hookRows(w *Webhook, before []key) ([]actors.Kept, error) {
	bare := *w
	bare.Keys = slices.Clone(w.Keys)
	var things []actors.Kept
	for i := range bare.Keys {
		k := &bare.Keys[i]
		secret, err := secretOf(k.Secret)
		if err != nil {
			return nil, err
		}
		things = append(things, actors.Kept{Key: secretName(w.ID, k.Name), Value: secret, Secret: true})
		k.Secret = ""
	}
	body, err := json.Marshal(bare)
	return append(append(things, kept("hook/"+w.ID, body)), forgotten(w.ID, before, w.Keys)...), err
}

func secretName(hook, key string) string { return hook + "/" + key }

// secretOf reads what secretText has made.
func secretOf(text string) ([]byte, error) {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, secretPrefix))
	if err != nil || len(secret) != actors.SecretSize {
		return nil, errors.New("a key of a webhook is damaged")
	}
	return secret, nil
}

// forgotten takes away the secrets of keys that are not among those that stay.
func forgotten(hook string, keys, stay []key) (things []actors.Kept) {
	for _, k := range keys {
		if !slices.ContainsFunc(stay, func(s key) bool { return s.Name == k.Name }) {
			things = append(things, actors.Kept{Key: secretName(hook, k.Name), Secret: true})
		}
	}
	return things
}

// opened reads a webhook with its secrets. One whose secrets stand in it, as they
// did once, is written anew.
func (o *Outbound) opened(body []byte) (w Webhook, err error) {
	if err := json.Unmarshal(body, &w); err != nil {
		return w, err
	}
	old := false
	for i := range w.Keys {
		k := &w.Keys[i]
		if k.Name == "" {
			k.Name, old = newKeyName(), true
			continue
		}
		secret, err := o.shelf.Secret(secretName(w.ID, k.Name))
		if err != nil {
			return w, err
		}
		if len(secret) != actors.SecretSize {
			return w, fmt.Errorf("the secret of key %s is not there", k.Name)
		}
		k.Secret = secretText(secret)
	}
	if old {
		err = o.keep(&w, nil)
	}
	return w, err
}
