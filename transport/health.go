package transport

import (
	"encoding/json"
	"net/http"
	"net/http/pprof"

	"github.com/VictoriaMetrics/metrics"
)

// healthz says that the process answers.
func healthz(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }

// readiness is what /readyz says of a server.
type readiness struct {
	State string `json:"state"` // ready, draining, no_certificate or not_ready
}

// readyz says whether new connections are wanted here.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	if s.draining.Load() {
		state(w, http.StatusServiceUnavailable, readiness{"draining"})
		return
	}
	if err := s.options.Engine.Ready(); err != nil {
		s.options.Log.Debug("not ready", "err", err)
		state(w, http.StatusServiceUnavailable, readiness{"not_ready"})
		return
	}
	if !s.options.Presentable() {
		state(w, http.StatusServiceUnavailable, readiness{"no_certificate"})
		return
	}
	state(w, http.StatusOK, readiness{"ready"})
}

// writeMetrics writes the metrics of a set, and those of the process.
func writeMetrics(w http.ResponseWriter, set *metrics.Set) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w)
}

// state answers with what somebody is in.
func state(w http.ResponseWriter, status int, is any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(is) // the asker may have gone
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // the asker may have gone
}

// profiles are on the admin listener only.
func profiles(mux *http.ServeMux) {
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
}
