package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/parley-engine/parley/transport/config"
)

type applyCommand struct {
	operator
	File   string `arg:"" help:"The configuration, YAML. Sections of the node itself are passed over."`
	DryRun bool   `help:"Say what would change, and change nothing."`
}

// Run makes the node's configuration what the file says. It prints each
// difference; without any it does nothing.
func (c *applyCommand) Run(ctx context.Context, m Main) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return usage(fmt.Errorf("configuration: %w", err))
	}
	doc, err := config.LiveDocument(c.File, text)
	if problems := new(config.Problems); errors.As(err, &problems) {
		fmt.Fprint(m.Out, problems.Lines())
		return usage(fmt.Errorf("%s: %s", c.File, count(len(problems.List), "problem")))
	} else if err != nil {
		return usage(err)
	}
	_, etag, err := c.ask(ctx, http.MethodGet, "/v1/admin/config", nil, "")
	if err != nil {
		return err
	}
	body, _, err := c.ask(ctx, http.MethodPut, "/v1/admin/config?dry_run=true", doc.JSON(), "")
	if err != nil {
		return err
	}
	var would struct {
		Version uint64          `json:"version"`
		Changes []config.Change `json:"changes"`
	}
	if err := json.Unmarshal(body, &would); err != nil {
		return fmt.Errorf("answer of %s: %w", c.Address, err)
	}
	for _, change := range would.Changes {
		fmt.Fprintln(m.Out, change)
	}
	if len(would.Changes) == 0 || c.DryRun {
		fmt.Fprintf(m.Out, "%s; version %d stays\n", count(len(would.Changes), "change"), would.Version)
		return nil
	}
	if body, _, err = c.ask(ctx, http.MethodPut, "/v1/admin/config", doc.JSON(), etag); err != nil {
		return err
	}
	if err := json.Unmarshal(body, &would); err != nil {
		return fmt.Errorf("answer of %s: %w", c.Address, err)
	}
	_, err = fmt.Fprintf(m.Out, "%s taken as version %d\n", count(len(would.Changes), "change"), would.Version)
	return err
}

type exportCommand struct {
	operator
	Version uint64 `placeholder:"N" help:"An old version; the present one."`
}

// Run prints the node's configuration as a file that apply takes.
func (c *exportCommand) Run(ctx context.Context, m Main) error {
	path := "/v1/admin/config"
	if c.Version > 0 {
		path = fmt.Sprintf("/v1/admin/config/versions/%d", c.Version)
	}
	body, _, err := c.ask(ctx, http.MethodGet, path, nil, "")
	if err != nil {
		return err
	}
	if c.Version > 0 {
		var version struct {
			Document json.RawMessage `json:"document"`
		}
		if err := json.Unmarshal(body, &version); err != nil || version.Document == nil {
			return fmt.Errorf("what was written as version %d has not been kept", c.Version)
		}
		body = version.Document
	}
	doc, err := config.ReadDocument(c.Address, body)
	if err != nil {
		return err
	}
	text, err := doc.YAML()
	if err != nil {
		return err
	}
	_, err = m.Out.Write(text)
	return err
}
