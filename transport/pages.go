package transport

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/web"
)

// Pages say how the chat and the desk are served.
type Pages struct {
	// EmbedOn are the origins of the sites that may show the chat in a frame.
	EmbedOn []string
}

// Dev is the sign-in of a development server: whoever asks from this machine
// gets a token for whomever he names.
type Dev struct {
	People func() []acd.Principal
	Mint   func(acd.Principal) (string, error)
}

// preparePages readies the pages, so that what is wrong with them is known at
// the start.
func (s *Server) preparePages() error {
	if s.options.Pages == nil {
		return nil
	}
	mux := http.NewServeMux()
	if err := web.Mount(mux, web.Options{EmbedOn: s.options.Pages.EmbedOn, Dev: s.options.Dev != nil}); err != nil {
		return err
	}
	s.pages = mux
	return nil
}

// pageRoutes mounts the pages and, in development, their sign-in. The wall's
// questions about the past are here too, since a page can ask its own origin
// alone: those that read, answered as on the operator's listener, to the tokens
// of the same people.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	if s.pages != nil {
		for _, path := range append(web.Paths(), "/embed.js", "/assets/") {
			mux.Handle("GET "+path, s.pages)
		}
	}
	if s.pages != nil && s.options.Past != nil {
		mux.HandleFunc("GET /v1/past/chats", s.overseen("history", s.history))
		mux.HandleFunc("GET /v1/past/chats/{chat}/replay", s.overseen("replay", s.replayChat))
		mux.HandleFunc("GET /v1/past/chats/{chat}/transcript", s.overseen("export", s.exportTranscript))
	}
	if s.pages != nil && s.options.Admin != nil {
		reports := underAdmin(s.options.Admin(s))
		mux.Handle("GET /v1/past/reports/queues", reports)
		mux.Handle("GET /v1/past/reports/agents", reports)
	}
	if s.options.Dev != nil {
		mux.HandleFunc("GET /v1/dev/people", here(s.devPeople))
		mux.HandleFunc("POST /v1/dev/token", here(s.devToken))
	}
}

// underAdmin asks the operator's API what was asked under /v1/past.
func underAdmin(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		same := r.Clone(r.Context())
		same.URL.Path = strings.Replace(r.URL.Path, "/v1/past/", "/v1/admin/", 1)
		same.RequestURI = same.URL.RequestURI()
		api.ServeHTTP(w, same)
	})
}

// here lets in requests of this machine's own pages alone: by address, and by
// the names in the request, since any page in a browser on this machine can
// make it ask.
func here(do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		origin := r.Header.Get("Origin")
		if !remoteAddr(r.RemoteAddr).IsLoopback() || !loopbackHost(r.Host) || origin != "" && origin != "http://"+r.Host {
			http.Error(w, "forbidden: development sign-in is for this machine's own pages", http.StatusForbidden)
			return
		}
		do(w, r)
	}
}

func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// devPerson is one row of /v1/dev/people.
type devPerson struct {
	Role    string `json:"role"`
	Subject string `json:"subject"`
	Name    string `json:"name"`
}

func (s *Server) devPeople(w http.ResponseWriter, _ *http.Request) {
	rows := []devPerson{}
	for _, p := range s.options.Dev.People() {
		rows = append(rows, devPerson{string(p.Role), p.ID, p.Name})
	}
	answerJSON(w, http.StatusOK, map[string]any{"people": rows})
}

// devToken gives a token for the person in the body.
func (s *Server) devToken(w http.ResponseWriter, r *http.Request) {
	var p devPerson
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		http.Error(w, "bad request: expected role, subject and name", http.StatusBadRequest)
		return
	}
	token, err := s.options.Dev.Mint(acd.Principal{Role: acd.Role(p.Role), ID: p.Subject, Name: p.Name})
	if err != nil {
		http.Error(w, fmt.Sprintf("bad request: %v", err), http.StatusBadRequest)
		return
	}
	answerJSON(w, http.StatusOK, map[string]string{"token": token})
}

// PagePaths are the addresses of the pages.
func PagePaths() []string { return web.Paths() }
