package transport

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// Right is one of the things that a service may do, as the scope of its token
// names them.
type Right string

// The rights of a service. It has none but those that its token names.
const (
	RightCustomerTokens Right = "customer_tokens" // sign in customers of its site
	RightHistory        Right = "history"         // search, explain and replay what has been
	RightExport         Right = "export"          // read transcripts
	RightErase          Right = "erase"           // destroy what was said
	RightEvents         Right = "events"          // read and follow what happens; what is said as well with export
)

// Rights is the closed list.
func Rights() []Right {
	return []Right{RightCustomerTokens, RightHistory, RightExport, RightErase, RightEvents}
}

// rightFor is what a question about what has been takes; none for what is not
// for services.
var rightFor = map[string]Right{"history": RightHistory, "explain": RightHistory, "replay": RightHistory, "export": RightExport, "erase": RightErase}

// rights are those of a claim, for the role that has any.
func (s *scopeClaim) rights(role acd.Role) ([]Right, error) {
	if role != acd.RoleService {
		return nil, nil
	}
	if s == nil || len(*s) == 0 {
		return nil, denied("the token of a service has no scope, expected some of %v", Rights())
	}
	var list []Right
	for _, name := range *s {
		if !slices.Contains(Rights(), Right(name)) {
			return nil, denied("scope has what is no right of a service, expected some of %v", Rights())
		}
		list = append(list, Right(name))
	}
	return list, nil
}

// May reports whether the bearer is a service with this right.
func (id Identity) May(r Right) bool {
	return id.Principal.Role == acd.RoleService && slices.Contains(id.Rights, r)
}

// customerToken is what a site's backend asks for.
type customerToken struct {
	Subject string `json:"subject"`
	Name    string `json:"name"`
	Seconds int    `json:"ttl_seconds"`
}

// mintedCustomerToken is what it gets.
type mintedCustomerToken struct {
	Token   string    `json:"token"`
	ID      string    `json:"id"` // the jti, to revoke it by
	Expires time.Time `json:"expires_at"`
}

const (
	defaultCustomerToken = 5 * time.Minute
	maxTokenRequest      = 4 << 10
)

// tokenRoutes mounts the signing of customers' tokens, where there is a secret
// to sign with.
func (s *Server) tokenRoutes(mux *http.ServeMux) {
	if len(s.options.Signing.Secret) > 0 {
		mux.HandleFunc("POST /v1/tokens/customer", s.mintCustomer)
	}
}

// mintCustomer signs a short token for a customer whom a site's backend vouches
// for. No page may call it: it needs the token of a service, and answers no
// browser's preflight.
func (s *Server) mintCustomer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	addr := remoteAddr(r.RemoteAddr)
	wait, ok := s.addresses.enter(addr)
	if !ok {
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		s.answerProblem(w, refuse(http.StatusTooManyRequests, "too much from this address"))
		return
	}
	defer s.addresses.leave(addr)
	id, err := s.Verify(r.Context(), bearer(r.Header.Get("Authorization")))
	var auth *AuthError
	switch {
	case errors.As(err, &auth):
		s.options.Trail.NoteRejected(addr.String(), "customer_token")
		err = refuse(http.StatusUnauthorized, auth.Reason)
	case err == nil && !id.May(RightCustomerTokens):
		s.options.Trail.Note(actors.TrailEntry{Who: id.Principal.ID, Role: id.Principal.Role, What: "customer_token",
			Outcome: acd.ErrForbidden.Code, Address: addr.String()})
		err = refuse(http.StatusForbidden, "expected the token of a service with the right "+string(RightCustomerTokens))
	}
	var minted mintedCustomerToken
	if err == nil {
		minted, err = s.signCustomer(http.MaxBytesReader(w, r.Body, maxTokenRequest), time.Now())
	}
	if err != nil {
		s.metrics.refusal(wire.CodeForbidden)
		s.answerProblem(w, err)
		return
	}
	s.metrics.minted.Inc()
	answerJSON(w, http.StatusCreated, minted)
}

// signCustomer reads what is asked for and signs it.
func (s *Server) signCustomer(body io.Reader, now time.Time) (minted mintedCustomerToken, err error) {
	var asked customerToken
	dec := json.NewDecoder(body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&asked); err != nil {
		return minted, refuse(http.StatusUnprocessableEntity, "the body is no object with subject, name and ttl_seconds alone, of at most 4 KiB")
	}
	most := s.options.Signing.Lifetime(acd.RoleCustomer)
	ttl := min(defaultCustomerToken, most)
	if asked.Seconds != 0 {
		ttl = time.Duration(asked.Seconds) * time.Second
	}
	if asked.Seconds < 0 || ttl > most {
		return minted, refuse(http.StatusUnprocessableEntity, fmt.Sprintf("ttl_seconds is %d, expected 1 to %d", asked.Seconds, int(most.Seconds())))
	}
	now = now.UTC().Truncate(time.Second)
	who := acd.Principal{Role: acd.RoleCustomer, ID: strings.TrimSpace(asked.Subject), Name: asked.Name}
	minted = mintedCustomerToken{ID: uuid.NewString(), Expires: now.Add(ttl)}
	minted.Token, err = Mint(s.options.Signing, Identity{Principal: who, TokenID: minted.ID, Issued: now, Expires: minted.Expires})
	var auth *AuthError
	if errors.As(err, &auth) {
		return minted, refuse(http.StatusUnprocessableEntity, auth.Reason)
	}
	return minted, err
}
