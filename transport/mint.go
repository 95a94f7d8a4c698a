package transport

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-engine/parley/actors/acd"
)

// DevIssuer is iss and aud of tokens unless AuthOptions say otherwise.
const DevIssuer = "parley"

// MintDev makes a token that an Auth with the same secret and the default
// issuer and audience accepts. It is for development and tests. A supervisor's
// may be for a scope of queues.
func MintDev(secret []byte, role acd.Role, subject, name string, ttl time.Duration, scope ...acd.QueueID) (string, error) {
	now := time.Now()
	return Mint(AuthOptions{Secret: secret}, Identity{
		Principal: acd.Principal{Role: role, ID: subject, Name: name, Scope: acd.ScopeOf(scope...)}, Issued: now, Expires: now.Add(ttl),
	})
}

// Mint signs a token that says id, as whoever has o's secret can. The same id
// gives the same token. An Auth with the same options accepts it, if it does
// not live longer than o allows.
func Mint(o AuthOptions, id Identity) (string, error) {
	if err := checkPrincipal(id.Principal); err != nil {
		return "", fmt.Errorf("mint: %w", err)
	}
	if len(o.Secret) < minSecret {
		return "", fmt.Errorf("mint: a secret of %d bytes; at least %d are needed", len(o.Secret), minSecret)
	}
	scope, err := claimScope(id)
	if err != nil {
		return "", fmt.Errorf("mint: %w", err)
	}
	o = o.withDefaults()
	issued := jwt.NewNumericDate(id.Issued)
	c := claims{Role: string(id.Principal.Role), Name: id.Principal.Name, Scope: scope, RegisteredClaims: jwt.RegisteredClaims{
		Issuer: o.Issuer, Audience: jwt.ClaimStrings{o.Audience}, Subject: id.Principal.ID, ID: id.TokenID,
		NotBefore: issued, IssuedAt: issued, ExpiresAt: jwt.NewNumericDate(id.Expires),
	}}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(o.Secret)
	if err != nil {
		return "", fmt.Errorf("mint: %w", err)
	}
	return token, nil
}

// Lifetime is how long a token of this role may live at most.
func (o AuthOptions) Lifetime(role acd.Role) time.Duration {
	o = o.withDefaults()
	if role == acd.RoleCustomer {
		return o.MaxCustomerLifetime
	}
	return o.MaxDeskLifetime
}
