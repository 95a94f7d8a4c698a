package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/parley-engine/parley/transport/config"
)

// operator is whom the commands against a running node ask.
type operator struct {
	Address string `default:"http://127.0.0.1:8081" env:"PARLEY_ADMIN_ADDRESS" placeholder:"URL" help:"Admin address of the node (${default})."`
	Token   string `env:"PARLEY_TOKEN" placeholder:"TOKEN" help:"Token of an administrator; a supervisor's is enough to read."`
}

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

// asking bounds a question to a node.
const asking = 30 * time.Second

// ask sends a request to the node; what it refuses is an error that names each
// wrong field.
func (o *operator) ask(ctx context.Context, method, path string, body []byte, etag string) (answer []byte, tag string, err error) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	resp, err := o.send(ctx, method, path, body, etag)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	if answer, err = io.ReadAll(resp.Body); err != nil {
		return nil, "", fmt.Errorf("ask the node: %w", err)
	}
	return answer, resp.Header.Get("ETag"), nil
}

// send is ask for an answer that the caller reads, and closes, by himself.
func (o *operator) send(ctx context.Context, method, path string, body []byte, etag string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(o.Address, "/")+path, bytes.NewReader(body))
	if err != nil {
		return nil, usage(fmt.Errorf("--address: %w", err))
	}
	r.Header.Set("Authorization", "Bearer "+o.Token)
	r.Header.Set("Content-Type", "application/json")
	if etag != "" {
		r.Header.Set("If-Match", etag)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the node: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("ask the node: %w", err)
	}
	return nil, refusedBy(resp.Status, answer)
}

func refusedBy(status string, answer []byte) error {
	var problem struct {
		Detail string `json:"detail"`
		Errors []struct{ Location, Message string }
	}
	if json.Unmarshal(answer, &problem) != nil {
		return fmt.Errorf("the node answered %s", status)
	}
	text := "the node answered " + status + ": " + problem.Detail
	for _, e := range problem.Errors {
		text += "; " + e.Location + ": " + e.Message
	}
	return errors.New(text)
}
