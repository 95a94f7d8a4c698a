package wire

import (
	"testing"
)

func mustDecode(t *testing.T, line string) Command {
	t.Helper()
	c, err := Decode([]byte(line))
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return c
}

// sendLine is 143 bytes, as long as frames commonly are.
const sendLine = `{"type":"send","id":"0192f1c3-7d41","chat":"c-01HZX3V9K2M4N5P6Q7R8S9T0","text":"Good morning, my parcel has not arrived yet. Can you help me?"}`

func TestASendIsRead(t *testing.T) {
	c, ok := mustDecode(t, sendLine).(*Send)
	if !ok || c.ID != "0192f1c3-7d41" || c.Chat != "c-01HZX3V9K2M4N5P6Q7R8S9T0" || c.Text[:4] != "Good" || c.To != "" {
		t.Fatalf("got %+v", c)
	}
}

func BenchmarkDecodeSend(b *testing.B) {
	decodeSends(b, Decode)
}

// BenchmarkDecodeSendInGeneral is the same by the decoder that knows all frames.
func BenchmarkDecodeSendInGeneral(b *testing.B) {
	decodeSends(b, func(line []byte) (Command, *Error) { return decodeAny(line, DefaultNesting) })
}

func decodeSends(b *testing.B, decode func([]byte) (Command, *Error)) {
	line := []byte(sendLine)
	b.ReportAllocs()
	b.SetBytes(int64(len(line)))
	for i := 0; b.Loop(); i++ {
		// Another id and another text each time: the decoder remembers short texts.
		for at, n := range []int{i, i >> 4, i >> 8, i >> 12} {
			line[21+at] = 'a' + byte(n&15)
			line[len(line)-3-at] = 'a' + byte(n&15)
		}
		if _, err := decode(line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeMessage(b *testing.B) {
	ev := &MessageEvent{At: 1763778000123, Chat: "c-01HZX3V9K2M4N5P6Q7R8S9T0", Message: Message{
		MessageSeq: 7, Author: Author{Kind: AuthorCustomer, ID: "customer", Name: "Maria Rossi", Initials: "MR"},
		Text: "Good morning, my parcel has not arrived yet. Can you help me?", To: ToAll, SentAt: 1763778000123,
	}}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendEvent(buf[:0], ev)
	}
}

func BenchmarkSpliceSeq(b *testing.B) {
	body := AppendEvent(nil, &UnreadEvent{At: 1763778000123, Chat: "c-01HZX3V9K2M4N5P6Q7R8S9T0", Count: 3})
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendSeq(buf[:0], 41, body)
	}
}
