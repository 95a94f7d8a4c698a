package transport

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// opened is when a session began, and its name.
type opened struct {
	session string
	at      time.Time
}

// SessionInfo is one connection of somebody who has signed in.
type SessionInfo struct {
	Session   string
	Principal acd.Principal
	Remote    string // the address, of IPv6 the network
	Opened    time.Time
	Expires   time.Time // of the token
	TokenID   string
}

const revokedReason = "the token has been revoked"

// Verify tells who the bearer of a token is, and refuses one that has been
// revoked.
func (s *Server) Verify(ctx context.Context, token string) (Identity, error) {
	id, err := s.options.Auth.Verify(ctx, token)
	if err == nil && s.options.Revoked(id) {
		return Identity{}, denied(revokedReason)
	}
	return id, err
}

// Sessions lists who is connected, by the session's name.
func (s *Server) Sessions() []SessionInfo {
	var list []SessionInfo
	for _, c := range s.people.all() {
		if info, ok := c.info(); ok {
			list = append(list, info)
		}
	}
	slices.SortFunc(list, func(a, b SessionInfo) int { return strings.Compare(a.Session, b.Session) })
	return list
}

func (c *conn) info() (SessionInfo, bool) {
	id, o := c.believed.Load(), c.opened.Load()
	if id == nil || o == nil || c.closing() {
		return SessionInfo{}, false
	}
	return SessionInfo{Session: o.session, Principal: c.who, Remote: c.addr.String(), Opened: o.at, Expires: id.Expires, TokenID: id.TokenID}, true
}

// CloseSession closes the connection of a session with this code, and reports
// whether it was there.
func (s *Server) CloseSession(session string, code wire.CloseCode) bool {
	for _, c := range s.people.all() {
		if info, ok := c.info(); ok && info.Session == session {
			c.shut(code)
			return true
		}
	}
	return false
}

// CloseRevoked closes every session whose token has been revoked, as
// unauthenticated, and returns how many those were. A session that is being
// opened meanwhile looks by itself.
func (s *Server) CloseRevoked() int {
	closed := 0
	for _, c := range s.people.all() {
		if id := c.believed.Load(); id != nil && s.options.Revoked(*id) && !c.closing() {
			c.shut(wire.CloseUnauthenticated)
			closed++
		}
	}
	return closed
}
