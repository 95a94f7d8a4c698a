package main

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// thorough asks for the whole of each trouble: PARLEY_CHAOS=full.
var thorough = os.Getenv("PARLEY_CHAOS") == "full"

// rounds is how often a trouble is repeated.
func rounds(few, many int) int {
	if thorough {
		return many
	}
	return few
}

// lengthy leaves a trouble out of a short run, and lets others go on beside it.
func lengthy(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes a while")
	}
	t.Parallel()
}

func chaosSeed(t *testing.T) uint64 {
	t.Helper()
	seed := *killSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-kill.seed=%d", seed)
	return seed
}

// figures are what a run has shown. PARLEY_FIGURES names a file that each run
// adds a line to, for RELIABILITY.md.
type figures struct {
	Test         string  `json:"test"`
	Seed         uint64  `json:"seed"`
	Kills        int     `json:"kills"`
	Troubles     int     `json:"troubles"`
	Chats        int     `json:"chats"`
	WrapUps      int     `json:"wrapups"`
	Acknowledged int     `json:"acknowledged"`
	Resent       int     `json:"resent"`
	Events       int     `json:"events"`
	Repeated     int     `json:"repeated"`
	Resumed      int     `json:"resumed"`
	Snapshots    int     `json:"snapshots"`
	Records      int     `json:"records"`
	Messages     int     `json:"messages"`
	Operations   int     `json:"operations"` // in one order, each chat's
	Violations   int     `json:"violations"`
	FirstOfferS  float64 `json:"first_offer_s,omitempty"`

	happened map[string]int
}

// tell prints the figures, and keeps them where they are wanted.
func (f *figures) tell(t *testing.T) {
	t.Helper()
	line, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s\nwhat happened: %v", line, f.happened)
	path := os.Getenv("PARLEY_FIGURES")
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
}

// settle lets everybody finish, ends the server and holds what people were
// told, on whatever connection, against the disk. But names what the log may
// tell of.
func (c *crowd) settle(s *server, but ...string) *figures {
	c.t.Helper()
	return c.settleBut(s, false, but...)
}

// settleBut leaves out the order of owners by the clock when that was moved.
func (c *crowd) settleBut(s *server, moved bool, but ...string) *figures {
	c.t.Helper()
	s.serving()
	c.close()
	c.done.Store(true) // nobody begins anything while we look
	c.close()
	transcripts := c.transcripts()
	c.part()
	s.terminate()
	sum := audit(c.t, s, "in the end")
	f := &figures{Test: c.t.Name(), Seed: c.seed, Chats: sum.Chats, Records: sum.Records, Messages: sum.Messages}
	f.Acknowledged = c.checkAnswers()
	lines := c.checkTexts(transcripts)
	c.checkHeard(transcripts)
	c.checkEnds()
	f.Operations = c.checkOrder()
	if !moved {
		c.checkOwners()
	}
	f.WrapUps = c.checkDebts()
	c.checkStore(sum, lines)
	s.checkLog(but...)
	f.happened = c.happened()
	for _, who := range c.people() {
		n := &who.witness.count
		f.Events += len(who.witness.events)
		f.Resent, f.Resumed, f.Snapshots, f.Repeated = f.Resent+n.resent, f.Resumed+n.resumed, f.Snapshots+n.snapshots, f.Repeated+n.repeated
	}
	f.Violations = len(c.wrong)
	return f
}

// troubled is a server at work for people, and in the end everything has to be
// as they were told. Trouble makes it hard for them, some times over.
func troubled(t *testing.T, times int, trouble func(s *server, c *crowd, dice *rand.Rand), but ...string) *figures {
	t.Helper()
	seed := chaosSeed(t)
	dice := rand.New(rand.NewPCG(seed, 0))
	s := newServer(t)
	s.start()
	s.serving()
	c := newCrowd(t, s, seed)
	for range times {
		c.during(500 * time.Millisecond)
		trouble(s, c, dice)
	}
	f := c.settle(s, but...)
	f.Troubles = times
	f.tell(t)
	if f.Acknowledged < 50 || f.Chats < 5 {
		t.Errorf("too little has happened to prove anything: %d commands, %d chats", f.Acknowledged, f.Chats)
	}
	return f
}

// text is what the log of all lives says.
func (s *server) text() string {
	s.t.Helper()
	text, err := os.ReadFile(s.path("log"))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// metrics is what the operator reads of the running process.
func (s *server) metrics() string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.admin+"/metrics", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(ask)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// counts reports whether a metric has a value other than zero.
func (s *server) counts(metric string) bool {
	for line := range strings.Lines(s.metrics()) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), metric+" "); ok {
			return value != "0"
		}
	}
	return false
}
