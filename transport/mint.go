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
// issuer and audience accepts. It is for development and tests: a deployment's
// tokens come from its own sign-in.
func MintDev(secret []byte, role acd.Role, subject, name string, ttl time.Duration) (string, error) {
	p := acd.Principal{Role: role, ID: subject, Name: name}
	if err := checkPrincipal(p); err != nil {
		return "", fmt.Errorf("mint: %w", err)
	}
	if len(secret) < minSecret {
		return "", fmt.Errorf("mint: a secret of %d bytes; at least %d are needed", len(secret), minSecret)
	}
	now := time.Now()
	c := claims{Role: string(role), Name: name, RegisteredClaims: jwt.RegisteredClaims{
		Issuer: DevIssuer, Audience: jwt.ClaimStrings{DevIssuer}, Subject: subject,
		NotBefore: jwt.NewNumericDate(now), IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(ttl)),
	}}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(secret)
	if err != nil {
		return "", fmt.Errorf("mint: %w", err)
	}
	return token, nil
}
