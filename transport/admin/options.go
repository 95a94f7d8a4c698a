package admin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/config"
	"github.com/parley-engine/parley/transport/outbound"
	"github.com/parley-engine/parley/transport/wire"
)

// Engine is what the API needs of the engine.
type Engine interface {
	Config() *acd.Config
	Past() *actors.Past
	Configure(actors.ConfigChange) (version uint64, err error)
	KeptAnswer(actors.AnswerKey) (*actors.KeptAnswer, error)
	KeepAnswer(actors.AnswerKey, actors.KeptAnswer) error
	Revoke(actors.Revocation) (actors.Revocation, error)
	Revocations() []actors.Revocation
	KeepToken(actors.MintedToken) error
	MintedToken(id string) (*actors.MintedToken, error)
	MintedTokens(after string, limit int) ([]actors.MintedToken, error)
	ForceEnd(ctx context.Context, by acd.Principal, chat acd.ChatID, reason string) error
	LiveChats(after acd.ChatID, limit int) ([]actors.LiveChat, error)
	Report(report.Question) ([]report.Line, error)
}

// Edge is what it needs of the server that it is a part of.
type Edge interface {
	Verify(ctx context.Context, token string) (transport.Identity, error)
	// Admit counts a request, or says after how many seconds to ask again.
	Admit(acd.Principal) (retryAfter int, ok bool)
	Sessions() []transport.SessionInfo
	CloseSession(session string, code wire.CloseCode) bool
	CloseRevoked() int
}

// Options of an API. Engine and Edge are needed.
type Options struct {
	Engine Engine
	Edge   Edge
	// Tokens sign what is minted; without a Secret nothing is.
	Tokens transport.AuthOptions
	// Version of the program, for the description.
	Version string
	Log     *slog.Logger
	// Trail takes a line for every act, every refusal and every look at people;
	// without it they are logged alone.
	Trail transport.Trail
	// Backup copies all that the node keeps; without it that cannot be asked for.
	Backup Backup
	// Events tells other systems what happens; without it nobody can ask.
	Events *outbound.Outbound
	Now    func() time.Time // time.Now
}

// API is the operator's. It is safe for concurrent use.
type API struct {
	options  Options
	huma     huma.API
	mux      *http.ServeMux
	shapes   *config.Shape
	changing sync.Mutex // one unsafe request at a time
	newID    func() string
	last     atomic.Pointer[read] // the present version, once it was asked for
}

// New returns the API, to be mounted at /v1/admin/.
func New(o Options) (*API, error) {
	if o.Engine == nil || o.Edge == nil {
		return nil, errors.New("admin: expected an Engine and an Edge")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &API{options: o, mux: http.NewServeMux(), shapes: config.Shapes(), newID: uuid.NewString}
	a.describe()
	a.configRoutes()
	a.resourceRoutes()
	a.tokenRoutes()
	a.sessionRoutes()
	a.chatRoutes()
	a.pastRoutes()
	a.reportRoutes()
	a.backupRoutes()
	a.eventRoutes()
	if err := a.readable(); err != nil {
		return nil, err
	}
	return a, nil
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// OpenAPI is the description of all of it.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }
