package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"gocloud.dev/secrets"
	"gocloud.dev/secrets/awskms"         // awskms:///ID?region=…
	"gocloud.dev/secrets/hashivault"     // hashivault://KEY, at VAULT_ADDR with VAULT_TOKEN
	_ "gocloud.dev/secrets/localsecrets" // base64key://

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/persistence"
)

type masterCommand struct {
	SealedBy string `placeholder:"ADDRESS" help:"Print it sealed by a keeper, for --master-key-by with the same address."`
}

// Run prints a key that nobody has seen before.
func (c *masterCommand) Run(ctx context.Context, m Main) error {
	text := []byte(actors.NewMasterKey(rand.Reader))
	if c.SealedBy != "" {
		var err error
		text, err = askKeeper(ctx, "--sealed-by", c.SealedBy, func(k *secrets.Keeper) ([]byte, error) { return k.Encrypt(ctx, text) })
		if err != nil {
			return usage(err)
		}
	}
	_, err := m.Out.Write(text)
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
		text, err = askKeeper(ctx, "--master-key-by", keeper, func(k *secrets.Keeper) ([]byte, error) { return k.Decrypt(ctx, text) })
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

// askKeeper asks the keeper of an address, which a flag has named, for something.
// Addresses that hold a key are not told, nor is what goes wrong with them.
func askKeeper(ctx context.Context, flag, address string, ask func(*secrets.Keeper) ([]byte, error)) (text []byte, err error) {
	defer func() { // the drivers take it for granted that a service answers as it should
		if recover() != nil {
			text, err = nil, fmt.Errorf("the keeper of %s answers with something else than a key", flag)
		}
	}()
	bare := strings.HasPrefix(address, "base64key:")
	keeper, err := secrets.OpenKeeper(ctx, address)
	switch scheme, _, _ := strings.Cut(address, ":"); {
	case err != nil && slices.Contains(keepers, scheme) && !bare:
		return nil, fmt.Errorf("the keeper of %s: %w", flag, err)
	case err != nil:
		return nil, fmt.Errorf("%s is no address of a keeper that is known, expected such as base64key://KEY, hashivault://KEY or awskms:///ID?region=REGION", flag)
	}
	defer func() { _ = keeper.Close() }()
	text, err = ask(keeper)
	switch {
	case err != nil && bare:
		return nil, fmt.Errorf("the keeper of %s does not open it", flag)
	case err != nil:
		return nil, fmt.Errorf("the keeper of %s does not do it: %s", flag, strings.Join(strings.Fields(err.Error()), " "))
	}
	return text, nil
}

// keepers are the services that an address may name.
var keepers = []string{awskms.Scheme, hashivault.Scheme}

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
