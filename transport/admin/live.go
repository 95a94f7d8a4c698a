package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/wire"
)

// named is who somebody is, with the role that he acts in: admin/root.
func named(p acd.Principal) string {
	if p.ID == "" {
		return ""
	}
	return string(p.Role) + "/" + p.ID
}

// sessionInfo is one live connection.
type sessionInfo struct {
	ID      string    `json:"id"`
	Role    string    `json:"role"`
	Subject string    `json:"subject"`
	Name    string    `json:"name,omitempty"`
	Remote  string    `json:"remote" doc:"The address; of IPv6 its network."`
	Opened  time.Time `json:"opened_at"`
	Expires time.Time `json:"token_expires_at"`
	TokenID string    `json:"token_id,omitempty"`
}

func sessionOf(s transport.SessionInfo) sessionInfo {
	return sessionInfo{ID: s.Session, Role: string(s.Principal.Role), Subject: s.Principal.ID, Name: s.Principal.Name,
		Remote: s.Remote, Opened: s.Opened.UTC(), Expires: s.Expires.UTC(), TokenID: s.TokenID}
}

// closedBody says that something is over.
type closedBody struct {
	ID string `json:"id"`
}

func (a *API) sessionRoutes() {
	a.read(operation{id: "list-sessions", tag: "sessions", path: "/sessions", summary: "List who is connected", params: paging(),
		result: a.page("SessionPage", of[sessionInfo](a)), errors: []int{http.StatusUnprocessableEntity}}, a.listSessions)
	a.write(operation{id: "close-session", method: http.MethodDelete, tag: "sessions", path: "/sessions/{session}", summary: "Close a connection",
		about:  "With 4507. Its token is still good: revoke that too, or it comes back.",
		result: of[closedBody](a)}, func(_ context.Context, c *call) (*reply, error) {
		id := c.path("session")
		if !a.options.Edge.CloseSession(id, wire.CloseSignedOut) {
			return nil, acd.ErrNotFound
		}
		return &reply{body: closedBody{id}}, nil
	})
}

func (a *API) listSessions(_ context.Context, c *call) (*reply, error) {
	limit, after, err := c.page()
	if err != nil {
		return nil, err
	}
	var all []sessionInfo
	for _, s := range a.options.Edge.Sessions() {
		if s.Session > after {
			all = append(all, sessionOf(s))
		}
	}
	page, err := pageFrom(all, func(s sessionInfo) string { return s.ID }, limit, "")
	return &reply{body: page}, err
}

// liveChat is a chat that is not closed yet.
type liveChat struct {
	ID       string `json:"chat"`
	Customer string `json:"customer"`
	Source   string `json:"source,omitempty"`
}

// ending is why a chat is ended by force.
type ending struct {
	Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"It stands in the chat's records."`
}

func (a *API) chatRoutes() {
	a.read(operation{id: "list-live-chats", tag: "chats", path: "/live-chats", summary: "List the chats that are not closed", params: paging(),
		result: a.page("LiveChatPage", of[liveChat](a)), errors: []int{http.StatusUnprocessableEntity}}, a.listLive)
	a.write(operation{id: "end-chat", method: http.MethodPost, tag: "chats", path: "/chats/{chat}/end", summary: "End a chat, in whatever state it is",
		body: of[ending](a), result: of[closedBody](a)}, func(ctx context.Context, c *call) (*reply, error) {
		var e ending
		if err := c.decode(&e); err != nil {
			return nil, err
		}
		if e.Reason == "" || len(e.Reason) > 200 {
			return nil, fieldProblem("body.reason", "expected 1 to 200 bytes")
		}
		id := c.path("chat")
		return &reply{body: closedBody{id}}, a.options.Engine.ForceEnd(ctx, c.who, acd.ChatID(id), e.Reason)
	})
}

func (a *API) listLive(_ context.Context, c *call) (*reply, error) {
	limit, after, err := c.page()
	if err != nil {
		return nil, err
	}
	found, err := a.options.Engine.LiveChats(acd.ChatID(after), limit)
	if err != nil {
		return nil, err
	}
	page := pageOf[liveChat]{Items: []liveChat{}}
	for _, l := range found {
		page.Items = append(page.Items, liveChat{string(l.Chat), string(l.Customer), string(l.Source)})
	}
	if len(found) == limit {
		page.Next = cursorAfter(page.Items[limit-1].ID)
	}
	return &reply{body: page}, nil
}
