package config

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkReadDocument reads and checks what a change over the admin API does:
// a whole document with this many agents.
func BenchmarkReadDocument(b *testing.B) {
	for _, agents := range []int{100, 2000} {
		b.Run(fmt.Sprint(agents), func(b *testing.B) {
			var text strings.Builder
			text.WriteString(`{"queues":[{"id":"support"}],"sources":[{"id":"web","channel":"livechat","queue":"support"}],"agents":[`)
			for i := range agents {
				if i > 0 {
					text.WriteByte(',')
				}
				fmt.Fprintf(&text, `{"id":"a%d","name":"Agent %d","queues":[{"queue":"support"}],"skills":{"latin":7,"billing":5}}`, i, i)
			}
			text.WriteString("]}")
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				if _, err := ReadDocument("bench", []byte(text.String())); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
