package admin

import (
	"io"
	"net/http"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// request gives the field of an answer another name than one of its methods.
type request = huma.Context

// answer is a request on its way to being answered. What was asked for and how
// that ended is in the audit trail, and on disk, before the first byte of the
// answer leaves: who has read it finds the line.
type answer struct {
	request
	api   *API
	who   acd.Principal
	noted bool
	lost  bool // the line cannot be written, so the answer is not given either
}

// Unwrap is the request itself; huma asks for it.
func (w *answer) Unwrap() huma.Context { return w.request }

// SetStatus begins the answer.
func (w *answer) SetStatus(code int) {
	w.note(code)
	if w.lost {
		code = http.StatusServiceUnavailable
	}
	w.request.SetStatus(code)
}

// BodyWriter is where the rest of the answer goes.
func (w *answer) BodyWriter() io.Writer {
	if w.lost {
		return io.Discard
	}
	return w.request.BodyWriter()
}

// note logs what was asked for, once, and tells the audit trail of it unless it
// was a look at the configuration that was granted.
func (w *answer) note(status int) {
	if w.noted {
		return
	}
	w.noted = true
	o, at, op := &w.api.options, w.URL(), w.Operation()
	address := addressOf(w.RemoteAddr())
	o.Log.Info("administered", "by", named(w.who), "do", op.OperationID, "path", at.Path, "status", status, "remote", address)
	switch {
	case o.Trail == nil, status == http.StatusTooManyRequests: // a line each would be what the limit is against
	case w.who.ID == "":
		o.Trail.NoteRejected(address, "admin")
	case w.Method() != http.MethodGet, status == http.StatusForbidden, ofPeople[op.Tags[0]]:
		if err := o.Trail.NoteDurably(actors.TrailEntry{Who: w.who.ID, Role: w.who.Role, What: op.OperationID, Address: address,
			On: strings.TrimPrefix(at.Path, root+"/"), Outcome: outcome(status)}); err != nil {
			w.lost = true
			o.Log.Error("an act is not answered", "do", op.OperationID, "err", err)
		}
	}
}

// outcome is the word of the trail for a status.
func outcome(status int) string {
	switch {
	case status < http.StatusBadRequest:
		return actors.TrailOK
	case status == http.StatusForbidden:
		return acd.ErrForbidden.Code
	case status == http.StatusNotFound:
		return acd.ErrNotFound.Code
	}
	return strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_")
}

// addressOf is a peer's address without its port.
func addressOf(hostport string) string {
	at, err := netip.ParseAddrPort(hostport)
	if err != nil {
		return ""
	}
	return at.Addr().Unmap().String()
}
