package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

type eventsCommand struct {
	operator
	Follow bool     `help:"Go on for ever, also when the node is away for a while."`
	From   string   `default:"start" placeholder:"ID" help:"The id of the event to go on behind, start or now (${default})."`
	Filter []string `placeholder:"WHAT" help:"Only kinds (chat.started, chat.*), or queue=ID, chat=ID, agent=ID; with commas."`
	Words  bool     `help:"With what people have said and are known by."`
	Limit  int      `default:"0" help:"At most so many; without --follow and 0, all that there are."`
}

// Run prints events as they happened, one JSON object a line.
func (c *eventsCommand) Run(ctx context.Context, m Main) error {
	ask, err := c.query()
	if err != nil {
		return usage(err)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	at, left := c.From, c.Limit
	if at == "now" && c.Follow { // a place, so that nothing is missed when the stream is cut off
		once := eventsCommand{operator: c.operator}
		if _, at, err = once.read(ctx, m, url.Values{}, at, 0); err != nil {
			return err
		}
	}
	for pause := reconnectFirst; ; {
		n, next, err := c.read(ctx, m, ask, at, left)
		if n > 0 {
			pause = reconnectFirst
		}
		left -= n
		early := new(earlyError)
		switch {
		case ctx.Err() != nil, c.Limit > 0 && left <= 0:
			return nil
		case errors.As(err, &early):
			at = next
			if rest(ctx, early.wait) {
				return nil
			}
			continue
		case !c.Follow && (err != nil || n == 0 && next == at):
			return err
		case errors.Is(err, errRefused):
			return err
		}
		if at = next; c.Follow {
			if rest(ctx, pause) { // what was cut off is taken up again where it was
				return nil
			}
			pause = min(2*pause, reconnectMost)
		}
	}
}

// rest waits; true is the end of the command.
func rest(ctx context.Context, d time.Duration) (over bool) {
	select {
	case <-time.After(d):
		return false
	case <-ctx.Done():
		return true
	}
}

// earlyError is an answer to one request too many, for a while.
type earlyError struct {
	wait time.Duration
	err  error
}

func (e *earlyError) Error() string { return e.err.Error() }

// early reads when a node that was asked too often may be asked again.
func early(resp *http.Response, why error) error {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		seconds = 1
	}
	return &earlyError{min(time.Duration(seconds)*time.Second, time.Minute), why}
}

// Pauses before a stream that was cut off is opened again.
const (
	reconnectFirst = 100 * time.Millisecond
	reconnectMost  = 10 * time.Second
)

// errRefused is an answer that another try would not change.
var errRefused = errors.New("refused")

// query is what is asked for, without where it begins.
func (c *eventsCommand) query() (url.Values, error) {
	if c.Limit < 0 {
		return nil, fmt.Errorf("--limit is %d, expected a number from 0", c.Limit)
	}
	v := url.Values{}
	for _, one := range c.Filter {
		name, value, named := strings.Cut(one, "=")
		if !named {
			v.Add("kinds", one)
			continue
		}
		switch name {
		case "queue", "chat", "agent":
			v.Add(name+"s", value)
		default:
			return nil, fmt.Errorf("--filter %s: expected a kind, or queue=ID, chat=ID or agent=ID", one)
		}
	}
	if c.Words {
		v.Set("words", "true")
	}
	if c.Follow {
		v.Set("follow", "true")
	}
	return v, nil
}

// read prints one answer and returns how many events were in it and where the
// next one begins.
func (c *eventsCommand) read(ctx context.Context, m Main, ask url.Values, at string, left int) (n int, next string, err error) {
	ask.Set("after", at)
	if !c.Follow {
		page := 1000
		if c.Limit > 0 {
			page = min(page, left)
		}
		ask.Set("limit", strconv.Itoa(page))
	}
	r, err := c.request(ctx, http.MethodGet, "/v1/admin/events?"+ask.Encode(), nil)
	if err != nil {
		return 0, at, errors.Join(errRefused, err)
	}
	r.Header.Set("Accept", "application/x-ndjson")
	client, err := c.client()
	if err != nil {
		return 0, at, errors.Join(errRefused, err)
	}
	resp, err := client.Do(r)
	if err != nil {
		return 0, at, fmt.Errorf("ask the node: %w", err)
	}
	defer resp.Body.Close()
	in := bufio.NewReader(resp.Body)
	if resp.StatusCode != http.StatusOK {
		text, _ := in.ReadBytes(0) // what can be read of why
		err := refusedBy(resp.Status, text)
		switch {
		case resp.StatusCode == http.StatusTooManyRequests:
			return 0, at, early(resp, err)
		case resp.StatusCode < http.StatusInternalServerError:
			return 0, at, fmt.Errorf("%w: %w", errRefused, err)
		}
		return 0, at, err
	}
	next = at
	for c.Limit == 0 || n < left {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break // the end, or a line that was cut off and comes again
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue // the stream shows that it lives
		}
		var e struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(line, &e); err != nil || e.ID == "" {
			return n, next, fmt.Errorf("answer of %s: not an event: %.100s", c.Address, line)
		}
		if _, err := fmt.Fprintf(m.Out, "%s\n", line); err != nil {
			return n, next, errors.Join(errRefused, err)
		}
		n, next = n+1, e.ID
	}
	if end := resp.Header.Get("Parley-Next-Cursor"); end != "" && (c.Limit == 0 || n < left) {
		next = end
	}
	return n, next, nil
}
