package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// Settings is what a file without problems says.
type Settings struct {
	Listen      string                // empty is the program's default
	AdminListen string                // empty is the program's default
	Engine      *acd.Config           // with its defaults written in
	Document    *Document             // what Engine was made of
	Auth        transport.AuthOptions // without any key if the file has none
	Edge        transport.Options     // origins, pages and limits alone
	Events      Events
	Traces      Traces
	// TLS and AdminTLS are of the two listeners; nil is none.
	TLS, AdminTLS *transport.CertificateFiles
	// ACME orders certificates for the public listener in the place of TLS; nil is
	// nowhere.
	ACME *ACME
	// AnswerWithin is how long commands may take on average on a node that refuses
	// new chats because it is full; 0 is what the disk needs.
	AnswerWithin time.Duration
}

// HasKeys reports whether there is a key to check a token with.
func (s *Settings) HasKeys() bool {
	return len(s.Auth.Secret) > 0 || s.Auth.JWKS != "" || s.Auth.Discover
}

// maxFile bounds what is read into memory as a configuration.
const maxFile = 4 << 20

// Load reads the file at path. An error is either *Problems, all that is wrong
// with the file, or says why the file cannot be read.
func Load(path string) (*Settings, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxFile {
		return nil, fmt.Errorf("configuration %s: %d bytes are too many, expected at most %d", path, info.Size(), maxFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		var at *os.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, fmt.Errorf("configuration %s: %w", path, err)
	}
	return Parse(path, text)
}

// Parse is Load for a text that is in memory already; name is its file's, from
// whose folder relative paths start.
func Parse(name string, text []byte) (*Settings, error) {
	var f file
	d := decode(text, &f)
	if len(d.problems) > 0 && len(d.at) == 0 {
		return nil, &Problems{File: name, List: d.problems}
	}
	c := &checker{at: d.at}
	f.check(c)
	auth := f.Tokens.resolve(c, filepath.Dir(name))
	shown, adminShown := f.TLS.files().resolve(c, "tls", filepath.Dir(name)), f.AdminTLS.resolve(c, "admin_tls", filepath.Dir(name))
	ordered := f.TLS.ordered(c, filepath.Dir(name))
	if problems := append(d.problems, news(c.problems, d.problems)...); len(problems) > 0 {
		return nil, &Problems{File: name, List: sorted(problems)}
	}
	edge := f.Limits.edge()
	edge.Origins = f.Origins
	if f.Pages.Serve {
		edge.Pages = &transport.Pages{EmbedOn: f.Pages.EmbedOn}
	}
	return &Settings{Listen: f.Listen, AdminListen: f.AdminListen, Engine: f.engine(), Document: &Document{f.live()}, Auth: auth, Edge: edge, Events: f.Events.resolve(filepath.Dir(name)), Traces: f.Traces.resolve(), TLS: shown, AdminTLS: adminShown, ACME: ordered,
		AnswerWithin: or(f.Limits.AnswerWithin, 0)}, nil
}

// news are the problems of paths that have none yet: what could not be read is
// not also missing.
func news(more, have []Problem) []Problem {
	seen := map[string]bool{}
	for _, p := range have {
		seen[p.Path] = true
	}
	var fresh []Problem
	for _, p := range more {
		if !seen[p.Path] {
			fresh = append(fresh, p)
		}
	}
	return fresh
}
