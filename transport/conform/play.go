package conform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/transport/wire"
)

func (p *play) connect(ctx context.Context, l sentence, s Step) error {
	return p.open(ctx, l.who, &wire.Hello{}, s)
}

func (p *play) second(ctx context.Context, l sentence, s Step) error {
	p.people[l.as] = p.people[l.who]
	return p.open(ctx, l.as, &wire.Hello{}, s)
}

// reconnect resumes where the last connection stood.
func (p *play) reconnect(ctx context.Context, l sentence, s Step) error {
	before, err := p.peer(l.who)
	if err != nil {
		return err
	}
	p.retire(l.who)
	epoch, _ := before.welcome["epoch"].(string)
	if s.Gets == nil {
		s.Gets = map[string]any{"resumed": true}
	}
	return p.open(ctx, l.who, &wire.Hello{Resume: &wire.Resume{Epoch: epoch, Seq: before.seq}}, s)
}

// open connects and waits for the welcome, and for the snapshot where one is due.
func (p *play) open(ctx context.Context, name string, hello *wire.Hello, s Step) error {
	if options, ok := s.Frame.(map[string]any); ok {
		text, err := json.Marshal(options)
		if err == nil {
			err = json.Unmarshal(text, hello)
		}
		if err != nil {
			return err
		}
	}
	p.retire(name)
	person := p.people[name]
	token, err := p.target.Token(person)
	if err != nil {
		return fmt.Errorf("token for %s: %w", person.Subject, err)
	}
	c, err := dialPeer(ctx, *p.target, person, token, p.secrets, hello)
	if err != nil {
		return err
	}
	p.peers[name] = c
	err = c.await(ctx, func() (bool, error) {
		return c.welcome != nil && (c.snapshot != nil || c.welcome["resumed"] == true), nil
	})
	if err != nil {
		return err
	}
	if s.Gets != nil {
		return differs(p.captures.try(s.Gets, c.welcome))
	}
	return nil
}

func (p *play) peer(name string) (*peer, error) {
	if c := p.peers[name]; c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("%s has never connected", name)
}

func (p *play) drop(_ context.Context, l sentence, _ Step) error {
	if _, err := p.peer(l.who); err != nil {
		return err
	}
	p.retire(l.who)
	return nil
}

func (p *play) acknowledge(ctx context.Context, l sentence, _ Step) error {
	c, err := p.peer(l.who)
	if err != nil {
		return err
	}
	c.mu.Lock()
	line := wire.AppendCommand(nil, &wire.Pong{Seq: c.seq})
	c.mu.Unlock()
	return c.write(ctx, line)
}

func (p *play) send(ctx context.Context, l sentence, s Step) error {
	filled, err := p.captures.fill(s.Frame)
	if err != nil {
		return err
	}
	f, ok := filled.(map[string]any)
	if !ok {
		return errors.New("what is sent is no frame")
	}
	id := p.name(f)
	f["id"] = id
	if text, ok := f["text"].(string); ok && f["to"] == string(wire.ToAgents) {
		p.secrets.note(text)
	}
	line, err := json.Marshal(f)
	if err != nil {
		return err
	}
	p.last[l.who] = command{id, line}
	return p.sendAgain(ctx, l, s)
}

// name is an id that this run alone uses.
func (p *play) name(f map[string]any) string {
	if given, ok := f["id"].(string); ok {
		return p.run + "-" + given
	}
	p.commands++
	return fmt.Sprintf("%s-%d", p.run, p.commands)
}

func (p *play) sendAgain(ctx context.Context, l sentence, s Step) error {
	c, err := p.peer(l.who)
	if err != nil {
		return err
	}
	sent := p.last[l.who]
	if sent.id == "" {
		return fmt.Errorf("%s has sent nothing yet", l.who)
	}
	answer, err := c.ask(ctx, sent.id, sent.line)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	want, _ := s.Gets.(map[string]any)
	if _, typed := want["type"]; !typed {
		want = with(want, "type", "ok")
	}
	if diff := p.captures.try(want, answer); diff != "" {
		return fmt.Errorf("the answer is %s: %s", oneLine(answer), diff)
	}
	return nil
}

func with(f map[string]any, key string, value any) map[string]any {
	more := map[string]any{key: value}
	for k, v := range f {
		more[k] = v
	}
	return more
}

// receive waits for the next event of the type. An ephemeral one may be
// followed by others of its type: the latest wins.
func (p *play) receive(ctx context.Context, l sentence, s Step) error {
	c, err := p.peer(l.who)
	if err != nil {
		return err
	}
	return c.await(ctx, func() (bool, error) { return p.next(c, s.Frame) })
}

// next looks for an expected frame in what has come, with the peer's mutex held.
func (p *play) next(c *peer, want any) (bool, error) {
	for i := c.seen; i < len(c.events); i++ {
		if !sameType(want, c.events[i]) {
			continue
		}
		if diff := p.captures.try(want, c.events[i]); diff != "" {
			return false, fmt.Errorf("%s came: %s", oneLine(c.events[i]), diff)
		}
		c.seen = i + 1
		return true, nil
	}
	for i := c.glanced; i < len(c.ephemeral); i++ {
		if p.captures.try(want, c.ephemeral[i]) == "" {
			c.glanced = i + 1
			return true, nil
		}
	}
	return false, nil
}

func sameType(want any, f frame) bool {
	w, ok := want.(map[string]any)
	return ok && w["type"] == f["type"]
}

// receiveAll waits until each of several events has come after what was seen.
func (p *play) receiveAll(ctx context.Context, l sentence, s Step) error {
	c, err := p.peer(l.who)
	if err != nil {
		return err
	}
	wants, _ := s.Frame.([]any)
	if len(wants) == 0 {
		return errors.New("what is expected is no list of frames")
	}
	from, last := c.seen, c.seen
	taken := map[int]bool{}
	return c.await(ctx, func() (bool, error) {
		for i := from; i < len(c.events); i++ {
			if taken[i] {
				continue
			}
			n := slices.IndexFunc(wants, func(want any) bool { return p.captures.try(want, c.events[i]) == "" })
			if n >= 0 {
				wants = slices.Delete(slices.Clone(wants), n, n+1)
				taken[i], last = true, max(last, i+1)
			}
		}
		if len(wants) == 0 {
			c.seen = last
		}
		return len(wants) == 0, nil
	})
}

// miss asks something harmless, and holds that nothing such has come before the
// answer.
func (p *play) miss(ctx context.Context, l sentence, s Step) error {
	c, err := p.peer(l.who)
	if err != nil {
		return err
	}
	id := p.name(nil)
	var barrier wire.Command = &wire.Accept{ID: id, Offer: "none-" + p.run} // by way of the agent's own mailbox
	if c.person.Role == wire.RoleCustomer {
		barrier = &wire.History{ID: id, Chat: "none-" + p.run}
	}
	if _, err := c.ask(ctx, id, wire.AppendCommand(nil, barrier)); err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range slices.Concat(c.events[c.seen:], c.ephemeral[c.glanced:]) {
		if p.captures.try(s.Frame, f) == "" {
			return fmt.Errorf("%s came", oneLine(f))
		}
	}
	return nil
}

func (p *play) snapshot(_ context.Context, l sentence, s Step) error {
	c, err := p.peer(l.who)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.snapshot == nil {
		return errors.New("there is none: the connection was resumed")
	}
	if diff := p.captures.try(s.Frame, c.snapshot); diff != "" {
		return fmt.Errorf("%s: %s", oneLine(c.snapshot), diff)
	}
	return nil
}

func (p *play) closed(ctx context.Context, l sentence, s Step) error {
	c, err := p.peer(l.who)
	if err != nil {
		return err
	}
	select {
	case <-c.stopped:
	case <-ctx.Done():
		return errors.New("the connection is still open")
	}
	if code := websocket.CloseStatus(c.end); float64(code) != s.Frame {
		return fmt.Errorf("closed with %d: %w", code, c.end)
	}
	return nil
}

func (p *play) wait(ctx context.Context, _ sentence, s Step) error {
	if p.target.Advance != nil {
		p.target.Advance(s.pause())
		return nil
	}
	select {
	case <-time.After(s.pause()):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *play) restart(context.Context, sentence, Step) error {
	if p.target.Restart == nil {
		return fmt.Errorf("restart: %w", errNotHere)
	}
	url, err := p.target.Restart()
	if err != nil {
		return fmt.Errorf("restart: %w", err)
	}
	p.target.URL = url
	return nil
}

func (p *play) removeSource(_ context.Context, l sentence, _ Step) error {
	if p.target.RemoveSource == nil {
		return fmt.Errorf("remove a source: %w", errNotHere)
	}
	p.removed = true
	return p.target.RemoveSource(l.what)
}

func (p *play) deleteQueue(_ context.Context, l sentence, _ Step) error {
	if p.target.DeleteQueue == nil {
		return fmt.Errorf("delete a queue: %w", errNotHere)
	}
	p.deleted = true
	return p.target.DeleteQueue(l.what)
}

func differs(diff string) error {
	if diff == "" {
		return nil
	}
	return errors.New(diff)
}
