package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"gocloud.dev/secrets"
	_ "gocloud.dev/secrets/localsecrets" // base64key://

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/persistence"
)

type masterCommand struct{}

// Run prints a key that nobody has seen before.
func (masterCommand) Run(m Main) error {
	_, err := io.WriteString(m.Out, actors.NewMasterKey(rand.Reader))
	return err
}

// masterKeys reads the master keys of a place, which a keeper opens if there is
// one. No error repeats any of them.
func masterKeys(ctx context.Context, place, keeper string) (*actors.MasterKeys, error) {
	if place == "" {
		return nil, nil
	}
	text, err := masterText(place)
	if err == nil && keeper != "" {
		text, err = openedBy(ctx, keeper, text)
	}
	if err != nil {
		return nil, fmt.Errorf("--master-key: %w", err)
	}
	keys, err := actors.ParseMasterKeys(text)
	if err != nil {
		return nil, fmt.Errorf("--master-key: %w", err)
	}
	return keys, nil
}

func masterText(place string) ([]byte, error) {
	if name, ok := strings.CutPrefix(place, "env:"); ok {
		text := os.Getenv(name)
		if text == "" {
			return nil, fmt.Errorf("the environment has no %s", name)
		}
		return []byte(text), nil
	}
	text, err := os.ReadFile(place)
	var at *fs.PathError
	if errors.As(err, &at) {
		err = fmt.Errorf("cannot read the file: %w", at.Err)
	}
	return text, err
}

// openedBy lets a keeper open what it has sealed. Its address may hold a key and
// is not told.
func openedBy(ctx context.Context, address string, sealed []byte) ([]byte, error) {
	keeper, err := secrets.OpenKeeper(ctx, address)
	if err != nil {
		return nil, errors.New("--master-key-by is no address of a keeper that is known, expected such as base64key://KEY")
	}
	defer func() { _ = keeper.Close() }()
	text, err := keeper.Decrypt(ctx, sealed)
	if err != nil {
		return nil, errors.New("the keeper of --master-key-by does not open it")
	}
	return text, nil
}

// keyed opens folders with the master keys over them, and refuses one that
// cannot be read with them.
func (m Main) keyed(open func(string, persistence.Options) (journal, error)) func(string, persistence.Options) (journal, error) {
	return func(dir string, o persistence.Options) (journal, error) {
		j, err := open(dir, o)
		if err != nil {
			return nil, err
		}
		if err := actors.CheckMasterKeys(j, m.keys); err != nil {
			return nil, errors.Join(fmt.Errorf("data folder %s: %w", dir, err), j.Close())
		}
		if m.keys == nil {
			return j, nil
		}
		return &keyedJournal{j, m.keys, m.keys.Over(j)}, nil
	}
}

// keyedJournal is a store whose keys are wrapped.
type keyedJournal struct {
	journal
	keys *actors.MasterKeys
	over actors.Journal
}

// Append implements actors.Journal.
func (k *keyedJournal) Append(e actors.Entry) { k.over.Append(e) }

// Get implements actors.Journal.
func (k *keyedJournal) Get(key []byte) ([]byte, error) { return k.over.Get(key) }

// Scan implements actors.Journal.
func (k *keyedJournal) Scan(from, to []byte, fn func(key, value []byte) error) error {
	return k.over.Scan(from, to, fn)
}

// rewrap brings all keys under the first master key, before the engine writes.
func (n *node) rewrap(epoch uint64) error {
	k, ok := n.journal.(*keyedJournal)
	if !ok {
		return nil
	}
	wrapped, err := k.keys.Rewrap(k.journal, epoch)
	if wrapped > 0 {
		n.log.Info("keys of texts wrapped under the present master key: those before it are not needed any more", "keys", wrapped)
	}
	return err
}
