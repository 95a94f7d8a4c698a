package main

import (
	"crypto/rand"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/config"
)

//go:embed dev.yaml
var devConfig []byte

// devSettings is what --dev serves without a file.
func devSettings() *config.Settings {
	settings, err := config.Parse("dev.yaml", devConfig)
	if err != nil {
		panic(fmt.Sprintf("the built-in configuration: %v", err))
	}
	return settings
}

// devSecretFile holds the secret of development tokens, in the data folder.
const devSecretFile = "dev-secret"

// devSecret reads the secret of a data folder.
func devSecret(dir string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(dir, devSecretFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no %s: start parley serve --dev on it first", dir, devSecretFile)
	}
	if err != nil {
		return nil, fmt.Errorf("development secret: %w", err)
	}
	secret, err := hex.DecodeString(string(trimLine(text)))
	if err != nil || len(secret) != 32 {
		return nil, fmt.Errorf("development secret: %s is damaged: delete it to get another", filepath.Join(dir, devSecretFile))
	}
	return secret, nil
}

// ensureDevSecret is devSecret that makes the secret when there is none. The
// caller holds the folder, so nobody else makes one meanwhile.
func ensureDevSecret(dir string) ([]byte, error) {
	path := filepath.Join(dir, devSecretFile)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return devSecret(dir)
	}
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	whole := path + ".tmp"
	if err := os.WriteFile(whole, []byte(hex.EncodeToString(secret)+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("development secret: %w", err)
	}
	if err := os.Rename(whole, path); err != nil {
		return nil, fmt.Errorf("development secret: %w", err)
	}
	return secret, nil
}

func trimLine(text []byte) []byte {
	if n := len(text); n > 0 && text[n-1] == '\n' {
		return text[:n-1]
	}
	return text
}

// lifetime is the longest that a token of a role may live.
func lifetime(role acd.Role) time.Duration {
	if role == acd.RoleCustomer {
		return 15 * time.Minute
	}
	return 8 * time.Hour
}

// greet prints what a newcomer needs to connect: where, and as whom.
func greet(w io.Writer, address string, secret []byte, c *acd.Config) error {
	fmt.Fprintf(w, "\nWARNING: development mode. Whoever reads %s in the data folder is anybody; never put real customers on this.\n\n"+
		"  websocket  ws://%s/v1/ws  (subprotocol parley.v1, token in the first frame)\n\n", devSecretFile, address)
	for _, path := range transport.PagePaths() {
		fmt.Fprintf(w, "  %-9s  http://%s%s\n", strings.TrimPrefix(path, "/"), address, path)
	}
	fmt.Fprintln(w)
	for _, p := range devPeople(c) {
		token, err := transport.MintDev(secret, p.Role, p.ID, p.Name, lifetime(p.Role))
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s %s %s\n", p.Role, p.ID, token)
	}
	_, err := fmt.Fprintf(w, "\nThe customer's token lives %s, the others %s. Another: parley token --dev --role customer --subject dana\n\n",
		minutes(lifetime(acd.RoleCustomer)), hours(lifetime(acd.RoleAgent)))
	return err
}

// devPeople is who there is on a development server.
func devPeople(c *acd.Config) []acd.Principal {
	people := []acd.Principal{{Role: acd.RoleCustomer, ID: "dana", Name: "Dana"}}
	for _, id := range slices.Sorted(maps.Keys(c.Agents)) {
		people = append(people, acd.Principal{Role: acd.RoleAgent, ID: string(id), Name: c.Agents[id].Name})
	}
	return append(people, acd.Principal{Role: acd.RoleSupervisor, ID: "sue", Name: "Sue"})
}

// devSignIn lets the pages of a development server choose who they are.
func (n *node) devSignIn() *transport.Dev {
	return &transport.Dev{
		People: func() []acd.Principal { return devPeople(n.engine.Config()) },
		Mint: func(p acd.Principal) (string, error) {
			return transport.MintDev(n.secret, p.Role, p.ID, p.Name, lifetime(p.Role))
		},
	}
}

func minutes(d time.Duration) string { return count(int(d/time.Minute), "minute") }
func hours(d time.Duration) string   { return count(int(d/time.Hour), "hour") }
