package wire

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
)

// FuzzDecode holds that decoding never panics, that what is accepted is
// understood in full (it survives being written and read again), and that what
// is refused is refused by name.
func FuzzDecode(f *testing.F) {
	for _, c := range sampleCommands {
		f.Add(AppendCommand(nil, c))
	}
	for _, r := range refusals {
		f.Add([]byte(r.line))
	}
	f.Add([]byte("{\"type\":\"pong\"}\n{\"type\":\"dance\",\"id\":\"1\"}\n"))
	f.Add([]byte(`{"\u0074ype":"send","id":"\ud83d\ude00","chat":"c","text":"\u0000"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for c, refused := range DecodeBatch(data, Bounds{}) {
			if refused != nil {
				namedRefusal(t, c, refused)
				continue
			}
			line := AppendCommand(nil, c)
			again, err := Decode(line)
			if err != nil {
				t.Fatalf("%q became %s: %v", data, line, err)
			}
			if !reflect.DeepEqual(c, again) {
				t.Fatalf("%q: %+v became %+v", data, c, again)
			}
		}
	})
}

// namedRefusal holds a refusal to what a client can rely on.
func namedRefusal(t *testing.T, c Command, refused *Error) {
	t.Helper()
	if c != nil {
		t.Fatalf("refused and decoded: %v, %+v", refused, c)
	}
	if refused.Code != CodeBadFrame && refused.Code != CodeUnknownType || refused.Message == "" {
		t.Fatalf("not a refusal of the decoder: %v", refused)
	}
	line := AppendEvent(nil, refused)
	read, err := DecodeEvent(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if got := AppendEvent(nil, read.Event); !bytes.Equal(got, line) {
		t.Fatalf("%s became %s", line, got)
	}
}

// FuzzDecodeEvent holds the same for the client's side.
func FuzzDecodeEvent(f *testing.F) {
	for _, ev := range sampleEvents {
		f.Add(sampleFrame(ev))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		got, err := DecodeEvent(line)
		if err != nil {
			return
		}
		if _, unknown := got.Event.(*Unknown); unknown {
			if slices.Contains(EventTypes(), got.Event.FrameType()) && got.Event.FrameType() != "snapshot" {
				t.Fatalf("%s is unknown", got.Event.FrameType())
			}
			return
		}
		first := AppendSeq(nil, got.Seq, AppendEvent(nil, got.Event))
		again, err := DecodeEvent(first)
		if err != nil {
			t.Fatalf("%q became %s: %v", line, first, err)
		}
		if second := AppendSeq(nil, again.Seq, AppendEvent(nil, again.Event)); !bytes.Equal(first, second) {
			t.Fatalf("%s became %s", first, second)
		}
	})
}
