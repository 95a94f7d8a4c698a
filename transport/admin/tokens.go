package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// wanted is a token that somebody asks for.
type wanted struct {
	Role    string   `json:"role" enum:"customer,agent,supervisor,admin,service"`
	Subject string   `json:"subject" minLength:"1" maxLength:"128" doc:"Whose it is."`
	Name    string   `json:"name,omitempty" maxLength:"128" doc:"The person's name."`
	Queues  []string `json:"queues,omitempty" maxItems:"200" doc:"Of a supervisor: the queues that he oversees; else all."`
	Rights  []string `json:"rights,omitempty" enum:"customer_tokens,history,export,erase,events" doc:"Of a service: what it may do. It needs one at least."`
	Seconds int      `json:"ttl_seconds,omitempty" minimum:"1" maximum:"604800" doc:"How long it lives; at most, and by default, as long as the role's may."`
	Note    string   `json:"note,omitempty" maxLength:"200" doc:"What it is for."`
}

// TokenInfo is what is known of a minted token.
type TokenInfo struct {
	ID      string    `json:"id" doc:"Its jti."`
	Role    string    `json:"role"`
	Subject string    `json:"subject"`
	Name    string    `json:"name,omitempty"`
	Queues  []string  `json:"queues,omitempty" doc:"Of a supervisor whose scope is bounded."`
	Rights  []string  `json:"rights,omitempty" doc:"Of a service."`
	Issued  time.Time `json:"issued_at"`
	Expires time.Time `json:"expires_at"`
	By      string    `json:"by"`
	Note    string    `json:"note,omitempty"`
	Revoked bool      `json:"revoked"`
}

// mintedToken is the one answer that has the token itself in it.
type mintedToken struct {
	TokenInfo
	Token string `json:"token"`
}

// RevocationInfo is what somebody wants to be revoked, or what is.
type RevocationInfo struct {
	TokenID string     `json:"token_id,omitempty" maxLength:"200" doc:"The jti of one token."`
	Role    string     `json:"role,omitempty" enum:"customer,agent,supervisor,admin,service" doc:"With subject: all tokens of this principal that have been issued until now. Who has a desk has one name, so agent, supervisor and admin are one."`
	Subject string     `json:"subject,omitempty" maxLength:"128"`
	Reason  string     `json:"reason,omitempty" maxLength:"200"`
	At      *time.Time `json:"at,omitempty" readOnly:"true"`
	By      string     `json:"by,omitempty" readOnly:"true"`
}

// revokedBody says what a revocation has done.
type revokedBody struct {
	RevocationInfo
	Closed int `json:"sessions_closed" doc:"Live sessions that were closed with 4501."`
}

func (a *API) tokenRoutes() {
	const tag = "tokens"
	unprocessable := []int{http.StatusUnprocessableEntity}
	a.write(operation{id: "mint-token", method: http.MethodPost, tag: tag, path: "/tokens", summary: "Mint a token", made: true,
		about: "Signed with the secret of the node; without one it is a conflict. Nobody gets more from it than the minter may.",
		body:  of[wanted](a), result: of[mintedToken](a)}, a.mint)
	a.read(operation{id: "list-tokens", tag: tag, path: "/tokens", summary: "List the minted tokens that have not expired",
		params: paging(), result: a.page("TokenPage", of[TokenInfo](a)), errors: unprocessable}, a.listTokens)
	a.read(operation{id: "get-token", tag: tag, path: "/tokens/{token}", summary: "Get what a minted token says", result: of[TokenInfo](a)}, a.getToken)
	a.write(operation{id: "revoke-token", method: http.MethodDelete, tag: tag, path: "/tokens/{token}", summary: "Revoke a token by its jti, minted here or not",
		result: of[revokedBody](a)}, func(_ context.Context, c *call) (*reply, error) {
		return a.revoke(c, RevocationInfo{TokenID: c.path("token")}, http.StatusOK)
	})
	a.read(operation{id: "list-revocations", tag: tag, path: "/revocations", summary: "List what is revoked",
		params: paging(), result: a.page("RevocationPage", of[RevocationInfo](a)), errors: unprocessable}, a.listRevocations)
	a.write(operation{id: "revoke", method: http.MethodPost, tag: tag, path: "/revocations", summary: "Revoke a token, or all of a principal's",
		about: "It holds at once and for ever: sessions that live on such a token are closed with 4501.",
		made:  true, body: of[RevocationInfo](a), result: of[revokedBody](a)}, func(_ context.Context, c *call) (*reply, error) {
		var r RevocationInfo
		if err := c.decode(&r); err != nil {
			return nil, err
		}
		return a.revoke(c, r, http.StatusCreated)
	})
}

var roles = []string{string(acd.RoleCustomer), string(acd.RoleAgent), string(acd.RoleSupervisor), string(acd.RoleAdmin), string(acd.RoleService)}

func (a *API) mint(_ context.Context, c *call) (*reply, error) {
	var w wanted
	if err := c.decode(&w); err != nil {
		return nil, err
	}
	if len(a.options.Tokens.Secret) == 0 {
		return nil, problem(http.StatusConflict, "this node has no secret to sign with: mint where your keys are")
	}
	if !slices.Contains(roles, w.Role) {
		return nil, fieldProblem("body.role", fmt.Sprintf("%q is unknown, expected one of %s", w.Role, strings.Join(roles, ", ")))
	}
	role := acd.Role(w.Role)
	most := a.options.Tokens.Lifetime(role)
	if w.Seconds < 0 || time.Duration(w.Seconds)*time.Second > most {
		return nil, fieldProblem("body.ttl_seconds", fmt.Sprintf("%d is out of range, expected 1 to %d for the role %s", w.Seconds, int(most.Seconds()), role))
	}
	if w.Seconds > 0 {
		most = time.Duration(w.Seconds) * time.Second
	}
	now := a.options.Now().UTC().Truncate(time.Second)
	t := actors.MintedToken{ID: a.newID(), Principal: acd.Principal{Role: role, ID: w.Subject, Name: w.Name},
		Issued: now, Expires: now.Add(most), By: c.who, Note: w.Note, Rights: w.Rights}
	if len(w.Rights) > 0 && role != acd.RoleService {
		return nil, fieldProblem("body.rights", "are of a service, not of the role "+w.Role)
	}
	for i, q := range w.Queues {
		if a.options.Engine.Config().Queues[acd.QueueID(q)] == nil {
			return nil, fieldProblem(fmt.Sprintf("body.queues[%d]", i), fmt.Sprintf("unknown queue %q", q))
		}
		t.Principal.Scope = acd.ScopeOf(append(t.Principal.Scope.Queues(), acd.QueueID(q))...)
	}
	token, err := a.sign(t)
	if err != nil {
		return nil, fieldProblem("body.subject", err.Error())
	}
	if err := a.options.Engine.KeepToken(t); err != nil {
		return nil, err
	}
	return &reply{status: http.StatusCreated, place: root + "/tokens/" + t.ID, body: mintedToken{a.tokenOf(t), token}}, nil
}

func (a *API) sign(t actors.MintedToken) (string, error) {
	return transport.Mint(a.options.Tokens, transport.Identity{Principal: t.Principal, TokenID: t.ID, Issued: t.Issued, Expires: t.Expires, Rights: rightsOf(t.Rights)})
}

func rightsOf(names []string) (rights []transport.Right) {
	for _, name := range names {
		rights = append(rights, transport.Right(name))
	}
	return rights
}

// revive puts a token back into an answer that was kept without it.
func (a *API) revive(body []byte) ([]byte, error) {
	var minted mintedToken
	if err := json.Unmarshal(body, &minted); err != nil || minted.ID == "" || minted.Issued.IsZero() {
		return body, nil // another kind of answer
	}
	t, err := a.options.Engine.MintedToken(minted.ID)
	if err != nil || t == nil {
		return body, err
	}
	if minted.Token, err = a.sign(*t); err != nil {
		return nil, err
	}
	return json.Marshal(minted)
}

func (a *API) tokenOf(t actors.MintedToken) TokenInfo {
	var queues []string
	for _, q := range t.Principal.Scope.Queues() {
		queues = append(queues, string(q))
	}
	return TokenInfo{ID: t.ID, Queues: queues, Rights: t.Rights, Role: string(t.Principal.Role), Subject: t.Principal.ID, Name: t.Principal.Name, Issued: t.Issued, Expires: t.Expires,
		By: named(t.By), Note: t.Note, Revoked: a.isRevoked(t)}
}

func (a *API) isRevoked(t actors.MintedToken) bool {
	return slices.ContainsFunc(a.options.Engine.Revocations(), func(r actors.Revocation) bool {
		return r.Token == t.ID || r.Token == "" && r.Principal == t.Principal.Stream() && !t.Issued.After(r.At)
	})
}

func (a *API) listTokens(_ context.Context, c *call) (*reply, error) {
	limit, after, err := c.page()
	if err != nil {
		return nil, err
	}
	found, err := a.options.Engine.MintedTokens(after, limit)
	if err != nil {
		return nil, err
	}
	page := pageOf[TokenInfo]{Items: []TokenInfo{}}
	for _, t := range found {
		page.Items = append(page.Items, a.tokenOf(t))
	}
	if len(found) == limit {
		page.Next = cursorAfter(found[limit-1].ID)
	}
	return &reply{body: page}, nil
}

func (a *API) getToken(_ context.Context, c *call) (*reply, error) {
	t, err := a.options.Engine.MintedToken(c.path("token"))
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, acd.ErrNotFound
	}
	return &reply{body: a.tokenOf(*t)}, nil
}

// keepRevoked is how long a revocation is kept: no token lives longer.
const keepRevoked = 8 * 24 * time.Hour

func (a *API) revoke(c *call, r RevocationInfo, status int) (*reply, error) {
	one := actors.Revocation{Token: r.TokenID, By: c.who, Reason: r.Reason, Until: a.options.Now().Add(keepRevoked)}
	switch {
	case r.TokenID != "" && (r.Subject != "" || r.Role != ""):
		return nil, fieldProblem("body.token_id", "stands beside role and subject, expected one or the other")
	case r.TokenID == "" && r.Subject == "":
		return nil, fieldProblem("body", "names nothing, expected token_id, or role and subject")
	case r.TokenID == "" && !slices.Contains(roles, r.Role):
		return nil, fieldProblem("body.role", fmt.Sprintf("%q is unknown, expected one of %s", r.Role, strings.Join(roles, ", ")))
	case r.TokenID == "":
		one.Principal = acd.Principal{Role: acd.Role(r.Role), ID: r.Subject}.Stream()
	}
	done, err := a.options.Engine.Revoke(one)
	if err != nil {
		return nil, err
	}
	r.At, r.By = &done.At, named(c.who)
	return &reply{status: status, body: revokedBody{r, a.options.Edge.CloseRevoked()}}, nil
}

func (a *API) listRevocations(_ context.Context, c *call) (*reply, error) {
	limit, after, err := c.page()
	if err != nil {
		return nil, err
	}
	page, err := pageFrom(a.options.Engine.Revocations(), func(r actors.Revocation) string { return r.Token + " " + string(r.Principal) }, limit, after)
	if err != nil {
		return nil, err
	}
	shown := pageOf[RevocationInfo]{Items: []RevocationInfo{}, Next: page.Next}
	for _, r := range page.Items {
		one := RevocationInfo{TokenID: r.Token, Reason: r.Reason, At: &r.At, By: named(r.By)}
		for _, role := range roles {
			if subject, ok := strings.CutPrefix(string(r.Principal), role+"/"); ok {
				one.Role, one.Subject = role, subject
			}
		}
		shown.Items = append(shown.Items, one)
	}
	return &reply{body: shown}, nil
}
