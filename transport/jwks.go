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
	source   string // empty: where the issuer says
	issuer   string
	interval time.Duration
	age      time.Duration // after which it is read again in any case
	client   *http.Client
	read     atomic.Int64 // when it was, Unix nanoseconds

	keys atomic.Pointer[[]jose.JSONWebKey]

	reading sync.Mutex // one reads, the others wait for what he finds
	tried   time.Time
}

func newKeySet(o AuthOptions) *keySet {
	return &keySet{source: o.JWKS, issuer: o.Issuer, interval: o.KeyRefresh, age: o.KeyAge, client: &http.Client{Timeout: keyFetchTimeout}}
}

// checkIssuer refuses to ask an issuer where its keys are who could not be asked
// in safety.
func checkIssuer(o AuthOptions) error {
	switch {
	case o.JWKS != "":
		return errors.New("both Discover and JWKS are set: expected one of the two")
	case !strings.Contains(o.Issuer, "://"):
		return fmt.Errorf("issuer %q: expected an https address to discover its keys", o.Issuer)
	}
	return checkKeySource(o.Issuer)
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
		k.renew()
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

// renew reads the set again once it has become old, beside who needs it now.
func (k *keySet) renew() {
	if time.Since(time.Unix(0, k.read.Load())) < k.age || !k.reading.TryLock() {
		return
	}
	go func() {
		defer k.reading.Unlock()
		if time.Since(k.tried) >= k.interval {
			_ = k.loadLocked(context.Background()) // the old ones stay, and the next one tries again
		}
	}()
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
	source, err := k.locate(ctx)
	if err != nil {
		return err
	}
	data, err := k.fetch(ctx, source)
	if err != nil {
		return err
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(data, &set); err != nil {
		return fmt.Errorf("JWKS %s: %w", source, err)
	}
	var usable []jose.JSONWebKey
	for _, key := range set.Keys {
		if key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			usable = append(usable, key)
		}
	}
	if len(usable) == 0 {
		return fmt.Errorf("JWKS %s: no public key for signatures", source)
	}
	k.keys.Store(&usable)
	k.read.Store(time.Now().UnixNano())
	return nil
}

// locate is where the set is: where the options or the issuer say.
func (k *keySet) locate(ctx context.Context) (string, error) {
	if k.source != "" {
		return k.source, nil
	}
	data, err := k.fetch(ctx, strings.TrimSuffix(k.issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return "", err
	}
	var said struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(data, &said); err != nil {
		return "", fmt.Errorf("discovery at %s: %w", k.issuer, err)
	}
	if said.Issuer != k.issuer {
		return "", fmt.Errorf("discovery at %s: it says that it is %q", k.issuer, said.Issuer)
	}
	if !strings.Contains(said.JWKS, "://") {
		return "", fmt.Errorf("discovery at %s: no jwks_uri", k.issuer)
	}
	return said.JWKS, checkKeySource(said.JWKS)
}

func (k *keySet) fetch(ctx context.Context, source string) ([]byte, error) {
	if !strings.Contains(source, "://") {
		data, err := os.ReadFile(source)
		if err != nil {
			return nil, fmt.Errorf("JWKS: %w", err)
		}
		return data, nil
	}
	ctx, cancel := context.WithTimeout(ctx, keyFetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, source, nil)
	if err != nil {
		return nil, fmt.Errorf("JWKS: %w", err)
	}
	resp, err := k.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("JWKS: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("JWKS %s: %s", source, resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxKeySetBytes+1))
	if err != nil {
		return nil, fmt.Errorf("JWKS %s: %w", source, err)
	}
	if len(data) > maxKeySetBytes {
		return nil, errors.New("JWKS: larger than a mebibyte")
	}
	return data, nil
}
