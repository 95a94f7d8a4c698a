package transport

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// Trail takes the lines of the audit trail that the edge knows of: refusals
// that the engine never sees, and what is asked over HTTP.
type Trail interface {
	// Note adds a line and returns at once.
	Note(actors.TrailEntry)
	// NoteDurably adds it for what nobody may learn before it is on disk.
	NoteDurably(actors.TrailEntry) error
	// NoteRejected counts a sign-in that failed; it is bounded in what it writes.
	NoteRejected(address, what string)
}

// unnoted is the trail of a server without one.
type unnoted struct{}

func (unnoted) Note(actors.TrailEntry)              {}
func (unnoted) NoteDurably(actors.TrailEntry) error { return nil }
func (unnoted) NoteRejected(string, string)         {}

// rateNoteEvery bounds the lines about a connection that is too fast.
const rateNoteEvery = 10 * time.Second

// noteRefusal tells of a command of an overseer that was refused at the edge.
func (c *conn) noteRefusal(cmd wire.Command, code wire.ErrorCode) {
	if !c.who.Oversees() {
		return
	}
	switch code {
	case wire.CodeForbidden, wire.CodeNotFound, wire.CodeNotParticipant, wire.CodeRateLimited, wire.CodeCapacity:
	default:
		return
	}
	line := actors.TrailEntry{Who: c.who.ID, Role: c.who.Role, What: cmd.FrameType(), Outcome: string(code), Address: c.addr.String()}
	if o := c.opened.Load(); o != nil {
		line.Session = o.session
	}
	c.server.options.Trail.Note(line)
}

// noted writes what was asked over HTTP into the trail, before it is answered.
func (s *Server) noted(r *http.Request, who acd.Principal, what string, err error) error {
	line := actors.TrailEntry{Who: who.ID, Role: who.Role, What: what, On: subject(r), Outcome: outcomeOf(err), Address: remoteAddr(r.RemoteAddr).String()}
	if failed := s.options.Trail.NoteDurably(line); err == nil {
		return failed
	}
	return err
}

// notePresumed tells of somebody who asked for what is not for his role: a
// service by its name, everybody else as one of many from an address.
func (s *Server) notePresumed(r *http.Request, who acd.Principal, what string) {
	addr := remoteAddr(r.RemoteAddr).String()
	if who.Role != acd.RoleService {
		s.options.Trail.NoteRejected(addr, "admin")
		return
	}
	s.options.Trail.Note(actors.TrailEntry{Who: who.ID, Role: who.Role, What: what, On: subject(r), Outcome: acd.ErrForbidden.Code, Address: addr})
}

// subject is what a path of the administration is about.
func subject(r *http.Request) string {
	for _, of := range []string{"chat", "customer"} {
		if id := r.PathValue(of); id != "" {
			return of + "/" + id
		}
	}
	return ""
}

// outcomeOf is the word of the trail for how a request ended.
func outcomeOf(err error) string {
	p := new(problem)
	var r *acd.Refusal
	switch {
	case err == nil:
		return actors.TrailOK
	case errors.As(err, &r):
		return r.Code
	case errors.As(err, &p) && p.Status == http.StatusForbidden:
		return acd.ErrForbidden.Code
	case errors.As(err, &p) && p.Status == http.StatusBadRequest:
		return string(wire.CodeBadFrame)
	}
	return string(wire.CodeInternal)
}

// auditPage is a page of the trail, newest first.
type auditPage struct {
	Entries []AuditEntry `json:"entries"`
	Next    string       `json:"next,omitempty"` // the cursor of the next page
}

// AuditEntry is one line of the audit trail as it is shown.
type AuditEntry struct {
	Number  uint64    `json:"number"`
	At      time.Time `json:"at"`
	Who     string    `json:"who,omitempty"`
	Role    string    `json:"role,omitempty"`
	What    string    `json:"what"`
	On      string    `json:"on,omitempty"`
	To      string    `json:"to,omitempty"`
	Outcome string    `json:"outcome"`
	Session string    `json:"session,omitempty"`
	Address string    `json:"address,omitempty"`
	Count   int       `json:"count,omitempty"`
}

// AuditEntryOf is a line as it is shown.
func AuditEntryOf(e actors.TrailEntry) AuditEntry {
	return AuditEntry{Number: e.Number, At: e.At, Who: e.Who, Role: string(e.Role), What: e.What, On: e.On, To: e.To,
		Outcome: e.Outcome, Session: e.Session, Address: e.Address, Count: e.Count}
}

// audit answers with a page of the audit trail: from, to, who, what, on,
// outcome, limit and cursor choose. A supervisor reads what was done in his
// queues and what he did himself; all else is the administrator's.
func (s *Server) audit(r *http.Request, who acd.Principal) (any, error) {
	asked, err := queryOf(r)
	if err != nil {
		return nil, err
	}
	v := r.URL.Query()
	q := actors.TrailQuery{From: asked.From, To: asked.To, Limit: asked.Limit, Cursor: asked.Cursor,
		Who: v.Get("who"), What: v.Get("what"), On: v.Get("on"), Outcome: v.Get("outcome")}
	if who.Role == acd.RoleSupervisor {
		q.Within = s.linesFor(who)
	}
	page, next, err := s.options.Past.Past().Trail(q)
	if errors.Is(err, actors.ErrCursor) {
		return nil, refuse(http.StatusBadRequest, "cursor is not one that an answer has given")
	}
	if err != nil {
		return nil, err
	}
	answer := auditPage{Entries: make([]AuditEntry, 0, len(page)), Next: base64.RawURLEncoding.EncodeToString(next)}
	for _, e := range page {
		answer.Entries = append(answer.Entries, AuditEntryOf(e))
	}
	return answer, nil
}

// linesFor chooses the lines of the trail that a supervisor may read.
func (s *Server) linesFor(who acd.Principal) func(*actors.TrailEntry) bool {
	known := map[string]bool{}
	return func(e *actors.TrailEntry) bool {
		if e.Who == who.ID && e.Role == who.Role {
			return true
		}
		his, asked := known[e.On]
		if !asked {
			his = s.inScope(who, e.On)
			known[e.On] = his
		}
		return his
	}
}

// inScope reports whether a chat, a queue or an agent is of a queue that
// somebody oversees. What is none of these is not.
func (s *Server) inScope(who acd.Principal, on string) bool {
	kind, id, _ := strings.Cut(on, "/")
	switch kind {
	case "queue":
		return who.Scope.Covers(acd.QueueID(id))
	case "agent":
		p := s.options.Config().Agents[acd.AgentID(id)]
		return p != nil && who.OverseesAny(p.Queues...)
	case "chat":
		q, err := s.options.Past.Past().Queue(acd.ChatID(id))
		return err == nil && who.Scope.Covers(q)
	}
	return false
}
