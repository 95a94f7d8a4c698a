package transport

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// Recovery is what /readyz says while a node comes back.
type Recovery struct {
	State   string  `json:"state"`   // recovering
	Step    string  `json:"step"`    // what the start is at
	Records uint64  `json:"records"` // read so far
	Chats   uint64  `json:"chats"`   // found so far that are not over
	Seconds float64 `json:"seconds"` // since it began
}

// Startup answers the operator from the process's first moments on, when there
// is no Server yet: that the process lives, how far it has come, its metrics and
// profiles. Everything else waits for the Server, as it would have waited in a
// listener that nobody accepts from. Its methods may be called from anywhere.
type Startup struct {
	began    time.Time
	progress func() Recovery
	set      *metrics.Set
	early    *http.ServeMux
	server   atomic.Pointer[http.Handler]
	there    chan struct{} // closed once there is a server
}

// NewStartup returns a Startup that asks progress for what has been read; State
// and Seconds it knows itself. It puts parley_recovered_records into the set.
func NewStartup(set *metrics.Set, progress func() Recovery) *Startup {
	s := &Startup{began: time.Now(), progress: progress, set: set, early: http.NewServeMux(), there: make(chan struct{})}
	set.NewGauge("parley_recovered_records", func() float64 { return float64(s.progress().Records) })
	s.early.HandleFunc("GET /healthz", healthz)
	s.early.HandleFunc("GET /readyz", s.readyz)
	s.early.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) { writeMetrics(w, set) })
	profiles(s.early)
	s.early.HandleFunc("/", s.wait)
	return s
}

// Started leaves all that is asked from now on, and all that waits, to the
// handler of the server. It is called once.
func (s *Startup) Started(h http.Handler) {
	s.server.Store(&h)
	close(s.there)
}

// ServeHTTP implements http.Handler.
func (s *Startup) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := s.server.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	s.early.ServeHTTP(w, r)
}

func (s *Startup) readyz(w http.ResponseWriter, _ *http.Request) {
	now := s.progress()
	now.State, now.Seconds = "recovering", time.Since(s.began).Seconds()
	state(w, http.StatusServiceUnavailable, now)
}

// wait holds a request until there is somebody to answer it.
func (s *Startup) wait(w http.ResponseWriter, r *http.Request) {
	select {
	case <-s.there:
		(*s.server.Load()).ServeHTTP(w, r)
	case <-r.Context().Done():
		panic(http.ErrAbortHandler) // nobody is there to be answered
	}
}
