package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/parley-engine/parley/bench/socket"
	"github.com/parley-engine/parley/bench/tally"
	"github.com/parley-engine/parley/transport/wire"
)

// worker is a goroutine's list of the connections that it has to flush, and
// room to build frames in.
type worker struct {
	dirty []*peer
	line  []byte
}

// flush writes what this goroutine has queued. An error shows at the reader.
func (w *worker) flush() {
	for _, p := range w.dirty {
		p.flush()
	}
	w.dirty = w.dirty[:0]
}

// handler is the person behind a connection.
type handler interface {
	// event is told each event and ephemeral frame, once.
	event(w *worker, f *frame)
	// answer is told each answer to a command; code is empty for ok.
	answer(w *worker, c *command, f *frame)
	// snapshot is told the whole state; first is that nothing was before it.
	snapshot(w *worker, line []byte, first bool)
}

// command is a command without an answer yet.
type command struct {
	number uint64
	kind   kind
	chat   *chat
	n      int // of a message
	due    time.Duration
	line   []byte
	agent  *agent // of a transfer: who is asked
}

// kind is what a command does.
type kind byte

const (
	kindOther kind = iota
	kindAvailable
	kindStart
	kindAccept
	kindReject
	kindSend
	kindTransfer
	kindEnd
	kindWrapup
)

// peer is one principal's connection, kept up until the run ends.
type peer struct {
	crowd   *crowd
	role    wire.Role
	subject string
	name    string
	person  handler

	mu      sync.Mutex
	sock    *socket.Socket // nil while it is away
	ready   bool           // welcome has come: commands may be written
	dirty   bool           // some worker will flush
	pending []command      // unanswered, in the order in which they were given
	numbers uint64
	free    [][]byte // lines to use again

	stream *tally.Stream // the reader's alone
	epoch  []byte
	backAt time.Duration // when it was meant to be back
	known  bool          // a snapshot has come before
}

// enter is connect for whoever is there before the chats: told that the server
// is busy he comes again, as a desk does. The customer of a chat that is due
// does not, since a chat that cannot begin has to be counted.
func (p *peer) enter(ctx context.Context) error {
	began := p.crowd.now()
	for bound := retryFirst; ; bound = min(2*bound, retryMost) {
		err := p.connect(ctx)
		if !socket.Busy(err) || p.crowd.now()-began > busyLimit {
			return err
		}
		p.crowd.counts.retries.Add(1)
		if err := sleep(ctx, rand.N(bound)); err != nil {
			return err
		}
	}
}

// connect keeps the connection up: it returns when the first welcome and
// snapshot have come, and reads on in a goroutine until ctx ends.
func (p *peer) connect(ctx context.Context) error {
	p.backAt = p.crowd.now()
	rest, err := p.open(ctx)
	if err != nil {
		return fmt.Errorf("%s %s: %w", p.role, p.subject, err)
	}
	p.crowd.peers.add(p)
	p.crowd.readers.Go(func() {
		defer p.crowd.peers.drop(p)
		p.keep(ctx, rest)
	})
	return nil
}

// keep reads and comes back until ctx ends or the server says not to.
func (p *peer) keep(ctx context.Context, rest []byte) {
	stop := context.AfterFunc(ctx, p.drop)
	defer stop()
	w := &worker{}
	for {
		err := p.read(w, rest)
		if ctx.Err() != nil {
			p.stream.Close()
			return
		}
		p.crowd.broke(err)
		if rest, err = p.back(ctx); err != nil {
			if ctx.Err() == nil {
				p.crowd.counts.fail("gone_" + strconv.Itoa(socket.Code(err)))
			}
			p.stream.Close()
			return
		}
	}
}

func (p *peer) read(w *worker, message []byte) error {
	sock := p.sock
	for {
		for len(message) > 0 {
			var line []byte
			line, message, _ = bytes.Cut(message, []byte{'\n'})
			p.handle(w, line)
		}
		if !sock.Buffered() {
			w.flush()
		}
		var err error
		if message, err = sock.Read(); err != nil {
			w.flush()
			return err
		}
	}
}

// back connects again, as often as it takes.
func (p *peer) back(ctx context.Context) ([]byte, error) {
	p.mu.Lock()
	p.sock, p.ready = nil, false
	p.mu.Unlock()
	cut := p.crowd.backAt(p)
	p.backAt = max(p.crowd.now(), cut)
	for bound := retryFirst; ; bound = min(2*bound, retryMost) {
		if err := sleep(ctx, p.backAt-p.crowd.now()); err != nil {
			return nil, err
		}
		rest, err := p.open(ctx)
		if err == nil {
			return rest, nil
		}
		if code := new(socket.Closed); errors.As(err, &code) && code.Code >= 4500 && code.Code < 5000 {
			return nil, err
		}
		p.crowd.counts.retries.Add(1)
		if err := sleep(ctx, rand.N(bound)); err != nil {
			return nil, err
		}
	}
}

// Retries are quicker than those of a page, so that a recovery is seen soon.
const (
	retryFirst = 100 * time.Millisecond
	retryMost  = time.Second
	// busyLimit is for how long a server may have no room for somebody new.
	busyLimit = time.Minute
)

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// drop cuts the connection; the reader notices.
func (p *peer) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sock != nil {
		p.sock.Close()
	}
}

// submit sends a command that the worker has built, now or when there is a
// connection again. The line is copied.
func (p *peer) submit(w *worker, c command) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var room []byte
	if n := len(p.free); n > 0 {
		room, p.free = p.free[n-1], p.free[:n-1]
	}
	c.line = append(room[:0], w.line...)
	p.pending = append(p.pending, c)
	p.write(w, c.line)
}

// write queues a line if there is a connection. The lock is held.
func (p *peer) write(w *worker, line []byte) {
	if !p.ready {
		return
	}
	p.sock.Queue(line)
	if !p.dirty {
		p.dirty = true
		w.dirty = append(w.dirty, p)
	}
}

func (p *peer) flush() {
	p.mu.Lock()
	sock := p.sock
	p.dirty = false
	p.mu.Unlock()
	if sock != nil {
		_ = sock.Flush() // the reader sees why
	}
}

// begin starts a command in the worker's room and returns its number.
func (p *peer) begin(w *worker, kind string) uint64 {
	p.mu.Lock()
	p.numbers++
	n := p.numbers
	p.mu.Unlock()
	w.line = append(w.line[:0], `{"type":"`...)
	w.line = append(w.line, kind...)
	w.line = append(w.line, `","id":"`...)
	w.line = append(w.line, p.crowd.id...)
	w.line = append(w.line, '-')
	w.line = strconv.AppendUint(w.line, n, 10)
	w.line = append(w.line, '"')
	return n
}

// add appends a text field; the value needs no escapes.
func (w *worker) add(name, value string) {
	w.line = append(w.line, ',', '"')
	w.line = append(w.line, name...)
	w.line = append(w.line, '"', ':', '"')
	w.line = append(w.line, value...)
	w.line = append(w.line, '"')
}

func (w *worker) end() { w.line = append(w.line, '}') }

// take finds the command that an answer is for, and forgets it.
func (p *peer) take(re []byte) (command, bool) {
	number := socket.Number(re[bytes.LastIndexByte(re, '-')+1:])
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.pending {
		if p.pending[i].number == number {
			c := p.pending[i]
			p.pending = append(p.pending[:i], p.pending[i+1:]...)
			return c, true
		}
	}
	return command{}, false
}

// recycle takes a line back that nobody needs any more.
func (p *peer) recycle(line []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < 4 {
		p.free = append(p.free, line)
	}
}

// again sends a command that was refused for want of room once more, later.
func (p *peer) again(c *command, after time.Duration) {
	copied := *c
	p.crowd.schedule.at(p.crowd.now()+after, func(w *worker, _ time.Duration) {
		w.line = append(w.line[:0], copied.line...)
		p.submit(w, copied)
	})
}
