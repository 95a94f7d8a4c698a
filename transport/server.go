package transport

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// Server is the edge of one node. It opens no listener: its handlers are
// given to those that are there.
type Server struct {
	options   Options
	people    *people
	addresses *addresses
	calls     *calls // to the operator's API
	metrics   *edgeMetrics
	writers   *writers
	pages     *http.ServeMux // nil without pages
	trickle   *rate.Limiter  // connections that are let in while the engine is busy
	draining  atomic.Bool
	goodbye   atomic.Pointer[wire.GoodbyeReason]
	spread    atomic.Int64 // of the goodbyes, in nanoseconds
}

// trickle is how many connections a second are let in while the engine is far
// behind: those who belong to a chat come back, a storm of new ones does not
// keep it there.
const trickle = 50

// New checks the options and returns a server that is ready to serve.
func New(o Options) (*Server, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("transport options: %w", err)
	}
	o = o.withDefaults()
	s := &Server{options: o, people: newPeople(), addresses: newAddresses(&o), calls: newCalls(o.Calls), writers: newWriters(),
		trickle: rate.NewLimiter(trickle, trickle)}
	s.metrics = newEdgeMetrics(o.Metrics, s.people.count)
	if err := s.preparePages(); err != nil {
		return nil, err
	}
	return s, nil
}

// Handler is for the public listener: /v1/ws, /v1/attachments, /healthz and
// /readyz, and the pages where there are any.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/ws", s.serveWS)
	s.fileRoutes(mux)
	s.tokenRoutes(mux)
	s.health(mux)
	s.pageRoutes(mux)
	return mux
}

// AdminHandler is for the operator's listener: health, /metrics, /debug/pprof
// and, for who has a token, /v1/admin. The first three have no sign-in, so it
// must not be reachable for others.
func (s *Server) AdminHandler() http.Handler {
	mux := http.NewServeMux()
	s.health(mux)
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) { writeMetrics(w, s.options.Metrics) })
	profiles(mux)
	s.pastRoutes(mux)
	if s.options.Admin != nil {
		mux.Handle("/v1/admin/", s.options.Admin(s)) // what nothing above answers
	}
	return s.limited(mux)
}

func (s *Server) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
}

// HTTP is a server with the limits that an edge needs: a handler of this
// package never waits for a slow header.
func HTTP(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
}

// Disconnect closes all connections of a principal with this code, as when his
// tokens are revoked (4501) or a supervisor signs him out (4507).
func (s *Server) Disconnect(p acd.Principal, code wire.CloseCode) {
	for _, c := range s.people.of(p.Stream()) {
		c.shut(code)
	}
}
