package transport

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// messagesOf is the text of each message in b, read by another library.
func messagesOf(t *testing.T, b []byte) (texts []string) {
	t.Helper()
	r := bytes.NewReader(b)
	for r.Len() > 0 {
		h, err := ws.ReadHeader(r)
		if err != nil {
			t.Fatal(err)
		}
		if !h.Fin || h.Masked || h.Rsv != 0 || h.OpCode != ws.OpText {
			t.Fatalf("the header of a message is %+v", h)
		}
		if want := ws.HeaderSize(h); h.Length >= 126 && want == 2 {
			t.Fatalf("a length of %d in %d bytes", h.Length, want)
		}
		text := make([]byte, h.Length)
		if _, err := r.Read(text); err != nil && h.Length > 0 {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

func TestABatchIsWholeMessagesOfEveryLength(t *testing.T) {
	lengths := []int{1, 60, 124, 125, 126, 127, 1000, messageBytes - 1, messageBytes, messageBytes + 1, 0xffff, 0x10000, 300_000}
	for _, first := range lengths {
		for _, second := range lengths {
			b := new(batch)
			frames := []string{strings.Repeat("a", first), strings.Repeat("b", second), "c"}
			for range 2 { // a batch is used again
				b.reset()
				for _, f := range frames {
					b.begin()
					b.buf = append(b.buf, f...)
					b.finish()
				}
				b.cut()
				texts := messagesOf(t, b.buf)
				if got := strings.Split(strings.Join(texts, "\n"), "\n"); strings.Join(got, ",") != strings.Join(frames, ",") {
					t.Fatalf("frames of %d and %d bytes came out changed", first, second)
				}
				for _, text := range texts {
					if len(text) > messageBytes && strings.Contains(text, "\n") {
						t.Errorf("frames of %d and %d bytes share a message of %d", first, second, len(text))
					}
				}
				if first+second+3 < messageBytes && len(texts) != 1 {
					t.Errorf("frames of %d and %d bytes are %d messages, want 1", first, second, len(texts))
				}
			}
		}
	}
}
