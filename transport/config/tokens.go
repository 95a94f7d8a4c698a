package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/parley-engine/parley/transport"
)

// secretBytes is the least length of a shared secret: that of HS256's hash.
const secretBytes = 32

// resolve checks the section and reads the secrets that it names; dir is where
// relative paths start, the folder of the configuration.
func (t *tokens) resolve(c *checker, dir string) transport.AuthOptions {
	out := transport.AuthOptions{
		Issuer: t.Issuer, Audience: t.Audience,
		Leeway:              or(t.Leeway, 0),
		MaxCustomerLifetime: or(t.MaxCustomerLifetime, 0),
		MaxDeskLifetime:     or(t.MaxDeskLifetime, 0),
	}
	if reflect.ValueOf(*t).IsZero() {
		return out
	}
	out.Audiences, out.Discover = t.Audiences, t.Discover
	t.check(c)
	out.Secret = t.secret(c, dir)
	if t.OldSecretFile != "" {
		out.OldSecret = c.secretFile("tokens.old_secret_file", within(dir, t.OldSecretFile))
	}
	if t.JWKSFile != "" {
		out.JWKS = within(dir, t.JWKSFile)
		if _, err := readable(out.JWKS); err != nil {
			c.say("tokens.jwks_file", "%v, expected a readable key set", err)
		}
	}
	if t.JWKSURL != "" {
		out.JWKS = t.JWKSURL
		c.keyAddress("tokens.jwks_url", t.JWKSURL)
	}
	return out
}

func (t *tokens) check(c *checker) {
	if t.Secret == "" && t.SecretFile == "" && t.JWKSFile == "" && t.JWKSURL == "" && !t.Discover {
		c.say("tokens", "no keys, expected secret_file, secret, jwks_file, jwks_url or discover")
	}
	if t.Discover {
		t.checkDiscovery(c)
	}
	for i, a := range t.Audiences {
		if a == "" {
			c.say(item("tokens.audiences", i), "empty, expected the aud of your tokens")
		}
	}
	if t.Issuer == "" {
		c.say("tokens.issuer", "missing, expected the iss of your tokens")
	}
	if t.Audience == "" {
		c.say("tokens.audience", "missing, expected the aud of your tokens")
	}
	if t.JWKSFile != "" && t.JWKSURL != "" {
		c.say("tokens.jwks_url", "stands beside jwks_file, expected one of them")
	}
	if t.Secret != "" && t.SecretFile != "" {
		c.say("tokens.secret_file", "stands beside secret, expected one of them")
	}
	if t.OldSecretFile != "" && t.Secret == "" && t.SecretFile == "" {
		c.say("tokens.old_secret_file", "has no new one beside it, expected secret_file or secret too")
	}
	c.duration("tokens.leeway", t.Leeway, instant, 5*time.Minute)
	c.duration("tokens.max_customer_lifetime", t.MaxCustomerLifetime, time.Minute, day)
	c.duration("tokens.max_desk_lifetime", t.MaxDeskLifetime, time.Minute, 7*day)
}

// checkDiscovery holds the issuer to be one that can be asked for its keys.
func (t *tokens) checkDiscovery(c *checker) {
	if t.JWKSFile != "" || t.JWKSURL != "" {
		c.say("tokens.discover", "stands beside jwks_file or jwks_url, expected one of them")
	}
	if t.Issuer != "" {
		c.keyAddress("tokens.issuer", t.Issuer)
	}
}

// resolve checks the section and returns the files; nil if there is none.
func (s *certificate) resolve(c *checker, at, dir string) *transport.CertificateFiles {
	if *s == (certificate{}) {
		return nil
	}
	out := &transport.CertificateFiles{}
	for _, f := range []struct {
		name, file string
		into       *string
		needed     bool
	}{
		{"cert_file", s.CertFile, &out.Cert, true}, {"key_file", s.KeyFile, &out.Key, true}, {"client_ca_file", s.ClientCAFile, &out.ClientCA, false},
	} {
		if f.file == "" {
			if f.needed {
				c.say(at+"."+f.name, "missing, expected a PEM file")
			}
			continue
		}
		*f.into = within(dir, f.file)
		if _, err := readable(*f.into); err != nil {
			c.say(at+"."+f.name, "%v, expected a PEM file", err)
		}
	}
	return out
}

func (t *tokens) secret(c *checker, dir string) []byte {
	switch {
	case t.SecretFile != "":
		return c.secretFile("tokens.secret_file", within(dir, t.SecretFile))
	case t.Secret != "":
		return c.secret("tokens.secret", []byte(t.Secret))
	}
	return nil
}

func (c *checker) secretFile(path, file string) []byte {
	text, err := readable(file)
	if err != nil {
		c.say(path, "%v, expected a file with the secret alone", err)
		return nil
	}
	return c.secret(path, bytes.TrimSpace(text))
}

func (c *checker) secret(path string, secret []byte) []byte {
	if len(secret) < secretBytes {
		c.say(path, "%d bytes are too short, expected at least %d", len(secret), secretBytes)
	}
	return secret
}

func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// readable reads a small file; its error does not repeat the path's folders.
func readable(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, fmt.Errorf("cannot read %s: %w", filepath.Base(path), err)
	}
	return text, nil
}
