package transport

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-engine/parley/actors/acd"
)

// FuzzToken lets anything be shown as a token: it is good with our signature
// alone, and what is said about a bad one repeats none of it.
func FuzzToken(f *testing.F) {
	valid, err := MintDev(secret, acd.RoleAgent, "alice", "Alice", time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	claims := good()
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		f.Fatal(err)
	}
	head, _, _ := strings.Cut(valid, ".")
	for _, seed := range []string{valid, none, valid[:len(valid)-3], head + "..", "..", "", valid + "." + valid, strings.ToUpper(valid), "eyJhbGciOiJIUzI1NiIsImtpZCI6ImEifQ.e30.AAAA"} {
		f.Add(seed)
	}
	auth, err := NewAuth(f.Context(), AuthOptions{Secret: secret})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token string) {
		id, err := auth.Verify(t.Context(), token)
		if err == nil {
			if token != valid {
				t.Fatalf("%q is believed: %+v", token, id)
			}
			return
		}
		var said *AuthError
		if !errors.As(err, &said) {
			t.Fatalf("%q is no fault of its bearer: %v", token, err)
		}
		for _, part := range strings.Split(token, ".") {
			if len(part) > 16 && strings.Contains(said.Reason, part) {
				t.Fatalf("the token is repeated: %s", said.Reason)
			}
		}
	})
}

// FuzzCustomerToken lets anything be asked of the signing of customers: what
// comes out is a customer's, for no longer than allowed.
func FuzzCustomerToken(f *testing.F) {
	for _, seed := range []string{`{"subject":"ann"}`, `{"subject":"ann","name":"Ann","ttl_seconds":60}`, `{"subject":"","ttl_seconds":-1}`, `{}`, `[]`, `null`,
		`{"subject":"a","subject":"b"}`, `{"subject":"ann","role":"admin"}`, `{"subject":"\u0000"}`, `{"ttl_seconds":1e99,"subject":"a"}`, strings.Repeat("[", 5000)} {
		f.Add([]byte(seed))
	}
	auth, err := NewAuth(f.Context(), AuthOptions{Secret: secret})
	if err != nil {
		f.Fatal(err)
	}
	s := &Server{options: Options{Signing: AuthOptions{Secret: secret}}}
	f.Fuzz(func(t *testing.T, body []byte) {
		now := time.Now()
		minted, err := s.signCustomer(bytes.NewReader(body), now)
		if err != nil {
			p := new(problem)
			if !errors.As(err, &p) || p.Status != http.StatusUnprocessableEntity {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		id, err := auth.Verify(t.Context(), minted.Token)
		if err != nil || id.Principal.Role != acd.RoleCustomer || id.Principal.ID == "" || id.Expires.Sub(now) > 15*time.Minute {
			t.Fatalf("%q: %+v %v", body, id, err)
		}
	})
}
