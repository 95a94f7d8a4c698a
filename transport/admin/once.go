package admin

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/parley-engine/parley/actors"
)

// keeping is how an answer is kept for who asks again.
type keeping struct {
	key    actors.AnswerKey
	digest []byte
	done   bool // in the batch of what was done
}

// maxKey bounds an Idempotency-Key.
const maxKey = 128

// once does an act, unless it has been done by the same key.
func (a *API) once(ctx context.Context, o operation, c *call, do func(context.Context, *call) (*reply, error)) (*output, error) {
	a.changing.Lock()
	defer a.changing.Unlock()
	if key := c.head("Idempotency-Key"); key != "" {
		if len(key) > maxKey {
			return nil, fieldProblem("header.Idempotency-Key", fmt.Sprintf("%d bytes are too many, expected at most %d", len(key), maxKey))
		}
		c.keep = &keeping{key: actors.AnswerKey{Who: c.who.Stream(), Key: key}, digest: c.digest(o)}
		kept, err := a.options.Engine.KeptAnswer(c.keep.key)
		if err != nil {
			return nil, a.refusal(err)
		}
		if kept != nil {
			return a.again(c, kept)
		}
	}
	r, err := do(ctx, c)
	if err != nil {
		return nil, a.refusal(err)
	}
	out, err := r.render()
	if err != nil || c.keep == nil || c.keep.done {
		return out, err
	}
	if err := a.options.Engine.KeepAnswer(c.keep.key, kept(c.keep.digest, out, r)); err != nil {
		return nil, a.refusal(err)
	}
	return out, nil
}

// digest is what was asked, so that a key is not used for something else.
func (c *call) digest(o operation) []byte {
	h := sha256.New()
	for _, part := range []string{o.id, c.query.Encode(), c.head("If-Match"), c.head("If-None-Match"), string(c.body)} {
		fmt.Fprintf(h, "%d %s\n", len(part), part)
	}
	for _, name := range pathNames(o.path) {
		fmt.Fprintf(h, "%d %s\n", len(c.path(name)), c.path(name))
	}
	return h.Sum(nil)
}

// again answers with what was answered before.
func (a *API) again(c *call, k *actors.KeptAnswer) (*output, error) {
	if !slices.Equal(k.Digest, c.keep.digest) {
		return nil, fieldProblem("header.Idempotency-Key", "was used for another request, expected a new one")
	}
	body, err := a.revive(k.Body)
	if err != nil {
		return nil, a.refusal(err)
	}
	return &output{
		Status: k.Status, ContentType: "application/json; charset=utf-8", Cache: "no-store", Replayed: "true", Body: body,
		ETag: k.Headers["ETag"], Location: k.Headers["Location"], Version: k.Headers["Parley-Config-Version"],
	}, nil
}

// kept is an answer as it goes to the journal. A token is not kept: revive
// signs the same one again. Nor is a secret, which who asks again does not get.
func kept(digest []byte, out *output, r *reply) actors.KeptAnswer {
	body := out.Body
	if minted, ok := r.body.(mintedToken); ok {
		minted.Token = ""
		body, _ = json.Marshal(minted) // it has just been marshalled
	}
	if once, ok := r.body.(secretBody); ok {
		body, _ = json.Marshal(once.without()) // it has just been marshalled
	}
	return actors.KeptAnswer{Digest: digest, Status: out.Status, Body: body, Headers: map[string]string{
		"ETag": out.ETag, "Location": out.Location, "Parley-Config-Version": out.Version,
	}}
}

// precondition holds If-Match and If-None-Match against what is there; tag is
// empty when nothing is.
func (c *call) precondition(tag string) error {
	match, none := c.head("If-Match"), c.head("If-None-Match")
	switch {
	case none == "*" && tag != "":
		return problem(http.StatusPreconditionFailed, "it is there already")
	case match == "" && tag != "":
		return problem(http.StatusPreconditionRequired, "expected If-Match with the ETag of what is changed")
	case match != "" && tag == "":
		return problem(http.StatusPreconditionFailed, "it is not there")
	case match != "" && match != "*" && match != tag:
		return problem(http.StatusPreconditionFailed, "it has changed meanwhile, its ETag is "+tag)
	}
	return nil
}
