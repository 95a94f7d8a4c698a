package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/transport/config"
)

// present is the configuration as it was written, and its version.
func (a *API) present() (*config.Document, uint64, error) {
	version := a.options.Engine.Config().Version
	if last := a.last.Load(); last != nil && last.version == version {
		return last.document, version, nil
	}
	doc, err := a.written(version)
	if err == nil {
		a.last.Store(&read{version, doc})
	}
	return doc, version, err
}

// read is a version that has been read: versions never change.
type read struct {
	version  uint64
	document *config.Document
}

// written is one version as it was written.
func (a *API) written(version uint64) (*config.Document, error) {
	v, err := a.options.Engine.Past().ConfigVersion(version)
	if err != nil {
		return nil, err
	}
	if v.Document == nil {
		return nil, problem(http.StatusConflict, fmt.Sprintf("what was written as version %d has not been kept: apply a file, or take another version", version))
	}
	doc, err := config.ReadDocument(fmt.Sprintf("version %d", version), v.Document)
	var problems *config.Problems
	if errors.As(err, &problems) {
		return nil, wrong(problems, "")
	}
	return doc, err
}

// change is one change of the configuration.
type change struct {
	make   func(tree) error            // in place
	part   func(tree) string           // the path of what the request is about, after make; nil is all
	answer func(taken) (*reply, error) // when it is taken
	reason string                      // for the list of versions
}

// taken is a change that was taken, or would be.
type taken struct {
	document *config.Document
	tree     tree
	version  uint64
	dry      bool
	changes  []config.Change
}

// apply makes a change to a copy of the present configuration, checks all of
// it, and takes it; with dry_run it stops before that.
func (a *API) apply(c *call, ch change) (*reply, error) {
	before, version, err := a.present()
	if err != nil {
		return nil, err
	}
	t := before.Tree()
	if err := ch.make(t); err != nil {
		return nil, err
	}
	part := ""
	if ch.part != nil {
		part = ch.part(t)
	}
	text, err := config.Canonical(t)
	if err != nil {
		return nil, err
	}
	after, err := config.ReadDocument("body", text)
	var problems *config.Problems
	if errors.As(err, &problems) {
		return nil, wrong(problems, part)
	} else if err != nil {
		return nil, err
	}
	would := taken{document: after, tree: after.Tree(), version: version, changes: config.Diff(before, after)}
	if c.query.Get("dry_run") == "true" {
		would.dry = true
		return ch.answer(would)
	}
	return a.take(c, ch, would)
}

// take hands the configuration to the engine, and the answer with it for who
// asks again.
func (a *API) take(c *call, ch change, would taken) (*reply, error) {
	var answered *reply
	var failed error
	answer := func(version uint64) (out *output) {
		would.version = version
		if answered, failed = ch.answer(would); failed == nil {
			answered.version = version
			out, failed = answered.render()
		}
		return out
	}
	next := actors.ConfigChange{
		Config: would.document.Engine(), Expect: would.version,
		ConfigNote: actors.ConfigNote{Document: would.document.JSON(), By: c.who, Reason: ch.reason},
	}
	if c.keep != nil {
		next.Answer = func(version uint64) (actors.AnswerKey, actors.KeptAnswer) {
			out := answer(version)
			if failed != nil {
				return c.keep.key, actors.KeptAnswer{}
			}
			c.keep.done = true
			return c.keep.key, kept(c.keep.digest, out, answered)
		}
	}
	version, err := a.options.Engine.Configure(next)
	if err == nil && answered == nil {
		answer(version)
	}
	return answered, errors.Join(err, failed)
}

// tag is the ETag of a part: equal parts have equal tags.
func tag(value any) (string, error) {
	text, err := config.Canonical(value)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return `"` + hex.EncodeToString(sum[:12]) + `"`, nil
}
