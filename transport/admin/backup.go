package admin

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// backupRoutes offers a copy of all that the node keeps, as one stream.
func (a *API) backupRoutes() {
	send := a.options.Backup
	if send == nil {
		return
	}
	op := a.op(operation{id: "take-backup", method: http.MethodGet, tag: "backup", path: "/backup", summary: "Copy the journal and the attachments while the node works",
		about: "A tar stream; its last file, BACKUP.json, lists the others with their sums, and without it the backup is not complete. " +
			"parley backup writes it to a folder or a bucket.",
		params: []*huma.Param{query("attachments", "false leaves them out, for a bucket that has copies of its own.", &huma.Schema{Type: huma.TypeBoolean, Default: true})},
		errors: []int{http.StatusConflict, http.StatusUnprocessableEntity}})
	op.Responses["200"].Content = map[string]*huma.MediaType{"application/x-tar": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	huma.Register(a.huma, op, func(_ context.Context, in *reading) (*huma.StreamResponse, error) {
		attachments := true
		switch in.c.query.Get("attachments") {
		case "", "true":
		case "false":
			attachments = false
		default:
			return nil, a.refusal(fieldProblem("query.attachments", "expected true or false"))
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			ctx.SetHeader("Content-Type", "application/x-tar")
			ctx.SetHeader("Cache-Control", "no-store")
			out := &begun{Writer: ctx.BodyWriter()}
			err := send(ctx.Context(), out, attachments)
			if err == nil {
				return
			}
			a.options.Log.Error("backup", "err", err)
			if !out.yes { // else the stream ends without its list and counts for nothing
				code := http.StatusInternalServerError
				if errors.Is(err, ErrBusy) {
					code = http.StatusConflict
				}
				writeProblem(ctx, problem(code, err.Error()))
			}
		}}, nil
	})
}

// begun knows whether an answer has begun.
type begun struct {
	io.Writer
	yes bool
}

func (b *begun) Write(p []byte) (int, error) {
	b.yes = true
	return b.Writer.Write(p)
}

// ErrBusy is what a Backup returns while another is under way.
var ErrBusy = errors.New("busy")

// Backup writes a backup to w.
type Backup func(ctx context.Context, w io.Writer, attachments bool) error
