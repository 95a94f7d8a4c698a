package admin

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// note logs what somebody asked for and how that ended, and tells the audit
// trail of it unless it was a look at the configuration that was granted.
func (a *API) note(ctx huma.Context, who acd.Principal) {
	at, op := ctx.URL(), ctx.Operation()
	address := addressOf(ctx.RemoteAddr())
	a.options.Log.Info("administered", "by", named(who), "do", op.OperationID, "path", at.Path, "status", ctx.Status(), "remote", address)
	switch {
	case a.options.Trail == nil, ctx.Status() == http.StatusTooManyRequests: // a line each would be what the limit is against
	case who.ID == "":
		a.options.Trail.NoteRejected(address, "admin")
	case ctx.Method() != http.MethodGet, ctx.Status() == http.StatusForbidden, ofPeople[op.Tags[0]]:
		a.options.Trail.Note(actors.TrailEntry{Who: who.ID, Role: who.Role, What: op.OperationID, Address: address,
			On: strings.TrimPrefix(at.Path, root+"/"), Outcome: outcome(ctx.Status())})
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
