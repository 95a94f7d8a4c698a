package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// operator is whom the commands against a running node ask, and how they show
// who asks.
type operator struct {
	Address string `default:"http://127.0.0.1:8081" env:"PARLEY_ADMIN_ADDRESS" placeholder:"URL" help:"Admin address of the node (${default})."`
	Token   string `env:"PARLEY_TOKEN" placeholder:"TOKEN" help:"Token of an administrator; a supervisor's is enough to read."`
	CA      string `name:"ca" env:"PARLEY_ADMIN_CA" placeholder:"FILE" help:"Who has signed the node's certificate, PEM; the authorities of this machine."`
	Cert    string `env:"PARLEY_ADMIN_CERT" placeholder:"FILE" help:"Your certificate, PEM, for a node that lets in nobody without one (admin_tls.client_ca_file)."`
	Key     string `env:"PARLEY_ADMIN_KEY" placeholder:"FILE" help:"The key of --cert, PEM."`

	made *http.Client // with these, so that pages of one journal share a connection
}

var errNoToken = usage(errors.New("expected the token of an administrator, in --token or PARLEY_TOKEN"))

// client is what asks the node.
func (o *operator) client() (*http.Client, error) {
	switch {
	case o.made != nil:
		return o.made, nil
	case o.CA == "" && o.Cert == "" && o.Key == "":
		return http.DefaultClient, nil
	}
	shown := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CA != "" {
		text, err := os.ReadFile(o.CA)
		if err != nil {
			return nil, usage(fmt.Errorf("--ca: %w", err))
		}
		if shown.RootCAs = x509.NewCertPool(); !shown.RootCAs.AppendCertsFromPEM(text) {
			return nil, usage(fmt.Errorf("--ca: %s has no certificate that can be read, expected PEM", o.CA))
		}
	}
	if o.Cert != "" || o.Key != "" {
		pair, err := tls.LoadX509KeyPair(o.Cert, o.Key)
		if err != nil {
			return nil, usage(fmt.Errorf("--cert and --key: %w", err))
		}
		shown.Certificates = []tls.Certificate{pair}
	}
	o.made = &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: shown}}
	return o.made, nil
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
	r, err := o.request(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if etag != "" {
		r.Header.Set("If-Match", etag)
	}
	client, err := o.client()
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(r)
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

// request is one to the node, in the name of who has the token.
func (o *operator) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	if o.Token == "" {
		return nil, errNoToken
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(o.Address, "/")+path, bytes.NewReader(body))
	if err != nil {
		return nil, usage(fmt.Errorf("--address: %w", err))
	}
	r.Header.Set("Authorization", "Bearer "+o.Token)
	return r, nil
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
