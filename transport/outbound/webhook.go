package outbound

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/parley-engine/parley/actors"
)

// WebhookSpec is what an operator says of a webhook.
type WebhookSpec struct {
	// URL takes the events, by POST.
	URL  string `json:"url"`
	Note string `json:"note,omitempty"`
	Filter
	// Words says that what people have said and are known by goes there too.
	Words bool `json:"words,omitempty"`
	// Paused sends nothing; what happens meanwhile is sent later.
	Paused bool `json:"paused,omitempty"`
}

// Webhook is one receiver. Its keys are never shown.
type Webhook struct {
	ID string `json:"id"`
	WebhookSpec
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by,omitempty"`
	// Gone says that the receiver wants no event any more; a change of the
	// webhook begins again.
	Gone bool  `json:"gone,omitempty"`
	Keys []key `json:"keys"`
}

// key is a secret to sign with. The one without an end is the present one. The
// secret itself is kept by its name, among what a master key wraps; before that
// was so, it stood here.
type key struct {
	Secret string    `json:"secret,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	Name   string    `json:"name,omitempty"`
}

// A key is as long as every secret of a shelf; the convention asks for 24 to 64
// bytes.
func newKey() key {
	b := make([]byte, actors.SecretSize)
	_, _ = rand.Read(b) // it never fails
	return key{Secret: secretText(b), Name: newKeyName()}
}

func newKeyName() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

const secretPrefix = "whsec_"

// secretText is a secret as receivers know it.
func secretText(b []byte) string { return secretPrefix + base64.StdEncoding.EncodeToString(b) }

// secrets are the keys to sign with now, the newest first.
func (w *Webhook) secrets(now time.Time) (list []string) {
	for _, k := range w.Keys {
		if k.Until.IsZero() || now.Before(k.Until) {
			list = append(list, k.Secret)
		}
	}
	return list
}

// OldKeyUntil is until when the last key but one is good, zero if it is not.
func (w *Webhook) OldKeyUntil(now time.Time) time.Time {
	for _, k := range w.Keys {
		if now.Before(k.Until) {
			return k.Until
		}
	}
	return time.Time{}
}

const noteMost = 200

// check says what is wrong with a spec: the field and the reason.
func (o *Options) check(s *WebhookSpec) error {
	if field, err := s.Filter.Check(); err != nil {
		return &RequestError{"body." + field, err.Error()}
	}
	if n := utf8.RuneCountInString(s.Note); n > noteMost {
		return &RequestError{"body.note", fmt.Sprintf("%d characters are too many, expected at most %d", n, noteMost)}
	}
	u, err := url.Parse(s.URL)
	switch {
	case err != nil, u.Host == "", u.Scheme != "https" && u.Scheme != "http", u.Opaque != "":
		return &RequestError{"body.url", fmt.Sprintf("%.200q is no address, expected one like https://hooks.example.com/parley", s.URL)}
	case u.User != nil, u.Fragment != "":
		return &RequestError{"body.url", "has a user or a fragment, expected neither"}
	case u.Scheme == "http" && len(o.Networks) == 0:
		return &RequestError{"body.url", "is not encrypted, expected https://"}
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !o.reachable(a, u.Scheme == "https") {
		return &RequestError{"body.url", a.String() + " " + ErrPrivate.Error()}
	}
	return nil // where a name leads is seen at each connection
}
