package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/parley-engine/parley/bench/socket"
	"github.com/parley-engine/parley/bench/tally"
)

// helloLimit is how long a server may take to say welcome.
const helloLimit = 30 * time.Second

// open connects, says hello and returns what came behind the welcome, the
// snapshot included.
func (p *peer) open(ctx context.Context) (rest []byte, err error) {
	token, err := p.crowd.key.token(string(p.role), p.subject, p.name)
	if err != nil {
		return nil, err
	}
	sock, err := socket.Dial(ctx, p.crowd.url)
	if err != nil {
		return nil, err
	}
	stop := time.AfterFunc(helloLimit, sock.Close)
	defer stop.Stop()
	cut := context.AfterFunc(ctx, sock.Close)
	defer cut()
	line := append([]byte(`{"type":"hello","id":"hello","token":"`), token...)
	line = append(line, '"')
	if p.stream != nil {
		line = fmt.Appendf(line, `,"resume":{"epoch":"%s","seq":%d}`, p.epoch, p.stream.Last())
	}
	sock.Queue(append(line, '}'))
	if err := sock.Flush(); err != nil {
		sock.Close()
		return nil, err
	}
	message, err := sock.Read()
	if err != nil {
		sock.Close()
		return nil, err
	}
	welcome, rest, _ := bytes.Cut(message, []byte{'\n'})
	return rest, p.welcome(sock, welcome)
}

// welcome takes the server's greeting, and sends again what is unanswered.
func (p *peer) welcome(sock *socket.Socket, line []byte) error {
	var resumed bool
	var seq uint64
	var kind string
	for f := socket.Over(line); f.Next(); {
		switch string(f.Key) {
		case "type":
			kind = string(socket.Text(f.Value))
		case "epoch":
			p.epoch = append(p.epoch[:0], socket.Text(f.Value)...)
		case "seq":
			seq = socket.Number(f.Value)
		case "resumed":
			resumed = string(f.Value) == "true"
		}
	}
	if kind != "welcome" {
		sock.Close()
		return errors.New("no welcome, but " + strconv.Quote(string(line[:min(200, len(line))])))
	}
	p.count(resumed)
	if p.stream == nil {
		p.stream = tally.NewStream(&p.crowd.faults, seq)
	} else if !resumed {
		p.stream.Snapshot(seq)
	}
	p.mu.Lock()
	p.sock, p.ready = sock, true
	for _, c := range p.pending {
		sock.Queue(c.line)
	}
	p.mu.Unlock()
	return sock.Flush()
}

// count notes a return.
func (p *peer) count(resumed bool) {
	if p.stream == nil {
		return
	}
	c := &p.crowd.counts
	if resumed {
		c.resumed.Add(1)
		p.crowd.latencies.Add(tally.Resume, p.crowd.now()-p.backAt)
	} else {
		c.snapshots.Add(1)
	}
}
