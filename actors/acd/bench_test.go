package acd

import (
	"testing"
	"time"
)

// BenchmarkChatStep is a whole short chat: started, offered, accepted, ten
// messages, ended, wrapped up. ns/step is the mean of its steps.
func BenchmarkChatStep(b *testing.B) {
	config := chatConfig()
	grant := OfferGrant{Offer: "c1.1", Agent: "alice", Name: "Alice", ID: "1", Decision: &Decision{Queue: "support", Winner: "alice", At: morning}}
	type step struct {
		by  Principal
		cmd Command
	}
	script := []step{
		{kim, Start{Chat: "c1", Source: "web", Queue: "support", Attributes: map[string]string{"plan": "gold"}, Admitted: true}},
		{nobody, grant},
		{alice, Accept{Offer: "c1.1", Agent: "alice"}},
	}
	for range 5 {
		script = append(script, step{kim, SendText{Text: "my bill is wrong, can you help me?"}}, step{alice, SendText{Text: "yes, of course: which month is it?"}})
	}
	script = append(script, step{alice, EndChat{}}, step{nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved", By: "agent"}})
	b.ReportAllocs()
	for b.Loop() {
		c := NewChat("c1")
		for i, s := range script {
			out := c.Step(Turn{Now: morning.Add(time.Duration(i) * time.Second), By: s.by, Config: config, Entropy: uint64(i) + 1}, s.cmd)
			if out.Err != nil {
				b.Fatalf("%T was refused: %v", s.cmd, out.Err)
			}
		}
		if c.Phase != PhaseClosed {
			b.Fatalf("the chat is %s", c.Phase)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(script)), "ns/step")
}

// BenchmarkUnreadText is a message to an agent who has stopped reading: as many
// wait for him as are told apart.
func BenchmarkUnreadText(b *testing.B) {
	p := served(b)
	turn := Turn{Now: p.now, By: kim, Config: p.config}
	for range maxPending {
		p.chat.Step(turn, SendText{Text: "!"})
	}
	b.ReportAllocs()
	for b.Loop() {
		p.chat.Step(turn, SendText{Text: "!"})
	}
}
