package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/parley-engine/parley/transport/wire"
)

// The bounds of the wait before a new attempt to connect.
const (
	backoffFirst = 500 * time.Millisecond
	backoffMost  = 20 * time.Second
)

// Options says where to connect and as whom. URL and a token are required, the
// zero value of the rest works.
type Options struct {
	// URL is the server's websocket, such as ws://127.0.0.1:8080/v1/ws.
	URL string
	// Token proves who this is. TokenSource, if set, is asked before each
	// connection instead, and when the server says that the token expires.
	Token       string
	TokenSource func(context.Context) (string, error)
	// Resume is the state of an earlier client, to go on where it stood.
	Resume *State
	// Alerting says whether this session can ring; nil means that it can.
	Alerting *bool
	// Info names the program to the server.
	Info *wire.ClientInfo
	// Logger hears of lost links and of new ones. Default: silence.
	Logger *slog.Logger
	// Backoff is the wait before the attempt of that number, from 0. Default:
	// a random time up to a bound that starts at 0.5 s and doubles up to 20 s.
	Backoff func(attempt int) time.Duration
	// HTTPClient makes the handshake. It must not have a Timeout of its own.
	// Default: http.DefaultClient.
	HTTPClient *http.Client
	// Unread is how many events may wait for Next, by default 4096. Beyond it
	// the client lets them go, and fetches them from the server when those that
	// wait have been taken.
	Unread int
}

// Validate names all that is wrong with the options at once.
func (o *Options) Validate() error {
	var problems []error
	if u, err := url.Parse(o.URL); err != nil || u.Host == "" {
		problems = append(problems, fmt.Errorf("the option URL is %q, expected one such as ws://127.0.0.1:8080/v1/ws", o.URL))
	}
	if o.Token == "" && o.TokenSource == nil {
		problems = append(problems, errors.New("neither Token nor TokenSource is set"))
	}
	if o.Unread < 0 {
		problems = append(problems, fmt.Errorf("the option Unread is %d, expected at least 0", o.Unread))
	}
	return errors.Join(problems...)
}

func (o Options) withDefaults() Options {
	if o.TokenSource == nil {
		token := o.Token
		o.TokenSource = func(context.Context) (string, error) { return token, nil }
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Backoff == nil {
		o.Backoff = func(attempt int) time.Duration { return fullJitter(attempt, rand.Float64()) }
	}
	if o.Unread == 0 {
		o.Unread = 4096
	}
	return o
}

// fullJitter is the share, from 0 up to 1, of the bound of an attempt.
func fullJitter(attempt int, share float64) time.Duration {
	bound := backoffMost
	if attempt < 6 { // 0.5 s doubled six times is more than 20 s
		bound = min(backoffMost, backoffFirst<<attempt)
	}
	return time.Duration(share * float64(bound))
}
