package admin

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/config"
)

// problem is a refusal as RFC 9457 writes it.
func problem(status int, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail}
}

// fieldProblem names one wrong field.
func fieldProblem(at, text string) *huma.ErrorModel {
	p := problem(http.StatusUnprocessableEntity, "the request is wrong in one place")
	p.Errors = []*huma.ErrorDetail{{Location: at, Message: text}}
	return p
}

// wrong names all that a change would make wrong with the configuration. What
// lies within the part that the request is about is told by its place in the
// body, all else by its place in the configuration.
func wrong(problems *config.Problems, part string) *huma.ErrorModel {
	p := problem(http.StatusUnprocessableEntity, "the configuration would be wrong; nothing changed")
	for _, one := range problems.List {
		at := "configuration." + one.Path
		if rest, within := strings.CutPrefix(one.Path, part); within && (rest == "" || part == "" || rest[0] == '.' || rest[0] == '[') {
			at = "body" + rest
			if part == "" && rest != "" {
				at = "body." + rest
			}
		}
		p.Errors = append(p.Errors, &huma.ErrorDetail{Location: at, Message: one.Text})
	}
	return p
}

// refusal finds the answer to what went wrong. What is not the asker's fault is
// logged and told without its reason.
func (a *API) refusal(err error) error {
	var told *huma.ErrorModel
	var refused *acd.Refusal
	switch {
	case errors.As(err, &told):
		return told
	case errors.Is(err, acd.ErrNotFound):
		return problem(http.StatusNotFound, "there is nothing by this name")
	case errors.Is(err, actors.ErrConfigMoved):
		return problem(http.StatusPreconditionFailed, actors.ErrConfigMoved.Error())
	case errors.Is(err, acd.ErrForbidden):
		return problem(http.StatusForbidden, acd.ErrForbidden.Text)
	case errors.As(err, &refused):
		return problem(http.StatusConflict, refused.Text)
	}
	a.options.Log.Error("administration failed", "err", err)
	return problem(http.StatusInternalServerError, "the engine failed; see its log")
}

func (a *API) untrusted(err error) *huma.ErrorModel {
	var auth *transport.AuthError
	if errors.As(err, &auth) {
		return problem(http.StatusUnauthorized, auth.Reason)
	}
	a.options.Log.Error("token verification failed", "err", err)
	return problem(http.StatusInternalServerError, "the token cannot be verified now")
}
