package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

const (
	maxKeySetBytes  = 1 << 20
	keyFetchTimeout = 5 * time.Second
)

// keySet is the public keys of a JWKS. It is read again when a token names a
// key that it does not have, at most once in every interval: rotation needs no
// restart, and unknown names cannot make it hammer the source. What was read
// last stays good until something else has been read.
type keySet struct {
	source   string
	interval time.Duration
	client   *http.Client

	keys atomic.Pointer[[]jose.JSONWebKey]

	reading sync.Mutex // one reads, the others wait for what he finds
	tried   time.Time
}

func newKeySet(source string, interval time.Duration) *keySet {
	return &keySet{source: source, interval: interval, client: &http.Client{Timeout: keyFetchTimeout}}
}

// checkKeySource refuses addresses over which anybody could slip in a key.
func checkKeySource(source string) error {
	if !strings.Contains(source, "://") {
		return nil
	}
	u, err := url.Parse(source)
	if err != nil {
		return fmt.Errorf("JWKS address: %w", err)
	}
	if u.Scheme == "https" {
		return nil
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("JWKS address %s: only https, or http on this machine", u.Redacted())
}

// find returns the keys that may have signed: the one named kid or, without a
// name, all that fit the algorithm.
func (k *keySet) find(ctx context.Context, kid, alg string) []jwt.VerificationKey {
	if found := k.pick(kid, alg); len(found) > 0 {
		return found
	}
	k.reading.Lock()
	defer k.reading.Unlock()
	if found := k.pick(kid, alg); len(found) > 0 {
		return found
	}
	if time.Since(k.tried) < k.interval {
		return nil
	}
	if err := k.loadLocked(ctx); err != nil {
		return nil
	}
	return k.pick(kid, alg)
}

func (k *keySet) pick(kid, alg string) []jwt.VerificationKey {
	keys := k.keys.Load()
	if keys == nil {
		return nil
	}
	var found []jwt.VerificationKey
	for i := range *keys {
		key := &(*keys)[i]
		if kid != "" && key.KeyID != kid || key.Algorithm != "" && key.Algorithm != alg || !fits(key.Key, alg) {
			continue
		}
		found = append(found, key.Key)
	}
	return found
}

// load reads the set, and keeps the old one if it cannot.
func (k *keySet) load(ctx context.Context) error {
	k.reading.Lock()
	defer k.reading.Unlock()
	return k.loadLocked(ctx)
}

func (k *keySet) loadLocked(ctx context.Context) error {
	k.tried = time.Now()
	data, err := k.read(ctx)
	if err != nil {
		return err
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(data, &set); err != nil {
		return fmt.Errorf("JWKS %s: %w", k.source, err)
	}
	var usable []jose.JSONWebKey
	for _, key := range set.Keys {
		if key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			usable = append(usable, key)
		}
	}
	if len(usable) == 0 {
		return fmt.Errorf("JWKS %s: no public key for signatures", k.source)
	}
	k.keys.Store(&usable)
	return nil
}

func (k *keySet) read(ctx context.Context) ([]byte, error) {
	if !strings.Contains(k.source, "://") {
		data, err := os.ReadFile(k.source)
		if err != nil {
			return nil, fmt.Errorf("JWKS: %w", err)
		}
		return data, nil
	}
	ctx, cancel := context.WithTimeout(ctx, keyFetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.source, nil)
	if err != nil {
		return nil, fmt.Errorf("JWKS: %w", err)
	}
	resp, err := k.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("JWKS: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("JWKS %s: %s", k.source, resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxKeySetBytes+1))
	if err != nil {
		return nil, fmt.Errorf("JWKS %s: %w", k.source, err)
	}
	if len(data) > maxKeySetBytes {
		return nil, errors.New("JWKS: larger than a mebibyte")
	}
	return data, nil
}
