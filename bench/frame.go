package bench

import (
	"strconv"
	"time"

	"github.com/parley-engine/parley/bench/socket"
)

// frame is what is looked at of a server's frame. Its slices are valid while it
// is handled.
type frame struct {
	line    []byte
	kind    []byte // the type
	re      []byte
	chat    []byte // an id, or the whole of assigned
	offer   []byte
	code    []byte
	reason  []byte
	text    []byte
	state   []byte
	who     []byte // participant
	seq     uint64
	message uint64 // message_seq
	retry   []byte
	ordered bool
}

func scan(line []byte, f *frame) {
	*f = frame{line: line, ordered: true}
	for w := socket.Over(line); w.Next(); {
		switch string(w.Key) {
		case "type":
			f.kind = socket.Text(w.Value)
		case "re":
			f.re = socket.Text(w.Value)
		case "seq":
			f.seq = socket.Number(w.Value)
		case "chat":
			f.chat = w.Value
			if w.Value[0] == '"' {
				f.chat = socket.Text(w.Value)
			}
		case "offer":
			f.offer = socket.Text(w.Value)
		case "code":
			f.code = socket.Text(w.Value)
		case "reason":
			f.reason = socket.Text(w.Value)
		case "text":
			f.text = socket.Text(w.Value)
		case "state":
			f.state = socket.Text(w.Value)
		case "participant":
			f.who = socket.Text(w.Value)
		case "message_seq":
			f.message = socket.Number(w.Value)
		case "retry_after_s":
			f.retry = w.Value
		}
	}
}

// retryAfter is when a refused command may be tried again.
func (f *frame) retryAfter() time.Duration {
	d, err := time.ParseDuration(string(f.retry) + "s")
	if err != nil || d <= 0 {
		return time.Second
	}
	return d
}

// declined reports whether the answer to a transfer is that who was asked has no
// time for it just now. People choose somebody else then; it is no error of the
// server's, for whom others have become busy since the desk was told of them.
func (f *frame) declined() bool {
	if string(f.code) != "target_unavailable" {
		return false
	}
	switch string(socket.Text(socket.In(socket.In(f.line, "detail"), "reason"))) {
	case "capacity", "channel", "wrapup", "delay", "presence":
		return true
	}
	return false
}

// handle takes one line of the server's.
func (p *peer) handle(w *worker, line []byte) {
	var f frame
	scan(line, &f)
	c := p.crowd
	switch string(f.kind) {
	case "ok", "error":
		p.answered(w, &f)
		return
	case "ping":
		p.pong(w)
		return
	case "snapshot":
		first := !p.known
		p.known = true
		p.stream.Snapshot(f.seq)
		p.person.snapshot(w, line, first)
		return
	case "token_expiring":
		p.refresh(w)
		return
	case "":
		c.counts.fail("unreadable_frame")
		return
	}
	c.counts.frames.Add(1)
	if f.seq > 0 {
		fresh, ordered := p.stream.See(f.seq)
		if !fresh {
			return
		}
		f.ordered = ordered
	}
	p.person.event(w, &f)
}

func (p *peer) answered(w *worker, f *frame) {
	if len(f.re) == 0 {
		p.crowd.counts.fail(string(f.code))
		return
	}
	command, ok := p.take(f.re)
	if !ok {
		p.crowd.counts.fail("answered_twice")
		return
	}
	if len(f.code) > 0 {
		code := string(f.code)
		if command.kind == kindTransfer && f.declined() {
			p.crowd.counts.declined.Add(1)
		} else {
			p.crowd.counts.fail(code)
		}
		if command.kind != kindStart && (code == "rate_limited" || code == "overloaded") {
			p.again(&command, f.retryAfter())
			return
		}
	}
	p.person.answer(w, &command, f)
	p.recycle(command.line)
}

func (p *peer) pong(w *worker) {
	w.line = append(w.line[:0], `{"type":"pong","seq":`...)
	w.line = strconv.AppendUint(w.line, p.stream.Last(), 10)
	w.end()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.write(w, w.line)
}

func (p *peer) refresh(w *worker) {
	token, err := p.crowd.key.token(string(p.role), p.subject, p.name)
	if err != nil {
		p.crowd.counts.fail("token")
		return
	}
	n := p.begin(w, "refresh")
	w.add("token", token)
	w.end()
	p.submit(w, command{number: n})
}
