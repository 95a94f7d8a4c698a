package transport

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

func serviceToken(t *testing.T, rights ...Right) string {
	t.Helper()
	now := time.Now()
	token, err := Mint(AuthOptions{Secret: secret}, Identity{Principal: acd.Principal{Role: acd.RoleService, ID: "shop"}, Rights: rights,
		Issued: now, Expires: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// askCustomerToken asks as a site's backend does.
func (e *edge) askCustomerToken(token, body string) (int, string) {
	e.t.Helper()
	r, err := http.NewRequestWithContext(e.t.Context(), http.MethodPost, e.url+"/v1/tokens/customer", strings.NewReader(body))
	if err != nil {
		e.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := e.client.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func signing(o *Options) { o.Signing = AuthOptions{Secret: secret} }

func TestASitesBackendSignsItsCustomersIn(t *testing.T) {
	e := onLoopback(t, signing)
	status, text := e.askCustomerToken(serviceToken(t, RightCustomerTokens), `{"subject":"ann","name":"Ann","ttl_seconds":60}`)
	var minted mintedCustomerToken
	if err := json.Unmarshal([]byte(text), &minted); status != http.StatusCreated || err != nil || minted.ID == "" {
		t.Fatalf("%d %s", status, text)
	}
	p := e.dial()
	p.say(`{"type":"hello","id":"h","token":"` + minted.Token + `"}`)
	p.expect(`"role":"customer"`, `"principal":"ann"`, `"name":"Ann"`)
	id, err := e.server.Verify(t.Context(), minted.Token)
	if err != nil || id.TokenID != minted.ID || !id.Expires.Equal(minted.Expires) || time.Until(id.Expires) > time.Minute {
		t.Errorf("%+v %v", id, err)
	}
}

func TestOnlyAServiceWithTheRightSignsCustomersIn(t *testing.T) {
	e := onLoopback(t, signing)
	right := serviceToken(t, RightCustomerTokens)
	for _, tt := range []struct {
		name, token, body string
		status            int
		says              string
	}{
		{"nobody", "", `{"subject":"ann"}`, 401, "not a JSON web token"},
		{"an administrator", e.token(acd.RoleAdmin, "root", time.Hour), `{"subject":"ann"}`, 403, "customer_tokens"},
		{"a customer", e.token(acd.RoleCustomer, "ann", time.Minute), `{"subject":"ann"}`, 403, "customer_tokens"},
		{"a service with other rights", serviceToken(t, RightErase, RightHistory), `{"subject":"ann"}`, 403, "customer_tokens"},
		{"for nobody", right, `{}`, 422, "no sub"},
		{"for a name that cannot be shown", right, `{"subject":"a\u0007b"}`, 422, "printable"},
		{"for too long", right, `{"subject":"ann","ttl_seconds":901}`, 422, "1 to 900"},
		{"for no time", right, `{"subject":"ann","ttl_seconds":-1}`, 422, "1 to 900"},
		{"with a role", right, `{"subject":"ann","role":"admin"}`, 422, "alone"},
		{"with no JSON", right, `subject=ann`, 422, "alone"},
		{"with too much", right, `{"subject":"` + strings.Repeat("a", 5000) + `"}`, 422, "4 KiB"},
	} {
		if status, text := e.askCustomerToken(tt.token, tt.body); status != tt.status || !strings.Contains(text, tt.says) {
			t.Errorf("%s: %d %s, want %d and %q", tt.name, status, text, tt.status, tt.says)
		}
	}
}

func TestWithoutASecretNobodyIsSignedIn(t *testing.T) {
	e := onLoopback(t, nil)
	if status, text := e.askCustomerToken(serviceToken(t, RightCustomerTokens), `{"subject":"ann"}`); status != http.StatusNotFound {
		t.Errorf("%d %s", status, text)
	}
}

func TestAServiceHasNoSession(t *testing.T) {
	e := onLoopback(t, nil)
	p := e.dial()
	p.say(`{"type":"hello","id":"h","token":"` + serviceToken(t, RightHistory) + `"}`)
	p.expect(`"code":"forbidden"`, "over HTTP")
	p.expectClose(wire.CloseForbidden)
}

func TestAServiceHasTheRightsThatItsTokenNames(t *testing.T) {
	auth, err := NewAuth(t.Context(), AuthOptions{Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	id, err := auth.Verify(t.Context(), serviceToken(t, RightExport))
	if err != nil || !id.May(RightExport) || id.May(RightErase) {
		t.Errorf("%+v %v", id, err)
	}
	for _, rights := range [][]Right{nil, {"everything"}, {RightErase, "more"}} {
		now := time.Now()
		if _, err := Mint(AuthOptions{Secret: secret}, Identity{Principal: acd.Principal{Role: acd.RoleService, ID: "shop"}, Rights: rights,
			Issued: now, Expires: now.Add(time.Hour)}); err == nil || !strings.Contains(err.Error(), "customer_tokens") {
			t.Errorf("%v: %v", rights, err)
		}
	}
	if id, err := auth.Verify(t.Context(), (&edge{t: t}).token(acd.RoleAdmin, "root", time.Hour)); err != nil || id.May(RightErase) {
		t.Errorf("an administrator is no service: %+v %v", id, err)
	}
}
