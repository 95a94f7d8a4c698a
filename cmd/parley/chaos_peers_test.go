package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/client"
	"github.com/parley-engine/parley/transport/wire"
)

// guest is a bare connection of somebody who does not play by the rules, past
// his welcome. Raw is below the websocket.
func guest(t *testing.T, s *server, role acd.Role, name string) (ws *websocket.Conn, raw net.Conn) {
	t.Helper()
	token, err := transport.MintDev(s.secret, role, name, name, 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		raw = conn
		return conn, err
	}
	ws, _, err = websocket.Dial(ctx, "ws://"+s.address+"/v1/ws", &websocket.DialOptions{
		Subprotocols: []string{wire.Subprotocol}, HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dial}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ws.SetReadLimit(-1)
	t.Cleanup(func() { _ = ws.CloseNow() }) // the server may have been faster
	if err := ws.Write(ctx, websocket.MessageText, []byte(`{"type":"hello","token":"`+token+`"}`)); err != nil {
		t.Fatal(err)
	}
	if _, welcome, err := ws.Read(ctx); err != nil || !strings.Contains(string(welcome), `"welcome"`) {
		t.Fatalf("%s was welcomed with %s, %v", name, welcome, err)
	}
	return ws, raw
}

// TestWhoeverFloodsIsThrownOutAndNobodyElseNotices: he is told rate_limited,
// then closed with 4029, and people go on.
func TestWhoeverFloodsIsThrownOutAndNobodyElseNotices(t *testing.T) {
	lengthy(t)
	troubled(t, rounds(2, 20), func(s *server, c *crowd, dice *rand.Rand) {
		ws, _ := guest(t, s, acd.RoleCustomer, fmt.Sprintf("flood%d", dice.Uint32()))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		go func() {
			for i := 0; ctx.Err() == nil; i++ {
				frame := fmt.Sprintf(`{"type":"send","id":"f%d","chat":"none","text":"again and again"}`, i)
				if ws.Write(ctx, websocket.MessageText, []byte(frame)) != nil {
					return // thrown out
				}
			}
		}()
		for {
			_, _, err := ws.Read(ctx)
			if err == nil {
				continue
			}
			if code := websocket.CloseStatus(err); code != websocket.StatusCode(wire.CloseRateLimited) {
				t.Errorf("who floods was closed with %v, expected %d", err, wire.CloseRateLimited)
			}
			return
		}
	})
}

// TestWhoeverDoesNotReadIsCutOffAndNobodyElseWaits lets a supervisor type, which
// is answered, and read no answer.
func TestWhoeverDoesNotReadIsCutOffAndNobodyElseWaits(t *testing.T) {
	lengthy(t)
	troubled(t, 1, func(s *server, c *crowd, _ *rand.Rand) {
		ws, raw := guest(t, s, acd.RoleSupervisor, "sleepy")
		deaf(raw)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		// On a machine that is busy with other things his heartbeats are missed
		// before so many answers wait for him.
		for i := 0; !s.counts("parley_slow_consumers_total") && !s.counts(`parley_closes_total{code="4002"}`); i++ {
			if ctx.Err() != nil {
				t.Fatalf("who does not read was never cut off: %q", closes(s))
			}
			var many strings.Builder
			for k := range 50 {
				fmt.Fprintf(&many, "{\"type\":\"typing\",\"id\":\"s%d-%d-%s\",\"chat\":\"none\",\"on\":true}\n", i, k, strings.Repeat("x", 50))
			}
			if err := ws.Write(ctx, websocket.MessageText, []byte(strings.TrimSpace(many.String()))); err != nil {
				c.pause(time.Second) // the server reads no more
			}
			c.during(80 * time.Millisecond)
		}
	})
}

// closes are the codes that connections were closed with.
func closes(s *server) (all []string) {
	for line := range strings.Lines(s.metrics()) {
		if strings.HasPrefix(line, "parley_closes_total") || strings.HasPrefix(line, "parley_errors_total") && !strings.HasSuffix(line, " 0\n") {
			all = append(all, strings.TrimSpace(line))
		}
	}
	return all
}

// TestAThousandPeopleWhoComeBackAtOnceAreAllServed kills the server under a
// crowd of customers with a chat each. All come back, with all they had.
func TestAThousandPeopleWhoComeBackAtOnceAreAllServed(t *testing.T) {
	lengthy(t)
	s := newServer(t)
	s.start()
	s.serving()
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	herd := make([]*client.Client, rounds(200, 1000))
	chats := make([]string, len(herd))
	all := func(do func(i int) error) {
		t.Helper()
		errs := make(chan error)
		for i := range herd {
			go func() { errs <- do(i) }()
		}
		for range herd {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
	}
	all(func(i int) error {
		token, err := transport.MintDev(s.secret, acd.RoleCustomer, fmt.Sprintf("herd%d", i), "", 10*time.Minute)
		if err != nil {
			return err
		}
		herd[i], err = client.Dial(ctx, client.Options{URL: "ws://" + s.address + "/v1/ws", Token: token,
			Backoff: func(int) time.Duration { return 50 * time.Millisecond }})
		return err
	})
	defer func() {
		for _, one := range herd {
			one.Close()
		}
	}()
	all(func(i int) error {
		ok, err := patiently(ctx, herd[i], &wire.Start{ID: fmt.Sprintf("start%d", i), Source: "web"})
		if err == nil {
			chats[i] = ok.Chat
		}
		return err
	})
	began := time.Now()
	s.kill()
	s.start()
	s.serving()
	all(func(i int) error {
		_, err := herd[i].Do(ctx, &wire.Send{ID: fmt.Sprintf("back%d", i), Chat: chats[i], Text: "here I am again"})
		if err != nil {
			return fmt.Errorf("customer %d, who came back to chat %s: %w", i, chats[i], err)
		}
		return nil
	})
	t.Logf("%d customers were back and served %s after the kill", len(herd), time.Since(began).Round(time.Millisecond))
	s.terminate()
	sum := audit(t, s, "in the end")
	if sum.Chats != len(herd) || sum.Messages != len(herd) {
		t.Errorf("%d chats and %d messages are on disk, expected %d of each", sum.Chats, sum.Messages, len(herd))
	}
	s.checkLog()
	(&figures{Test: t.Name(), Kills: 1, Troubles: 1, Chats: sum.Chats, Acknowledged: 2 * len(herd), Resumed: len(herd), Records: sum.Records,
		Messages: sum.Messages}).tell(t)
}

// patiently gives a command until the server is not too busy for it.
func patiently(ctx context.Context, c *client.Client, cmd wire.Command) (*wire.Ok, error) {
	for {
		ok, err := c.Do(ctx, cmd)
		busy, is := err.(*wire.Error)
		if !is || busy.Code != wire.CodeOverloaded {
			return ok, err
		}
		select {
		case <-time.After(time.Duration(busy.RetryAfterS * float64(time.Second))):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
