package transport

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// TestFramesArriveWholeHoweverTheNetworkCutsThem is over a real socket, where
// the edge reads before the library does.
func TestFramesArriveWholeHoweverTheNetworkCutsThem(t *testing.T) {
	auth, err := NewAuth(t.Context(), AuthOptions{Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Engine: instant{}, Auth: auth, TrustLoopback: true, Config: sync.OnceValue(testConfig),
		Desk: RoleLimits{PerSecond: 1 << 30, Burst: 1 << 30, InboundBytes: 1 << 40, InboundFrames: 1 << 30, Unanswered: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	defer srv.Close()
	e, err := dialEnd(srv.Listener.Addr().String(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer e.conn.Close()
	token, err := MintDev(secret, acd.RoleAgent, "alice", "", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.ask(`{"type":"hello","token":"`+token+`"}`, `"welcome"`); err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	const frames = 200
	var all bytes.Buffer
	for i := range frames {
		all.Write(masked(fmt.Sprintf(`{"type":"send","id":"%d","chat":"c","text":"%s"}`, i, strings.Repeat("x", 1+dice.IntN(12_000)))))
	}
	go func() {
		for all.Len() > 0 {
			if _, err := e.conn.Write(all.Next(1 + dice.IntN(9_000))); err != nil {
				return // the reader says why
			}
		}
	}()
	for answered := 0; answered < frames; {
		got, err := e.read()
		if err != nil {
			t.Fatalf("after %d answers: %v", answered, err)
		}
		for line := range bytes.SplitSeq(got, []byte{'\n'}) {
			if want := fmt.Sprintf(`{"type":"ok","re":"%d"`, answered); !bytes.HasPrefix(line, []byte(want)) {
				t.Fatalf("answer %d is %s", answered, line)
			}
			answered++
		}
	}
}
