package conform

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// shelf keeps the last file that was uploaded, as its owner's.
type shelf struct {
	name, owner string
	body        []byte
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	who := r.Header.Get("Authorization")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/v1/attachments" && r.URL.Query().Get("chat") == "c":
		s.name, s.owner = r.URL.Query().Get("name"), who
		s.body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, `{"id":"a/1","name":"`+s.name+`"}`)
	case r.Method == http.MethodGet && r.URL.Path == "/v1/attachments/a/1" && who == s.owner:
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Disposition", `attachment; filename="`+s.name+`"`)
		w.Write(s.body)
	default:
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"code":"not_found"}`)
	}
}

func TestAFileIsHeldAgainstWhatIsExpected(t *testing.T) {
	web := httptest.NewServer(&shelf{})
	defer web.Close()
	hello := base64.StdEncoding.EncodeToString([]byte("hello"))
	for name, tt := range map[string]struct{ steps, want string }{
		"kept": {`  - alice uploads: {chat: c, name: a.txt, base64: ` + hello + `}
    gets: {id: $file, name: a.txt}
  - alice downloads: {id: $file}
    gets: {media_type: text/plain, disposition: attachment, base64: ` + hello + `}
  - ann downloads: {id: $file}
    gets: {status: 404}
`, ""},
		"refused":      {"  - alice uploads: {chat: d, name: a.txt, base64: " + hello + "}\n", "status is 404, want 201"},
		"another name": {"  - alice uploads: {chat: c, name: a.txt, base64: " + hello + "}\n    gets: {name: b.txt}\n", `name is "a.txt"`},
		"not there":    {"  - alice downloads: {id: none}\n", "status is 404, want 200"},
		"no bytes":     {"  - alice uploads: {chat: c, name: a.txt}\n", "has no base64"},
		"no base64":    {"  - alice uploads: {chat: c, name: a.txt, base64: '!'}\n", "illegal base64"},
	} {
		t.Run(name, func(t *testing.T) {
			scenario, err := Parse([]byte("name: test\npeople:\n  alice: {role: agent, subject: alice}\n  ann: {role: customer, subject: ann}\nsteps:\n" + tt.steps))
			if err != nil {
				t.Fatal(err)
			}
			err = Play(t.Context(), &Target{
				URL: "ws" + strings.TrimPrefix(web.URL, "http") + "/v1/ws", Patience: 5 * time.Second,
				Token: func(p Person) (string, error) { return string(p.Role), nil },
			}, scenario)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}
