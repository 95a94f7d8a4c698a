package transport

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// Past is what the operator's questions about what has been need of the engine.
type Past interface {
	Past() *actors.Past
	Erase(acd.CustomerID) (erased, open []acd.ChatID, err error)
	EraseChat(acd.ChatID) error
}

// pastRoutes mounts the questions about what has been on the admin listener.
// Who asks needs a token of a supervisor or an administrator; erasing needs an
// administrator's. Each answer is noted in the log and in the audit
// trail, without a word of text.
func (s *Server) pastRoutes(mux *http.ServeMux) {
	if s.options.Past == nil {
		return
	}
	mux.HandleFunc("GET /v1/admin/chats", s.overseen("history", s.history))
	mux.HandleFunc("GET /v1/admin/chats/{chat}/explain", s.overseen("explain", s.explainChat))
	mux.HandleFunc("GET /v1/admin/chats/{chat}/replay", s.overseen("replay", s.replayChat))
	mux.HandleFunc("GET /v1/admin/chats/{chat}/transcript", s.overseen("export", s.exportTranscript))
	mux.HandleFunc("GET /v1/admin/audit", s.overseen("audit", s.audit))
	mux.HandleFunc("DELETE /v1/admin/customers/{customer}/text", s.overseen("erase", s.eraseCustomer))
	mux.HandleFunc("DELETE /v1/admin/chats/{chat}/text", s.overseen("erase", s.eraseChat))
}

// problem is an answer of RFC 9457.
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"`
	wait   string // seconds, for Retry-After
}

func (p *problem) Error() string { return p.Title + ": " + p.Detail }

func refuse(status int, detail string) *problem {
	return &problem{Status: status, Title: http.StatusText(status), Detail: detail}
}

// overseen lets only those in who oversee, and answers with JSON.
func (s *Server) overseen(what string, do func(*http.Request, acd.Principal) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, err := s.overseer(r, what)
		var answer any
		if err == nil {
			answer, err = do(r, who)
			s.options.Log.Info("asked about the past", "who", who.ID, "path", r.URL.Path, "refused", err != nil)
			err = s.noted(r, who, what, err)
		}
		w.Header().Set("Cache-Control", "no-store")
		if err != nil {
			s.answerProblem(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(answer) // the asker may have gone
	}
}

func (s *Server) overseer(r *http.Request, what string) (acd.Principal, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return acd.Principal{}, refuse(http.StatusUnauthorized, "expected Authorization: Bearer and a token")
	}
	id, err := s.Verify(r.Context(), token)
	if err != nil {
		s.options.Trail.NoteRejected(remoteAddr(r.RemoteAddr).String(), "admin")
		return acd.Principal{}, refuse(http.StatusUnauthorized, err.Error())
	}
	if wait, ok := s.Admit(id.Principal); !ok {
		return acd.Principal{}, tooOften(wait, "too many requests of this principal")
	}
	if !id.Principal.Oversees() && !id.May(rightFor[what]) {
		s.notePresumed(r, id.Principal, what)
		return acd.Principal{}, refuse(http.StatusForbidden, "expected the token of a supervisor, an administrator or a service with this right")
	}
	return id.Principal, nil
}

func (s *Server) answerProblem(w http.ResponseWriter, err error) {
	p := new(problem)
	switch {
	case errors.As(err, &p):
	case errors.Is(err, acd.ErrNotFound):
		p = refuse(http.StatusNotFound, "no such chat")
	case errors.Is(err, actors.ErrOpen):
		p = refuse(http.StatusConflict, actors.ErrOpen.Text)
	default:
		s.options.Log.Error("cannot answer about the past", "err", err)
		p = refuse(http.StatusInternalServerError, "the journal cannot be read")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	if p.wait != "" {
		w.Header().Set("Retry-After", p.wait)
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// historyPage is a page of ended chats, newest first.
type historyPage struct {
	Chats []Segment `json:"chats"`
	Next  string    `json:"next,omitempty"` // the cursor of the next page
}

// Segment is one ended chat.
type Segment struct {
	Chat      string    `json:"chat"`
	Customer  string    `json:"customer"`
	Name      string    `json:"name,omitempty"`
	Source    string    `json:"source,omitempty"`
	Channel   string    `json:"channel,omitempty"`
	Queue     string    `json:"queue,omitempty"`
	Agents    []string  `json:"agents"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"`
	Reason    string    `json:"reason"`
	Messages  uint64    `json:"messages"`
	// PreviousChat is the customer's last chat before this one.
	PreviousChat string `json:"previous_chat,omitempty"`
	Erased       bool   `json:"erased,omitempty"` // what was said, and of whom
	// Amended are the wrap-ups that agents put right after the clock had given them.
	Amended []Amendment `json:"amended,omitempty"`
}

// Amendment is a wrap-up that its agent put right.
type Amendment struct {
	Agent     string    `json:"agent"`
	Code      string    `json:"code"`
	Notes     string    `json:"notes,omitempty"`
	AmendedAt time.Time `json:"amended_at"`
}

func amendments(all []actors.Amendment) (list []Amendment) {
	for _, a := range all {
		list = append(list, Amendment{string(a.Agent), a.Code, a.Notes, a.At})
	}
	return list
}

// SegmentOf is a segment of the index as it is shown.
func SegmentOf(s actors.Segment) Segment {
	agents := make([]string, 0, len(s.Agents))
	for _, a := range s.Agents {
		agents = append(agents, string(a))
	}
	return Segment{Chat: string(s.Chat), Customer: string(s.Customer), Name: s.Name, Source: string(s.Source), Channel: string(s.Channel),
		Queue: string(s.Queue), Agents: agents, StartedAt: s.StartedAt, EndedAt: s.EndedAt, Reason: string(s.Reason), Messages: s.Messages, Erased: s.Erased,
		PreviousChat: string(s.Previous), Amended: amendments(s.Amended)}
}

func (s *Server) history(r *http.Request, who acd.Principal) (any, error) {
	q, err := queryOf(r)
	if err != nil {
		return nil, err
	}
	q.Within = who.Scope
	page, next, err := s.options.Past.Past().History(q)
	if err != nil {
		return nil, err
	}
	answer := historyPage{Chats: make([]Segment, 0, len(page)), Next: base64.RawURLEncoding.EncodeToString(next)}
	for _, seg := range page {
		answer.Chats = append(answer.Chats, SegmentOf(seg))
	}
	return answer, nil
}

// queryOf reads from, to (RFC 3339), queue, agent, customer, source, limit and
// cursor.
func queryOf(r *http.Request) (q actors.Query, err error) {
	v := r.URL.Query()
	for name, at := range map[string]*time.Time{"from": &q.From, "to": &q.To} {
		if text := v.Get(name); text != "" {
			if *at, err = time.Parse(time.RFC3339, text); err != nil {
				return q, refuse(http.StatusBadRequest, name+" is "+strconv.Quote(text)+", expected a time such as 2026-11-22T09:00:00Z")
			}
		}
	}
	if text := v.Get("limit"); text != "" {
		if q.Limit, err = strconv.Atoi(text); err != nil || q.Limit < 1 {
			return q, refuse(http.StatusBadRequest, "limit is "+strconv.Quote(text)+", expected a number from 1")
		}
	}
	if q.Cursor, err = base64.RawURLEncoding.DecodeString(v.Get("cursor")); err != nil {
		return q, refuse(http.StatusBadRequest, "cursor is not one that an answer has given")
	}
	q.Queue, q.Agent = acd.QueueID(v.Get("queue")), acd.AgentID(v.Get("agent"))
	q.Customer, q.Source = acd.CustomerID(v.Get("customer")), acd.SourceID(v.Get("source"))
	return q, nil
}

// overseenChat is the chat that is asked about, if it is of a queue that the
// asker oversees.
func (s *Server) overseenChat(r *http.Request, who acd.Principal) (acd.ChatID, error) {
	chat := acd.ChatID(r.PathValue("chat"))
	q, err := s.options.Past.Past().Queue(chat)
	if err == nil && !who.Scope.Covers(q) {
		err = acd.ErrNotFound
	}
	return chat, err
}

func (s *Server) explainChat(r *http.Request, who acd.Principal) (any, error) {
	chat, err := s.overseenChat(r, who)
	if err != nil {
		return nil, err
	}
	found, err := s.options.Past.Past().Explain(chat)
	list := make([]Explained, 0, len(found))
	for i := range found {
		list = append(list, explainedOf(&found[i]))
	}
	return map[string]any{"decisions": list}, err
}

func (s *Server) replayChat(r *http.Request, who acd.Principal) (any, error) {
	chat, err := s.overseenChat(r, who)
	if err != nil {
		return nil, err
	}
	var at uint64
	if text := r.URL.Query().Get("at"); text != "" {
		if at, err = strconv.ParseUint(text, 10, 64); err != nil || at == 0 {
			return nil, refuse(http.StatusBadRequest, "at is "+strconv.Quote(text)+", expected a record number from 1")
		}
	}
	moments := []MomentView{}
	var state acd.ChatState
	err = s.options.Past.Past().Replay(chat, at, func(m actors.Moment) error {
		moments, state = append(moments, ViewMoment(m)), m.State.ChatState
		return nil
	})
	return map[string]any{"records": moments, "state": state}, err
}

func (s *Server) exportTranscript(r *http.Request, who acd.Principal) (any, error) {
	chat, err := s.overseenChat(r, who)
	if err != nil {
		return nil, err
	}
	lines := []Line{}
	err = s.options.Past.Past().Transcript(chat, func(m acd.Message) error {
		lines = append(lines, LineOf(m))
		return nil
	})
	return map[string]any{"messages": lines}, err
}

func administers(who acd.Principal) error {
	if who.Role != acd.RoleAdmin && who.Role != acd.RoleService { // whose right has been looked at
		return refuse(http.StatusForbidden, "expected the token of an administrator")
	}
	return nil
}

func (s *Server) eraseChat(r *http.Request, who acd.Principal) (any, error) {
	if err := administers(who); err != nil {
		return nil, err
	}
	chat := acd.ChatID(r.PathValue("chat"))
	if err := s.options.Past.EraseChat(chat); err != nil {
		return nil, err
	}
	if err := s.eraseFiles(r.Context(), []acd.ChatID{chat}); err != nil {
		return nil, err
	}
	s.options.Log.Warn("text erased", "chat", string(chat), "by", who.ID)
	return map[string]any{"erased": []acd.ChatID{chat}}, nil
}

func (s *Server) eraseCustomer(r *http.Request, who acd.Principal) (any, error) {
	if err := administers(who); err != nil {
		return nil, err
	}
	customer := acd.CustomerID(r.PathValue("customer"))
	erased, open, err := s.options.Past.Erase(customer)
	if err != nil {
		return nil, err
	}
	if err := s.eraseFiles(r.Context(), erased); err != nil {
		return nil, err
	}
	s.options.Log.Warn("text erased", "customer", string(customer), "chats", len(erased), "by", who.ID)
	return map[string]any{"erased": append([]acd.ChatID{}, erased...), "still_open": append([]acd.ChatID{}, open...)}, nil
}
