package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

const (
	// fileTimeout bounds one upload or download; fileLookup what is asked about
	// a file while a connection waits.
	fileTimeout = 5 * time.Minute
	fileLookup  = 5 * time.Second
)

// fileRoutes mounts uploads and downloads on the public listener.
func (s *Server) fileRoutes(mux *http.ServeMux) {
	if s.options.Files == nil {
		return
	}
	mux.HandleFunc("POST /v1/attachments", s.filed(s.upload))
	mux.HandleFunc("GET /v1/attachments/{id}", s.filed(s.download))
	mux.HandleFunc("OPTIONS /v1/attachments", s.preflight)
	mux.HandleFunc("OPTIONS /v1/attachments/{id}", s.preflight)
}

// filed lets in who has a token and comes from a page that may, within the
// limits of his address, and tells what is refused.
func (s *Server) filed(do func(http.ResponseWriter, *http.Request, acd.Principal) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if !s.originAllowed(r) {
			s.refuseFile(w, acd.ErrForbidden)
			return
		}
		s.allowOrigin(w, r)
		addr := remoteAddr(r.RemoteAddr)
		wait, ok := s.addresses.enter(addr)
		if !ok {
			w.Header().Set("Retry-After", strconv.Itoa(wait))
			s.refuseFile(w, &acd.Refusal{Code: string(wire.CodeRateLimited), Text: "too much from this address"})
			return
		}
		defer s.addresses.leave(addr)
		id, err := s.Verify(r.Context(), bearer(r.Header.Get("Authorization")))
		if auth := new(AuthError); errors.As(err, &auth) {
			s.options.Trail.NoteRejected(addr.String(), "attachment")
		}
		if err == nil {
			slow(w, time.Now().Add(fileTimeout))
			err = do(w, r, id.Principal)
			slow(w, time.Time{}) // the connection may serve others
			s.noteFile(r, id.Principal, addr.String(), err)
		}
		if err != nil {
			s.refuseFile(w, err)
		}
	}
}

// noteFile tells of an overseer or a service that was refused a file.
func (s *Server) noteFile(r *http.Request, who acd.Principal, addr string, err error) {
	var refused *acd.Refusal
	if !errors.As(err, &refused) || !who.Oversees() && who.Role != acd.RoleService {
		return
	}
	what, chat := "upload", acd.ChatID(r.URL.Query().Get("chat"))
	if id := r.PathValue("id"); id != "" {
		what = "download"
		chat, _, _ = fileKey(id)
	}
	line := actors.TrailEntry{Who: who.ID, Role: who.Role, What: what, Outcome: refused.Code, Address: addr}
	if len(chat) <= wire.MaxNameChars {
		line.On = chat.Address().String()
	}
	s.options.Trail.Note(line)
}

// slow lets a request take until then. A connection that knows no deadlines has
// none.
func slow(w http.ResponseWriter, until time.Time) {
	c := http.NewResponseController(w)
	_, _ = c.SetReadDeadline(until), c.SetWriteDeadline(until)
}

// allowOrigin lets the page read the answer that it was allowed to ask for.
func (s *Server) allowOrigin(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Add("Vary", "Origin")
	}
}

func (s *Server) preflight(w http.ResponseWriter, r *http.Request) {
	if s.originAllowed(r) {
		s.allowOrigin(w, r)
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		w.Header().Set("Access-Control-Max-Age", "600")
	}
	w.WriteHeader(http.StatusNoContent)
}

// fileStatus is the HTTP status of a refusal.
var fileStatus = map[string]int{
	string(wire.CodeBadFrame): http.StatusBadRequest, acd.ErrForbidden.Code: http.StatusForbidden,
	acd.ErrNotParticipant.Code: http.StatusForbidden, acd.ErrNotFound.Code: http.StatusNotFound, acd.ErrEnded.Code: http.StatusConflict,
	acd.ErrTooLong.Code: http.StatusRequestEntityTooLarge, acd.ErrBadState.Code: http.StatusUnsupportedMediaType,
	string(wire.CodeRateLimited): http.StatusTooManyRequests, acd.ErrCapacity.Code: http.StatusConflict,
}

func (s *Server) refuseFile(w http.ResponseWriter, err error) {
	status, code, text := http.StatusInternalServerError, string(wire.CodeInternal), "the server failed"
	var r *acd.Refusal
	var auth *AuthError
	switch {
	case errors.As(err, &auth):
		status, code, text = http.StatusUnauthorized, string(wire.CodeUnauthenticated), auth.Reason
	case errors.Is(err, errTooMuch):
		status, code, text = http.StatusRequestEntityTooLarge, acd.ErrTooLong.Code, "the attachment is too big for this channel"
	case errors.As(err, &r) && fileStatus[r.Code] != 0:
		status, code, text = fileStatus[r.Code], r.Code, r.Text
	case errors.Is(err, context.Canceled), errors.Is(err, io.ErrUnexpectedEOF):
		status, code, text = http.StatusBadRequest, string(wire.CodeBadFrame), "the upload broke off"
	default:
		s.options.Log.Error("attachment", "err", err)
	}
	answerJSON(w, status, map[string]string{"code": code, "message": text})
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the asker may have gone
}

// upload takes a file for a chat from who speaks in it.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, who acd.Principal) error {
	chat := acd.ChatID(r.URL.Query().Get("chat"))
	name, ok := fileName(r.URL.Query().Get("name"))
	if chat == "" || !ok {
		return &acd.Refusal{Code: string(wire.CodeBadFrame), Text: "expected chat, and a name of at most 255 characters"}
	}
	view, err := s.options.Files.View(r.Context(), who, chat)
	if err != nil {
		return err
	}
	if err := speaks(&view, who); err != nil {
		return err
	}
	takes := s.attachmentPolicy(view.Channel)
	if r.ContentLength > takes.MaxBytes {
		return errTooMuch
	}
	if err := s.options.Files.room(r.Context(), chat); err != nil {
		return err
	}
	f, err := s.options.Files.keep(r.Context(), who, chat, name, r.Body, takes)
	if err != nil {
		return err
	}
	answerJSON(w, http.StatusCreated, attachmentFrame(&f.Attachment, f.name))
	return nil
}

func (s *Server) attachmentPolicy(ch acd.Channel) acd.AttachmentPolicy {
	cfg := s.options.Config()
	if cfg == nil {
		cfg = &acd.Config{}
	}
	return cfg.Attachments(ch)
}

// speaks says why somebody who may see a chat may not send a file to it, or nil.
func speaks(v *acd.ChatView, who acd.Principal) error {
	if v.Phase != acd.PhaseQueued && v.Phase != acd.PhaseActive {
		return acd.ErrEnded
	}
	if who.Role == acd.RoleCustomer {
		return nil
	}
	for i := range v.Participants {
		p := &v.Participants[i]
		if string(p.Agent) == who.ID && p.Joined && p.Mode != acd.Monitoring {
			return nil
		}
	}
	return acd.ErrNotParticipant
}

// sees says whose files of a chat are for this person: everybody's, or what was
// sent to the customer alone.
func (f *Files) sees(ctx context.Context, who acd.Principal, chat acd.ChatID) (acd.Audience, error) {
	_, err := f.View(ctx, who, chat)
	if err == nil && who.Role != acd.RoleCustomer {
		return acd.ForAgents, nil
	}
	if f.Earlier == nil || !errors.Is(err, acd.ErrNotParticipant) {
		return acd.ForAll, err
	}
	earlier, failed := f.Earlier(who, chat)
	if failed != nil {
		return acd.ForAll, fmt.Errorf("attachments of %s: %w", chat, failed)
	}
	if earlier {
		err = nil
	}
	return acd.ForAll, err
}

// heard refuses who hears what the customer hears a file that nobody has sent to
// him: one for agents alone, or one that its uploader has kept. To him there is
// none.
func (f *Files) heard(who acd.Principal, sees acd.Audience, known *file) error {
	if sees == acd.ForAgents || known.by == string(who.Stream()) {
		return nil
	}
	if f.Sent == nil {
		return acd.ErrNotFound
	}
	sent, err := f.Sent(known.chat, known.ID)
	if err == nil && !sent {
		err = acd.ErrNotFound
	}
	return err
}

// download brings a file to who may see its chat, and heard of it, never to be
// shown in place.
func (s *Server) download(w http.ResponseWriter, r *http.Request, who acd.Principal) error {
	id := r.PathValue("id")
	chat, _, ok := fileKey(id)
	if !ok {
		return acd.ErrNotFound
	}
	sees, err := s.options.Files.sees(r.Context(), who, chat)
	if err != nil {
		return err
	}
	f, key, err := s.options.Files.find(r.Context(), id)
	if err == nil {
		err = s.options.Files.heard(who, sees, &f)
	}
	if err != nil {
		return err
	}
	body, err := s.options.Files.Bucket.NewReader(r.Context(), key, nil)
	if err != nil {
		return fmt.Errorf("attachment %s: %w", id, err)
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.WriteHeader(http.StatusOK)
	if _, err := io.Copy(w, body); err != nil {
		s.options.Log.Debug("attachment cut short", "chat", string(chat), "err", err)
	}
	return nil
}

// attach sends a file that the same person has uploaded for the same chat.
func (c *conn) attach(cmd *wire.Send) *wire.Error {
	files := c.server.options.Files
	if files == nil {
		return refusal(wire.CodeBadState, "attachments are not taken by this server")
	}
	words := *cmd
	words.Attachment = nil
	to, order, e := translate(c.who, &words, c.server.options.Config())
	if e != nil {
		return e
	}
	ctx, cancel := context.WithTimeout(context.Background(), fileLookup)
	defer cancel()
	f, _, err := files.find(ctx, cmd.Attachment.ID)
	if err != nil && !errors.Is(err, acd.ErrNotFound) {
		c.server.options.Log.Error("attachment", "chat", cmd.Chat, "err", err)
		return refusal(wire.CodeInternal, "the attachment cannot be looked up")
	}
	if err != nil || string(f.chat) != cmd.Chat || f.by != string(c.who.Stream()) {
		return c.settled(cmd, refusal(wire.CodeNotFound, "no such attachment of yours in this chat"))
	}
	said := order.(acd.SendText) // what translate makes of a Send
	said.Text, said.Attachment = f.name, &f.Attachment
	c.unanswered.Add(1)
	c.session.Do(cmd.ID, digest(cmd), to, said)
	return nil
}

// eraseFiles removes the files of chats whose text has been erased.
func (s *Server) eraseFiles(ctx context.Context, chats []acd.ChatID) error {
	if s.options.Files == nil {
		return nil
	}
	for _, chat := range chats {
		if err := s.options.Files.Erase(ctx, chat); err != nil {
			return err
		}
	}
	return nil
}
