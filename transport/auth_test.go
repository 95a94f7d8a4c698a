package transport

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-engine/parley/actors/acd"
)

// good are the claims of an agent's valid token.
func good() jwt.MapClaims {
	now := time.Now()
	return jwt.MapClaims{"iss": "parley", "aud": "parley", "sub": "alice", "role": "agent", "name": "Alice",
		"nbf": now.Unix(), "exp": now.Add(time.Hour).Unix()}
}

func with(name string, value any) jwt.MapClaims {
	c := good()
	if value == nil {
		delete(c, name)
	} else {
		c[name] = value
	}
	return c
}

func sign(t *testing.T, method jwt.SigningMethod, key any, kid string, c jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, c)
	if kid != "" {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

type testKeys struct {
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
	ed  ed25519.PrivateKey
}

func newTestKeys(t *testing.T) testKeys {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, d, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return testKeys{r, e, d}
}

func jwks(t *testing.T, keys map[string]crypto.PublicKey) []byte {
	t.Helper()
	var set jose.JSONWebKeySet
	for kid, key := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key, KeyID: kid, Use: "sig"})
	}
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEveryAttemptToSignInWithoutRightIsRefusedByName(t *testing.T) {
	k := newTestKeys(t)
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, jwks(t, map[string]crypto.PublicKey{"r": &k.rsa.PublicKey, "e": &k.ec.PublicKey, "d": k.ed.Public()}), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := NewAuth(t.Context(), AuthOptions{Secret: secret, JWKS: file})
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&k.rsa.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	other := newTestKeys(t)
	hs := func(c jwt.MapClaims) string { return sign(t, jwt.SigningMethodHS256, secret, "", c) }
	now := time.Now()
	for _, tt := range []struct{ name, token, says string }{
		{"good HS256", hs(good()), ""},
		{"good RS256", sign(t, jwt.SigningMethodRS256, k.rsa, "r", good()), ""},
		{"good ES256", sign(t, jwt.SigningMethodES256, k.ec, "e", good()), ""},
		{"good EdDSA", sign(t, jwt.SigningMethodEdDSA, k.ed, "d", good()), ""},
		{"good without a kid", sign(t, jwt.SigningMethodES256, k.ec, "", good()), ""},
		{"just expired, within the leeway", hs(with("exp", now.Add(-20*time.Second).Unix())), ""},
		{"empty", "", "not a JSON web token"},
		{"garbage", "a.b.c", "not a JSON web token"},
		{"alg none", sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "", good()), "algorithm"},
		{"HS256 with the RSA public key as the secret", sign(t, jwt.SigningMethodHS256, publicPEM, "r", good()), "signature"},
		{"HS256 with the key's bytes as the secret", sign(t, jwt.SigningMethodHS256, der, "r", good()), "signature"},
		{"HS512", sign(t, jwt.SigningMethodHS512, secret, "", good()), "algorithm"},
		{"RS512 with a good key", sign(t, jwt.SigningMethodRS512, k.rsa, "r", good()), "algorithm"},
		{"another secret", sign(t, jwt.SigningMethodHS256, []byte(strings.Repeat("x", 40)), "", good()), "signature"},
		{"another RSA key under our kid", sign(t, jwt.SigningMethodRS256, other.rsa, "r", good()), "signature"},
		{"a kid of another kind of key", sign(t, jwt.SigningMethodES256, k.ec, "r", good()), "kid"},
		{"an unknown kid", sign(t, jwt.SigningMethodRS256, k.rsa, "zzz", good()), "kid"},
		{"expired", hs(with("exp", now.Add(-time.Minute).Unix())), "expired"},
		{"not valid yet", hs(with("nbf", now.Add(2*time.Minute).Unix())), "nbf"},
		{"no exp", hs(with("exp", nil)), "missing"},
		{"no nbf", hs(with("nbf", nil)), "missing"},
		{"no iss", hs(with("iss", nil)), "iss"},
		{"no aud", hs(with("aud", nil)), "aud"},
		{"another issuer", hs(with("iss", "elsewhere")), "iss"},
		{"another audience", hs(with("aud", []string{"x", "y"})), "aud"},
		{"no sub", hs(with("sub", nil)), "sub"},
		{"a sub of control characters", hs(with("sub", "ali\x00ce")), "sub"},
		{"a sub that is too long", hs(with("sub", strings.Repeat("a", 129))), "sub"},
		{"no role", hs(with("role", nil)), "role"},
		{"an unknown role", hs(with("role", "root")), "role"},
		{"role is a list", hs(with("role", []string{"admin"})), "not a JSON web token"},
		{"a customer's for an hour", hs(with("role", "customer")), "lives"},
		{"an agent's for a day", hs(with("exp", now.Add(24*time.Hour).Unix())), "lives"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id, err := a.Verify(t.Context(), tt.token)
			if tt.says == "" {
				if want := (acd.Principal{Role: acd.RoleAgent, ID: "alice", Name: "Alice"}); err != nil || id.Principal != want {
					t.Fatalf("got %+v, %v", id, err)
				}
				return
			}
			var auth *AuthError
			if !errors.As(err, &auth) || !strings.Contains(auth.Reason, tt.says) {
				t.Fatalf("got %v, want an AuthError that says %q", err, tt.says)
			}
			for part := range strings.SplitSeq(tt.token, ".") {
				if len(part) > 10 && strings.Contains(err.Error(), part) {
					t.Errorf("the error repeats the token: %v", err)
				}
			}
		})
	}
}

func TestTwoSecretsAreGoodWhileOneIsChanged(t *testing.T) {
	fresh := []byte(strings.Repeat("n", 40))
	a, err := NewAuth(t.Context(), AuthOptions{Secret: fresh, OldSecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range [][]byte{fresh, secret} {
		token, err := MintDev(s, acd.RoleSupervisor, "sue", "Sue", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Verify(t.Context(), token); err != nil {
			t.Error(err)
		}
	}
}

func TestANewKeyIsFetchedAndAnUnknownOneDoesNotHammer(t *testing.T) {
	k, second := newTestKeys(t), newTestKeys(t)
	var served atomic.Pointer[[]byte]
	var fetches atomic.Int32
	put := func(data []byte) { served.Store(&data) }
	put(jwks(t, map[string]crypto.PublicKey{"1": &k.ec.PublicKey}))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetches.Add(1)
		_, _ = w.Write(*served.Load())
	}))
	defer srv.Close()
	a, err := NewAuth(t.Context(), AuthOptions{JWKS: srv.URL, KeyRefresh: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	first := sign(t, jwt.SigningMethodES256, k.ec, "1", good())
	rotated := sign(t, jwt.SigningMethodES256, second.ec, "2", good())
	put(jwks(t, map[string]crypto.PublicKey{"2": &second.ec.PublicKey}))
	for range 50 {
		if _, err := a.Verify(t.Context(), rotated); err == nil {
			t.Fatal("an unknown key was good within the interval")
		}
	}
	if n := fetches.Load(); n != 1 {
		t.Errorf("%d fetches, want 1", n)
	}
	if _, err := a.Verify(t.Context(), first); err != nil {
		t.Errorf("the old key is not good any more: %v", err)
	}
	a.keys.tried = time.Now().Add(-2 * time.Hour)
	if _, err := a.Verify(t.Context(), rotated); err != nil {
		t.Errorf("the new key is not good after the interval: %v", err)
	}
	put([]byte("broken"))
	a.keys.tried = time.Now().Add(-2 * time.Hour)
	if _, err := a.Verify(t.Context(), sign(t, jwt.SigningMethodES256, k.ec, "3", good())); err == nil {
		t.Error("an unknown key was good")
	}
	if _, err := a.Verify(t.Context(), rotated); err != nil {
		t.Errorf("a broken source took the keys away: %v", err)
	}
}

func TestWrongAuthOptionsAreNamedAllAtOnce(t *testing.T) {
	err := AuthOptions{Secret: []byte("short"), JWKS: "http://keys.example/jwks", Algorithms: []string{"none"}, Leeway: -1}.Validate()
	for _, part := range []string{"5 bytes", "only https", `"none"`, "negative"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
	if (AuthOptions{}).Validate() == nil {
		t.Error("nobody could sign in, and that was fine")
	}
	if _, err := NewAuth(t.Context(), AuthOptions{JWKS: filepath.Join(t.TempDir(), "missing")}); err == nil {
		t.Error("a missing JWKS was fine")
	}
	private := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(private, []byte(`{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewAuth(t.Context(), AuthOptions{JWKS: private}); err == nil {
		t.Error("a JWKS of secrets was fine")
	}
}

func TestAScopeIsReadOfASupervisorsTokenAlone(t *testing.T) {
	a, err := NewAuth(t.Context(), AuthOptions{Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	sign := func(role string, scope any) string {
		c := jwt.MapClaims{"iss": DevIssuer, "aud": DevIssuer, "sub": "sue", "role": role, "nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()}
		if scope != nil {
			c["scope"] = scope
		}
		token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(secret)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	two := acd.ScopeOf("sales", "support")
	for _, tt := range []struct {
		role  string
		scope any
		want  acd.Scope
		bad   bool
	}{
		{"supervisor", nil, "", false}, {"supervisor", "support sales", two, false}, {"supervisor", []string{"sales", "support"}, two, false},
		{"supervisor", "", "", true}, {"supervisor", []string{}, "", true}, {"supervisor", []string{"a\nb"}, "", true}, {"supervisor", []string{""}, "", true},
		{"supervisor", 7, "", true}, {"supervisor", map[string]any{"queue": "x"}, "", true},
		{"agent", "openid email", "", false}, {"admin", "support", "", false},
	} {
		id, err := a.Verify(t.Context(), sign(tt.role, tt.scope))
		if (err != nil) != tt.bad || id.Principal.Scope != tt.want {
			t.Errorf("%s with %#v: scope %q, %v", tt.role, tt.scope, id.Principal.Scope, err)
		}
		var auth *AuthError
		if tt.bad && !errors.As(err, &auth) {
			t.Errorf("%s with %#v: %v is not the bearer's fault", tt.role, tt.scope, err)
		}
	}
	token, err := MintDev(secret, acd.RoleSupervisor, "sue", "", time.Hour, "sales", "support")
	if err != nil {
		t.Fatal(err)
	}
	if id, err := a.Verify(t.Context(), token); err != nil || id.Principal.Scope != two {
		t.Errorf("minted: %+v, %v", id, err)
	}
	if _, err := MintDev(secret, acd.RoleAgent, "bob", "", time.Hour, "sales"); err == nil {
		t.Error("an agent's token with a scope is made")
	}
}

// issuer is a sign-in of somebody else's that can be asked for its keys.
type issuer struct {
	*httptest.Server
	keys  atomic.Pointer[[]byte]
	says  atomic.Pointer[string] // instead of its own address
	asked atomic.Int64
}

func newIssuer(t *testing.T, keys []byte) *issuer {
	i := &issuer{}
	i.keys.Store(&keys)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			name := i.URL
			if said := i.says.Load(); said != nil {
				name = *said
			}
			_ = json.NewEncoder(w).Encode(map[string]string{"issuer": name, "jwks_uri": i.URL + "/keys"})
		case "/keys":
			i.asked.Add(1)
			_, _ = w.Write(*i.keys.Load())
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(i.Close)
	return i
}

func TestKeysAreFoundWhereTheIssuerSaysAndChangeWithIt(t *testing.T) {
	old, fresh := newTestKeys(t), newTestKeys(t)
	i := newIssuer(t, jwks(t, map[string]crypto.PublicKey{"old": &old.ec.PublicKey}))
	a, err := NewAuth(t.Context(), AuthOptions{Issuer: i.URL, Discover: true, KeyRefresh: time.Nanosecond, KeyAge: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	oldToken := sign(t, jwt.SigningMethodES256, old.ec, "old", with("iss", i.URL))
	freshToken := sign(t, jwt.SigningMethodES256, fresh.ec, "fresh", with("iss", i.URL))
	if _, err := a.Verify(t.Context(), oldToken); err != nil {
		t.Fatal(err)
	}
	both := jwks(t, map[string]crypto.PublicKey{"old": &old.ec.PublicKey, "fresh": &fresh.ec.PublicKey})
	i.keys.Store(&both)
	for _, token := range []string{oldToken, freshToken} { // two keys at once
		if _, err := a.Verify(t.Context(), token); err != nil {
			t.Errorf("while both are good: %v", err)
		}
	}
	alone := jwks(t, map[string]crypto.PublicKey{"fresh": &fresh.ec.PublicKey})
	i.keys.Store(&alone)
	read := i.asked.Load()
	for i.asked.Load() < read+2 { // the first of them may have begun before the change
		if _, err := a.Verify(t.Context(), freshToken); err != nil {
			t.Fatal(err)
		}
	}
	a.keys.reading.Lock() // which who reads holds until he has kept what he found
	kept := len(*a.keys.keys.Load())
	a.keys.reading.Unlock()
	if kept != 1 {
		t.Errorf("%d keys are kept, want the fresh one", kept)
	}
	if _, err := a.Verify(t.Context(), oldToken); err == nil {
		t.Error("a key that was withdrawn is still good")
	}
}

func TestAnIssuerThatCannotBeTrustedIsNotAsked(t *testing.T) {
	k := newTestKeys(t)
	i := newIssuer(t, jwks(t, map[string]crypto.PublicKey{"k": &k.ec.PublicKey}))
	elsewhere := "https://elsewhere.example.com"
	i.says.Store(&elsewhere)
	for name, tt := range map[string]struct {
		o    AuthOptions
		says string
	}{
		"another issuer's answer": {AuthOptions{Issuer: i.URL, Discover: true}, "elsewhere"},
		"in the clear":            {AuthOptions{Issuer: "http://login.example.com", Discover: true}, "only https"},
		"no address":              {AuthOptions{Issuer: "parley", Discover: true}, "https address"},
		"beside a key set":        {AuthOptions{Issuer: i.URL, Discover: true, JWKS: "keys.json"}, "one of the two"},
	} {
		if _, err := NewAuth(t.Context(), tt.o); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", name, err, tt.says)
		}
	}
}

func TestATokenForAnyOfTheAudiencesIsGood(t *testing.T) {
	a, err := NewAuth(t.Context(), AuthOptions{Secret: secret, Audience: "new", Audiences: []string{"parley"}})
	if err != nil {
		t.Fatal(err)
	}
	for aud, want := range map[string]bool{"new": true, "parley": true, "other": false} {
		if _, err := a.Verify(t.Context(), sign(t, jwt.SigningMethodHS256, secret, "", with("aud", aud))); (err == nil) != want {
			t.Errorf("%s: %v", aud, err)
		}
	}
}
