package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/persistence"
)

// slowJournal stops reading back behind so many records until it may go on.
type slowJournal struct {
	journal
	behind     int
	held, goOn chan struct{}
}

func (s *slowJournal) Last(n int, fn func(stream string, seq uint64, record []byte) error) error {
	read := 0
	return s.journal.Last(n, func(stream string, seq uint64, record []byte) error {
		if err := fn(stream, seq, record); err != nil {
			return err
		}
		if read++; read == s.behind {
			s.held <- struct{}{}
			<-s.goOn
		}
		return nil
	})
}

var recoveringAt = regexp.MustCompile(`msg=recovering admin=(127\.0\.0\.1:\d+)`)

// recovering is a server that is held in its start after so many records, with
// a chat in its journal.
func recovering(t *testing.T, behind int) (p *program, goOn func()) {
	t.Helper()
	dir := t.TempDir()
	before, _ := pastChat(t, dir)
	before.stop()
	slow := &slowJournal{behind: behind, held: make(chan struct{}), goOn: make(chan struct{})}
	m := Main{openJournal: func(dir string, o persistence.Options) (journal, error) {
		store, err := quick(dir, o)
		slow.journal = store
		return slow, err
	}}
	p, in := begin(t, m, "--dev", "--data", dir)
	select {
	case <-slow.held:
	case <-time.After(patience):
		t.Fatalf("nothing was read back: %s", p.errs)
	}
	at := recoveringAt.FindStringSubmatch(p.errs.String())
	if at == nil {
		t.Fatalf("the log does not say where it recovers: %s", p.errs)
	}
	p.admin = at[1]
	return p, func() {
		t.Helper()
		go func() { // of the second time that it is read, by the streams
			<-slow.held
			slow.goOn <- struct{}{}
		}()
		slow.goOn <- struct{}{}
		p.read(in)
	}
}

func TestANodeThatRecoversSaysHowFarItIsAndIsReadyAfterwards(t *testing.T) {
	const behind = 4
	p, goOn := recovering(t, behind)
	if status, text := p.ask("GET", "/healthz", ""); status != http.StatusOK {
		t.Errorf("healthz says %d %s", status, text)
	}
	status, text := p.ask("GET", "/readyz", "")
	var said struct {
		State, Step string
		Records     int
	}
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		t.Fatalf("readyz says %q: %v", text, err)
	}
	if status != http.StatusServiceUnavailable || said.State != "recovering" || said.Step != "figures" || said.Records < behind {
		t.Errorf("readyz says %d %s", status, text)
	}
	if _, page := p.ask("GET", "/metrics", ""); !strings.Contains(page, fmt.Sprintf("parley_recovered_records %d\n", said.Records)) || !strings.Contains(page, "parley_journal_disk_bytes ") {
		t.Errorf("the metrics of a node that recovers are\n%s", page)
	}
	waited := make(chan int)
	go func() { // with no token: the answer of a server that is there
		resp, err := http.Get("http://" + p.admin + "/v1/admin/config")
		if err != nil {
			t.Error(err)
			waited <- 0
			return
		}
		resp.Body.Close()
		waited <- resp.StatusCode
	}()
	goOn()
	if status := <-waited; status != http.StatusUnauthorized {
		t.Errorf("what waited for the start was answered with %d", status)
	}
	if status, text := p.ask("GET", "/readyz", ""); status != http.StatusOK || text != `{"state":"ready"}`+"\n" {
		t.Errorf("after the start readyz says %d %s", status, text)
	}
	if code := p.stop(); code != exitOK {
		t.Errorf("exit %d: %s", code, p.errs)
	}
}
