package socket

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

func TestFieldsAreThoseThatADecoderFinds(t *testing.T) {
	for _, object := range []string{
		`{}`, `{"a":1}`, `{"a":"x","b":{"c":[1,2,{"d":"}"}]},"e":[],"f":null,"g":-1.5e3,"h":true}`,
		`{"t":"a \"quoted\" \\","u":"\\\"","v":"é😀\u00e9"}`, `{ "a" : 1 , "b" : "x" }`,
	} {
		var want map[string]json.RawMessage
		if err := json.Unmarshal([]byte(object), &want); err != nil {
			t.Fatal(err)
		}
		got := map[string]json.RawMessage{}
		for f := Over([]byte(object)); f.Next(); {
			got[string(f.Key)] = json.RawMessage(strings.TrimSpace(string(f.Value)))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %s, want %s", object, got, want)
		}
	}
}

func TestElementsAreThoseOfAnArray(t *testing.T) {
	var got []string
	for e := Each([]byte(`[{"a":[1]},"x,]",3]`)); e.Next(); {
		got = append(got, string(e.Value))
	}
	if want := []string{`{"a":[1]}`, `"x,]"`, `3`}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

// FuzzAWalkEndsWhateverItIsGiven is on bytes that no server should send.
func FuzzAWalkEndsWhateverItIsGiven(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"a":"`, `{"a":{`, `{"a`, `{"a":"\`, `[[`, `{"":,}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for w := Over(b); w.Next(); {
			Text(w.Value)
			Number(w.Value)
			for e := Each(w.Value); e.Next(); {
				In(e.Value, "a")
			}
		}
	})
}

// echo is a server that says every message back, and closes with 4003 on "end".
func echo(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"parley.v1"}})
		if err != nil {
			return
		}
		defer c.CloseNow()
		c.SetReadLimit(1 << 20)
		for {
			_, text, err := c.Read(context.Background())
			if err != nil {
				return
			}
			if string(text) == "end" {
				c.Close(4003, "slow consumer")
				return
			}
			if c.Write(context.Background(), websocket.MessageText, text) != nil {
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

func dial(t *testing.T) *Socket {
	t.Helper()
	s, err := Dial(t.Context(), echo(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestFramesOfAFlushShareMessagesAsFarAsAServerTakesThem(t *testing.T) {
	for name, tt := range map[string]struct {
		frames []string
		want   []int // frames of each message
	}{
		"one":              {[]string{"a"}, []int{1}},
		"of every length":  {[]string{strings.Repeat("b", 124), "c", strings.Repeat("d", 300)}, []int{3}},
		"126 bytes":        {[]string{strings.Repeat("b", 126)}, []int{1}},
		"more than 64":     {strings.Split(strings.Repeat("x ", 129)+"x", " "), []int{64, 64, 2}},
		"more than 32 KiB": {[]string{strings.Repeat("e", 20_000), strings.Repeat("f", 20_000), "g"}, []int{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			s := dial(t)
			for round := range 2 { // buffers are used again
				for _, f := range tt.frames {
					s.Queue([]byte(f))
				}
				if err := s.Flush(); err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, n := range tt.want {
					message, err := s.Read()
					if err != nil {
						t.Fatal(err)
					}
					lines := strings.Split(string(message), "\n")
					if len(lines) != n {
						t.Errorf("round %d: a message of %d frames, want %d", round, len(lines), n)
					}
					got = append(got, lines...)
				}
				if !reflect.DeepEqual(got, tt.frames) {
					t.Errorf("round %d: the frames came back changed", round)
				}
			}
		})
	}
}

func TestACloseTellsItsCode(t *testing.T) {
	s := dial(t)
	s.Queue([]byte("end"))
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Read()
	var closed *Closed
	if !errors.As(err, &closed) || closed.Code != 4003 || closed.Reason != "slow consumer" || Code(err) != 4003 {
		t.Errorf("got %v", err)
	}
	if Code(errors.New("broken")) != 1006 {
		t.Errorf("a break without a code is %d", Code(errors.New("broken")))
	}
}

func TestWhoIsNotLetInIsToldWhy(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "service unavailable: full", http.StatusServiceUnavailable)
	}))
	defer server.Close()
	_, err := Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"))
	if err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), `"service unavailable: full"`) || !Busy(err) {
		t.Errorf("the error is %v, busy: %t", err, Busy(err))
	}
	server.Config.Handler = http.NotFoundHandler()
	if _, err = Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")); err == nil || Busy(err) {
		t.Errorf("where there is nothing it is %v, busy: %t", err, Busy(err))
	}
}
