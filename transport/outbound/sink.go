package outbound

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// post delivers events by the Standard Webhooks convention.
type post struct {
	client *http.Client
	url    string
	keys   func() []string
	limit  time.Duration
	now    func() time.Time
}

func (p *post) deliver(ctx context.Context, id string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	at := p.now()
	signed, err := sign(p.keys(), id, at, body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
	r.Header.Set("User-Agent", "parley")
	r.Header.Set(standardwebhooks.HeaderWebhookID, id)
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, signed)
	resp, err := p.client.Do(r)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	return judge(resp)
}

// judge says what an answer means.
func judge(resp *http.Response) error {
	switch code := resp.StatusCode; {
	case code/100 == 2:
		return nil
	case code == http.StatusGone:
		return errGone
	case code/100 == 3:
		return fmt.Errorf("the receiver answered %d and webhooks follow no redirect", code)
	default:
		err := fmt.Errorf("the receiver answered %d", code)
		if seconds, bad := strconv.Atoi(resp.Header.Get("Retry-After")); bad == nil && seconds > 0 {
			return &laterError{err, time.Duration(seconds) * time.Second}
		}
		return err
	}
}

// sign signs with each key, the newest first, so that a receiver who knows one
// of them can check.
func sign(keys []string, id string, at time.Time, body []byte) (string, error) {
	var out []byte
	for _, key := range keys {
		hook, err := standardwebhooks.NewWebhook(key)
		if err != nil {
			return "", fmt.Errorf("webhook: sign: %w", err)
		}
		one, err := hook.Sign(id, at, body)
		if err != nil {
			return "", fmt.Errorf("webhook: sign: %w", err)
		}
		if len(out) > 0 {
			out = append(out, ' ')
		}
		out = append(out, one...)
	}
	return string(out), nil
}
