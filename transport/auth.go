package transport

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-engine/parley/actors/acd"
)

// Identity is what a valid token says.
type Identity struct {
	Principal acd.Principal
	// Expires is when the session needs a new token.
	Expires time.Time
	// TokenID is the token's jti, empty if it has none, and Issued its iat, or
	// its nbf: what a revocation is held against.
	TokenID string
	Issued  time.Time
	// Rights are those of a service; others have what their role has.
	Rights []Right
}

// Verifier tells who the bearer of a token is. An error that is an *AuthError
// is the bearer's fault and is told to him; any other is ours.
type Verifier interface {
	Verify(ctx context.Context, token string) (Identity, error)
}

// AuthError says what is wrong with a token. It never repeats any of it.
type AuthError struct{ Reason string }

func (e *AuthError) Error() string { return "unauthenticated: " + e.Reason }

func denied(format string, args ...any) error { return &AuthError{fmt.Sprintf(format, args...)} }

// AuthOptions say whose tokens are good. At least one of Secret and JWKS is
// needed.
type AuthOptions struct {
	Issuer   string // iss; "parley"
	Audience string // one of aud; "parley"
	// Audiences are others that are good too, as while one takes the place of
	// another.
	Audiences []string
	// Secret verifies HS256, at least 32 bytes. OldSecret is still good too, so
	// that a secret can be changed without signing anybody out.
	Secret, OldSecret []byte
	// JWKS is a file or an https address with public keys.
	JWKS string
	// Discover finds the JWKS by Issuer, as OpenID Connect has it. It stands in
	// the place of JWKS.
	Discover bool
	// Algorithms that keys of the JWKS may be used with; RS256, ES256, EdDSA.
	Algorithms []string
	// KeyRefresh is how long to wait at least before the JWKS is read again for
	// the sake of an unknown key; 30 s.
	KeyRefresh time.Duration
	// KeyAge is after how long the JWKS is read again in any case, so that a key
	// that was withdrawn is no good any more; 10 min.
	KeyAge time.Duration
	// Leeway for the clocks of others; 30 s.
	Leeway time.Duration
	// MaxCustomerLifetime and MaxDeskLifetime bound exp - nbf; 15 min and 8 h.
	MaxCustomerLifetime time.Duration
	MaxDeskLifetime     time.Duration
}

const minSecret = 32

var asymmetric = []string{"RS256", "ES256", "EdDSA"}

func (o AuthOptions) withDefaults() AuthOptions {
	o.Issuer = cmp.Or(o.Issuer, DevIssuer)
	o.Audience = cmp.Or(o.Audience, DevIssuer)
	o.KeyRefresh = cmp.Or(o.KeyRefresh, 30*time.Second)
	o.KeyAge = cmp.Or(o.KeyAge, 10*time.Minute)
	o.Leeway = cmp.Or(o.Leeway, 30*time.Second)
	o.MaxCustomerLifetime = cmp.Or(o.MaxCustomerLifetime, 15*time.Minute)
	o.MaxDeskLifetime = cmp.Or(o.MaxDeskLifetime, 8*time.Hour)
	if len(o.Algorithms) == 0 {
		o.Algorithms = asymmetric
	}
	return o
}

// Validate names all that is wrong with the options.
func (o AuthOptions) Validate() error {
	var errs []error
	if len(o.Secret) == 0 && o.JWKS == "" && !o.Discover {
		errs = append(errs, errors.New("neither Secret nor JWKS: nobody could sign in"))
	}
	for _, s := range [][]byte{o.Secret, o.OldSecret} {
		if len(s) > 0 && len(s) < minSecret {
			errs = append(errs, fmt.Errorf("a secret of %d bytes; at least %d are needed", len(s), minSecret))
		}
	}
	for _, a := range o.Algorithms {
		if !slices.Contains(asymmetric, a) {
			errs = append(errs, fmt.Errorf("algorithm %q; possible are %v", a, asymmetric))
		}
	}
	if o.Leeway < 0 || o.KeyRefresh < 0 || o.KeyAge < 0 || o.MaxCustomerLifetime < 0 || o.MaxDeskLifetime < 0 {
		errs = append(errs, errors.New("a negative duration"))
	}
	if o.JWKS != "" {
		errs = append(errs, checkKeySource(o.JWKS))
	}
	if o.Discover {
		errs = append(errs, checkIssuer(o))
	}
	return errors.Join(errs...)
}

// Auth verifies JSON web tokens. It is safe for concurrent use.
type Auth struct {
	options AuthOptions
	parser  *jwt.Parser
	keys    *keySet // nil without a JWKS
}

var _ Verifier = (*Auth)(nil)

// NewAuth reads the keys once, so that a wrong file or address is an error now.
func NewAuth(ctx context.Context, o AuthOptions) (*Auth, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("auth options: %w", err)
	}
	o = o.withDefaults()
	a := &Auth{options: o}
	var methods []string
	if len(o.Secret) > 0 {
		methods = append(methods, "HS256")
	}
	if o.JWKS != "" || o.Discover {
		methods = append(methods, o.Algorithms...)
		a.keys = newKeySet(o)
		if err := a.keys.load(ctx); err != nil {
			return nil, fmt.Errorf("auth keys: %w", err)
		}
	}
	a.parser = jwt.NewParser(jwt.WithValidMethods(methods), jwt.WithIssuer(o.Issuer), jwt.WithAudience(append([]string{o.Audience}, o.Audiences...)...),
		jwt.WithExpirationRequired(), jwt.WithNotBeforeRequired(), jwt.WithLeeway(o.Leeway), jwt.WithStrictDecoding())
	return a, nil
}

// claims are those that we read; others are ignored.
type claims struct {
	jwt.RegisteredClaims
	Role string `json:"role"`
	Name string `json:"name,omitempty"`
	// Scope is the queues of a supervisor, or the rights of a service: a list, or one text with spaces
	// between them as RFC 8693 has it.
	Scope *scopeClaim `json:"scope,omitempty"`
}

// Verify checks signature, claims and lifetime.
func (a *Auth) Verify(ctx context.Context, token string) (Identity, error) {
	var c claims
	_, err := a.parser.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) { return a.key(ctx, t) })
	if err != nil {
		return Identity{}, explainToken(err)
	}
	p := acd.Principal{Role: acd.Role(c.Role), ID: c.Subject, Name: c.Name}
	if err := checkPrincipal(p); err != nil {
		return Identity{}, err
	}
	if p.Scope, err = c.Scope.of(p.Role); err != nil {
		return Identity{}, err
	}
	rights, err := c.Scope.rights(p.Role)
	if err != nil {
		return Identity{}, err
	}
	most := a.options.MaxDeskLifetime
	if p.Role == acd.RoleCustomer {
		most = a.options.MaxCustomerLifetime
	}
	if got := c.ExpiresAt.Sub(c.NotBefore.Time); got > most {
		return Identity{}, denied("the token lives %s from nbf to exp; at most %s for this role", got, most)
	}
	issued := c.NotBefore.Time
	if c.IssuedAt != nil {
		issued = c.IssuedAt.Time
	}
	return Identity{Principal: p, Expires: c.ExpiresAt.Time, TokenID: c.ID, Issued: issued, Rights: rights}, nil
}

// key finds what a token has to be verified with. The method has been held
// against the list already; here it decides the kind of key, so that a public
// key can never serve as a shared secret.
func (a *Auth) key(ctx context.Context, t *jwt.Token) (any, error) {
	if _, ok := t.Method.(*jwt.SigningMethodHMAC); ok {
		set := jwt.VerificationKeySet{Keys: []jwt.VerificationKey{a.options.Secret}}
		if len(a.options.OldSecret) > 0 {
			set.Keys = append(set.Keys, a.options.OldSecret)
		}
		return set, nil
	}
	kid, _ := t.Header["kid"].(string)
	found := a.keys.find(ctx, kid, t.Method.Alg())
	if len(found) == 0 {
		return nil, denied("no key for the token's kid and alg")
	}
	return jwt.VerificationKeySet{Keys: found}, nil
}

// fits reports whether a public key is of the kind that alg signs with.
func fits(key any, alg string) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return alg == "RS256"
	case *ecdsa.PublicKey:
		return alg == "ES256" && k.Curve.Params().BitSize == 256
	case ed25519.PublicKey:
		return alg == "EdDSA"
	}
	return false
}

func checkPrincipal(p acd.Principal) error {
	switch p.Role {
	case acd.RoleCustomer, acd.RoleAgent, acd.RoleSupervisor, acd.RoleAdmin, acd.RoleService:
	case "":
		return denied("the token has no role")
	default:
		return denied("the token's role is none of customer, agent, supervisor, admin, service")
	}
	if p.ID == "" {
		return denied("the token has no sub")
	}
	if !printable(p.ID) || !printable(p.Name) {
		return denied("sub and name may have at most %d printable characters", maxNameChars)
	}
	return nil
}

const maxNameChars = 128

func printable(s string) bool {
	for _, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return false
		}
	}
	return utf8.RuneCountInString(s) <= maxNameChars
}

// explainToken says what is wrong with a token in words of ours: the library's
// may quote the token.
func explainToken(err error) error {
	var auth *AuthError
	if errors.As(err, &auth) {
		return auth
	}
	for _, known := range []struct {
		is  error
		say string
	}{
		{jwt.ErrTokenMalformed, "not a JSON web token"},
		{jwt.ErrTokenSignatureInvalid, "the signature does not verify, or its algorithm is not allowed"},
		{jwt.ErrTokenRequiredClaimMissing, "one of iss, aud, exp, nbf is missing"},
		{jwt.ErrTokenExpired, "the token has expired"},
		{jwt.ErrTokenNotValidYet, "the token is not valid yet (nbf)"},
		{jwt.ErrTokenUsedBeforeIssued, "the token is from the future (iat)"},
		{jwt.ErrTokenInvalidAudience, "the token is for somebody else (aud)"},
		{jwt.ErrTokenInvalidIssuer, "the token is from somebody else (iss)"},
	} {
		if errors.Is(err, known.is) {
			return denied("%s", known.say)
		}
	}
	return denied("the token cannot be verified")
}
