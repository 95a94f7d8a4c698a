package conform

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// upload sends a file of the chat, as bytes in base64. The answer is the body's
// fields and its status.
func (p *play) upload(ctx context.Context, l sentence, s Step) error {
	filled, err := p.captures.fill(s.Frame)
	if err != nil {
		return err
	}
	f, _ := filled.(map[string]any)
	chat, _ := f["chat"].(string)
	name, _ := f["name"].(string)
	body, err := decode(f)
	if err != nil {
		return err
	}
	query := url.Values{"chat": {chat}, "name": {name}}
	answer, err := p.request(ctx, l.who, http.MethodPost, "/v1/attachments?"+query.Encode(), body)
	if err != nil {
		return err
	}
	var fields map[string]any
	if err := json.Unmarshal(answer.body, &fields); err != nil {
		return fmt.Errorf("the answer is %d %q: %w", answer.status, answer.body, err)
	}
	fields["status"] = float64(answer.status)
	return p.held(s, fields, http.StatusCreated)
}

// download fetches a file by its id. The answer is its bytes, its type and the
// status.
func (p *play) download(ctx context.Context, l sentence, s Step) error {
	filled, err := p.captures.fill(s.Frame)
	if err != nil {
		return err
	}
	f, _ := filled.(map[string]any)
	id, _ := f["id"].(string)
	answer, err := p.request(ctx, l.who, http.MethodGet, "/v1/attachments/"+url.PathEscape(id), nil)
	if err != nil {
		return err
	}
	disposition, _, _ := strings.Cut(answer.header.Get("Content-Disposition"), ";")
	return p.held(s, map[string]any{
		"status": float64(answer.status), "media_type": answer.header.Get("Content-Type"),
		"disposition": disposition, "base64": base64.StdEncoding.EncodeToString(answer.body),
	}, http.StatusOK)
}

// held holds an answer against what a step expects, the status usual if it
// names none.
func (p *play) held(s Step, answer map[string]any, usual int) error {
	want, _ := s.Gets.(map[string]any)
	if _, named := want["status"]; !named {
		want = with(want, "status", float64(usual))
	}
	if diff := p.captures.try(want, answer); diff != "" {
		return fmt.Errorf("the answer is %s: %s", oneLine(answer), diff)
	}
	return nil
}

func decode(f map[string]any) ([]byte, error) {
	text, ok := f["base64"].(string)
	if !ok {
		return nil, errors.New("what is uploaded has no base64")
	}
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("what is uploaded: %w", err)
	}
	return body, nil
}

// reply is an HTTP answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// request asks the server of the websocket over HTTP, as somebody.
func (p *play) request(ctx context.Context, who, method, path string, body []byte) (reply, error) {
	at, err := url.Parse(p.target.URL)
	if err != nil {
		return reply{}, err
	}
	scheme := map[string]string{"ws": "http", "wss": "https"}[at.Scheme]
	r, err := http.NewRequestWithContext(ctx, method, scheme+"://"+at.Host+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	token, err := p.target.Token(p.people[who])
	if err != nil {
		return reply{}, fmt.Errorf("token for %s: %w", who, err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	client := p.target.HTTPClient
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, answer.Header, text}, err
}
