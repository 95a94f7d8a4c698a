package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/parley-engine/parley/bench"
	"github.com/parley-engine/parley/transport/config"
)

// printConfig writes what a server is told that a run starts, with this command
// line's profile, agents and rate.
func (c *benchCommand) printConfig(m Main) error {
	p, err := c.profile()
	if err != nil {
		return usage(err)
	}
	_, err = m.Out.Write(bench.Config(p))
	return err
}

// meet fills in who can be met at the address, and what their tokens are signed
// with.
func (c *benchCommand) meet(o *bench.Options) error {
	o.Agents, o.Sources = c.As, c.Sources
	if c.Config != "" {
		return c.configured(o)
	}
	if len(o.Agents) == 0 {
		o.Agents = []string{"alice", "bob", "carol"}
	}
	if len(o.Sources) == 0 {
		o.Sources = []string{"web"}
	}
	var err error
	o.Key, err = c.key()
	return err
}

// configured takes them from the configuration that the server at the address
// was started with; agents and sources that were named go first.
func (c *benchCommand) configured(o *bench.Options) error {
	if c.TokenKey != "" || c.Data != "" {
		return errors.New("--config says what signs tokens, expected neither --token-key nor --data beside it")
	}
	settings, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	if len(settings.Auth.Secret) == 0 {
		return fmt.Errorf("configuration %s: no tokens.secret, expected one, for nobody else's key can sign", c.Config)
	}
	o.Key = bench.Key{Secret: settings.Auth.Secret, Issuer: cmp.Or(settings.Auth.Issuer, "parley"), Audience: cmp.Or(settings.Auth.Audience, "parley")}
	if len(o.Agents) == 0 {
		for _, id := range slices.Sorted(maps.Keys(settings.Engine.Agents)) {
			o.Agents = append(o.Agents, string(id))
		}
	}
	if len(o.Sources) == 0 {
		for _, id := range slices.Sorted(maps.Keys(settings.Engine.Sources)) {
			o.Sources = append(o.Sources, string(id))
		}
	}
	return nil
}

// key is what a server without --config believes.
func (c *benchCommand) key() (bench.Key, error) {
	k := bench.Key{Issuer: c.Issuer, Audience: c.Audience}
	switch {
	case c.TokenKey != "":
		text, err := os.ReadFile(c.TokenKey)
		if err != nil {
			return k, fmt.Errorf("--token-key: %w", err)
		}
		k.Secret = trimLine(text)
		return k, nil
	case c.Data != "":
		secret, err := devSecret(c.Data)
		k.Secret = secret
		return k, err
	}
	return k, errors.New("--address needs --config FILE, --token-key FILE, or --data DIR of a parley serve --dev")
}
