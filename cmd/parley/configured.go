package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/admin"
	"github.com/parley-engine/parley/transport/config"
)

// contentOf names what a file says, but for the sections of the node.
func contentOf(doc *config.Document) string {
	sum := sha256.Sum256(doc.JSON())
	return hex.EncodeToString(sum[:])
}

// configured decides what the node works with: a file that says something else
// than when it was taken last is taken whole; else what has been stored since,
// by the admin API or parley apply, stays.
func (n *node) configured(s *config.Settings) (*acd.Config, actors.ConfigNote, error) {
	file := actors.ConfigNote{Document: s.Document.JSON(), File: contentOf(s.Document), Reason: "file"}
	last, err := actors.NewPast(n.journal).ConfigVersion(0)
	switch {
	case errors.Is(err, acd.ErrNotFound):
		return s.Engine, file, nil
	case err != nil:
		return nil, file, err
	case last.Document == nil, last.File != file.File:
		if last.Reason != "" && last.Reason != file.Reason {
			n.log.Warn("the file has changed and takes the place of the stored configuration", "version", last.Version, "stored", last.Reason)
		}
		return s.Engine, file, nil
	}
	stored, err := config.ReadDocument(fmt.Sprintf("stored configuration %d", last.Version), last.Document)
	if err != nil {
		return nil, file, usage(fmt.Errorf("%w; a changed file takes its place", err))
	}
	return stored.Engine(), last.ConfigNote, nil
}

// reconfigure takes a file that has been read again.
func (n *node) reconfigure(s *config.Settings) error {
	cfg, note, err := n.configured(s)
	if err != nil {
		return err
	}
	_, err = n.engine.Configure(actors.ConfigChange{Config: cfg, ConfigNote: note})
	return err
}

// administered adds the operator's API to the edge.
func (n *node) administered(edge *transport.Options) {
	edge.Revoked = func(id transport.Identity) bool {
		return n.engine.Revoked(id.TokenID, id.Principal.Stream(), id.Issued)
	}
	edge.Admin = func(s *transport.Server) http.Handler {
		api, err := admin.New(admin.Options{Engine: n.engine, Edge: s, Tokens: n.tokens, Version: version(), Log: n.log, Trail: n.engine,
			Backup: n.backup(), Events: n.outbound})
		if err != nil {
			panic(fmt.Sprintf("the admin API: %v", err)) // its parts are ours
		}
		return api
	}
}
