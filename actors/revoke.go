package actors

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Revocation ends the good of a token, or of all of a principal's that are no
// newer than it.
type Revocation struct {
	Token     string     `cbor:"1,keyasint,omitempty"` // its jti
	Principal acd.Stream `cbor:"2,keyasint,omitempty"` // without Token: all of his
	At        time.Time  `cbor:"3,keyasint"`
	// Until is when the last token that it could meet has expired by itself.
	Until  time.Time     `cbor:"4,keyasint"`
	By     acd.Principal `cbor:"5,keyasint"`
	Reason string        `cbor:"6,keyasint,omitempty"`
}

func (r *Revocation) key() []byte {
	if r.Token != "" {
		return rowKey(rowRevoked, "t", r.Token)
	}
	return rowKey(rowRevoked, "p", string(r.Principal))
}

// revoked is what has been revoked, in memory: every sign-in asks.
type revoked struct {
	engine *Engine
	mu     sync.RWMutex
	by     map[string]Revocation
}

func newRevoked(e *Engine) *revoked { return &revoked{engine: e, by: map[string]Revocation{}} }

// boot reads the list back and lets go of what has served its time.
func (r *revoked) boot() error {
	var over []Row
	now := r.engine.now()
	err := r.engine.journal.Scan([]byte{rowRevoked}, []byte{rowRevoked + 1}, func(k, v []byte) error {
		one, err := decodeRow[Revocation](v)
		if err != nil {
			return err
		}
		if one.Until.Before(now) {
			over = append(over, Row{slices.Clone(k), nil})
			return nil
		}
		r.by[string(k)] = one
		return nil
	})
	if err == nil && len(over) > 0 {
		r.engine.appendRows(over)
	}
	return err
}

// Revoke puts a revocation on the list. It holds, and is on disk, when this
// returns; whoever keeps sessions has to look at them after it.
func (e *Engine) Revoke(r Revocation) (Revocation, error) {
	if (r.Token == "") == (r.Principal == "") {
		return r, errors.New("revoke: expected a token or a principal")
	}
	r.At = e.now()
	if err := e.put(Entry{Rows: []Row{{r.key(), mustEncode(r)}}}); err != nil {
		return r, fmt.Errorf("revoke: %w", err)
	}
	e.revoked.mu.Lock()
	defer e.revoked.mu.Unlock()
	e.revoked.by[string(r.key())] = r
	return r, nil
}

// Revoked reports whether a token is no good any more: itself, or as one of its
// principal's that was issued no later than their revocation.
func (e *Engine) Revoked(token string, who acd.Stream, issued time.Time) bool {
	e.revoked.mu.RLock()
	defer e.revoked.mu.RUnlock()
	if len(e.revoked.by) == 0 {
		return false
	}
	if token != "" {
		if _, is := e.revoked.by[string((&Revocation{Token: token}).key())]; is {
			return true
		}
	}
	all, is := e.revoked.by[string((&Revocation{Principal: who}).key())]
	return is && !issued.After(all.At)
}

// Revocations lists what is revoked, the newest first.
func (e *Engine) Revocations() []Revocation {
	e.revoked.mu.RLock()
	defer e.revoked.mu.RUnlock()
	list := make([]Revocation, 0, len(e.revoked.by))
	for _, r := range e.revoked.by {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Revocation) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(string(a.key()), string(b.key()))
	})
	return list
}

// MintedToken is what is kept of a token that this node has signed: what it
// says, never the token.
type MintedToken struct {
	ID        string        `cbor:"1,keyasint"`
	Principal acd.Principal `cbor:"2,keyasint"`
	Issued    time.Time     `cbor:"3,keyasint"`
	Expires   time.Time     `cbor:"4,keyasint"`
	By        acd.Principal `cbor:"5,keyasint"`
	Note      string        `cbor:"6,keyasint,omitempty"`
	Rights    []string      `cbor:"7,keyasint,omitempty"` // of a service
}

// KeepToken keeps what a token says that is about to be handed out.
func (e *Engine) KeepToken(t MintedToken) error {
	if err := e.put(Entry{Rows: []Row{{rowKey(rowMinted, t.ID, ""), mustEncode(t)}}}); err != nil {
		return fmt.Errorf("keep a token: %w", err)
	}
	return nil
}

// MintedTokens returns up to limit tokens that have not expired, by their ids,
// after one of them; those that have are let go.
func (e *Engine) MintedTokens(after string, limit int) (page []MintedToken, err error) {
	from, to := []byte{rowMinted}, []byte{rowMinted + 1}
	if after != "" {
		from = append(rowKey(rowMinted, after, ""), 0)
	}
	var over []Row
	now := e.now()
	err = e.journal.Scan(from, to, func(k, v []byte) error {
		t, err := decodeRow[MintedToken](v)
		if err != nil {
			return err
		}
		if t.Expires.Before(now) {
			over = append(over, Row{slices.Clone(k), nil})
			return nil
		}
		if page = append(page, t); len(page) == limit {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("minted tokens: %w", err)
	}
	if len(over) > 0 {
		e.appendRows(over)
	}
	return page, nil
}

// MintedToken returns one of them, nil if it is not known.
func (e *Engine) MintedToken(id string) (*MintedToken, error) {
	b, err := e.journal.Get(rowKey(rowMinted, id, ""))
	if err != nil || b == nil {
		return nil, err
	}
	t, err := decodeRow[MintedToken](b)
	return &t, err
}
