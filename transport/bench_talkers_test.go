package transport

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// talkers are the peers of a benchmark, in a process of their own.
type talkers struct {
	b    *testing.B
	in   io.Writer
	out  *bufio.Reader
	said [2][]byte // what a message made the server send to the two of a pair
}

// talkersOrder is what they are told first.
type talkersOrder struct {
	Address string
	Pairs   int
	Tokens  []string // two a pair; none for a server that only echoes
}

const talkersName = "PARLEY_BENCH_TALKERS"

func TestMain(m *testing.M) {
	if os.Getenv(talkersName) != "" {
		if err := talk(bufio.NewReader(os.Stdin), os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// hire starts talkers against a server, and waits until they can exchange.
func hire(b *testing.B, s *httptest.Server, pairs int, tokens []string) *talkers {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), talkersName+"=1"), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	t := &talkers{b: b, in: in, out: bufio.NewReader(out)}
	b.Cleanup(func() {
		_ = in.Close() // which is how they know
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
		s.CloseClientConnections()
		s.Close()
	})
	if err := json.NewEncoder(in).Encode(talkersOrder{s.Listener.Addr().String(), pairs, tokens}); err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(t.line(), &t.said); err != nil {
		b.Fatal(err)
	}
	return t
}

func (t *talkers) line() []byte {
	line, err := t.out.ReadBytes('\n')
	if err != nil {
		t.b.Fatalf("the talkers have gone: %v", err)
	}
	return line
}

// exchange has n messages said, by all pairs at once.
func (t *talkers) exchange(n int) {
	fmt.Fprintln(t.in, n)
	t.line()
}

// talk is the life of the talkers.
func talk(in *bufio.Reader, out io.Writer) error {
	var order talkersOrder
	line, err := in.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &order)
	}
	if err != nil {
		return err
	}
	pairs := make([]*pair, order.Pairs)
	for i := range pairs {
		if pairs[i], err = meet(&order, i); err != nil {
			return fmt.Errorf("pair %d: %w", i, err)
		}
	}
	said, err := pairs[0].say()
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(said); err != nil {
		return err
	}
	for n := 0; ; {
		if _, err := fmt.Fscanln(in, &n); err != nil {
			return nil // that was all
		}
		if err := sayAll(pairs, n); err != nil {
			return err
		}
		fmt.Fprintln(out, "done")
	}
}

func sayAll(pairs []*pair, n int) error {
	failed := make(chan error, len(pairs))
	var all sync.WaitGroup
	for i, p := range pairs {
		all.Go(func() {
			for range (n + i) / len(pairs) {
				if _, err := p.say(); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}

// pair is a customer and an agent in one chat.
type pair struct {
	ends  [2]*end
	frame []byte
	id    []byte // in frame
	count int
}

// meet brings a pair together.
func meet(order *talkersOrder, i int) (*pair, error) {
	p := &pair{frame: masked(benchFrame)}
	for which := range p.ends {
		e, err := dialEnd(order.Address, fmt.Sprintf("?%d-%d", which, i))
		if err != nil {
			return nil, err
		}
		p.ends[which] = e
		if order.Tokens != nil {
			if err := e.ask(`{"type":"hello","token":"`+order.Tokens[2*i+which]+`"}`, `"welcome"`); err != nil {
				return nil, err
			}
		}
	}
	if order.Tokens != nil {
		chat, err := p.begin()
		if err != nil {
			return nil, err
		}
		p.frame = masked(`{"type":"send","id":"0192f0a1-7c3e-7def-8123-000000000000","chat":"` + chat + `","text":"Where is my parcel, please?"}`)
	}
	at := bytes.Index(p.frame, []byte(`","chat"`))
	p.id = p.frame[at-12 : at]
	return p, nil
}

// begin opens their chat and has it accepted.
func (p *pair) begin() (chat string, err error) {
	customer, agent := p.ends[0], p.ends[1]
	if err := agent.ask(`{"type":"set_presence","id":"1","state":"available"}`, `"ok"`); err != nil {
		return "", err
	}
	if err := customer.ask(`{"type":"start","id":"1","source":"web"}`, `"ok"`); err != nil {
		return "", err
	}
	if err := agent.until(`"offer":"`); err != nil {
		return "", err
	}
	chat = agent.field("chat")
	if err := agent.ask(`{"type":"accept","id":"2","offer":"`+agent.field("offer")+`"}`, `"assigned"`); err != nil {
		return "", err
	}
	return chat, customer.until(`"agent_joined"`)
}

// say sends a message of the customer's, under a fresh id, and waits for all
// that comes of it: at the customer its answer and the message, in whatever
// order, at the agent the message and the count.
func (p *pair) say() (said [2][]byte, err error) {
	p.count++
	copy(p.id, fmt.Sprintf("%012d", p.count))
	if _, err := p.ends[0].conn.Write(p.frame); err != nil {
		return said, err
	}
	for which, e := range p.ends {
		said[which] = said[which][:0]
		for lines := 0; lines < 2; {
			text, err := e.read()
			if err != nil {
				return said, err
			}
			for line := range strings.SplitSeq(string(text), "\n") {
				if strings.HasPrefix(line, `{"type":"ok"`) || strings.HasPrefix(line, `{"type":"message"`) || strings.HasPrefix(line, `{"type":"unread"`) {
					lines++
				}
			}
			said[which] = append(append(said[which], text...), '\n')
		}
		said[which] = bytes.TrimSuffix(said[which], []byte{'\n'})
	}
	return said, nil
}
