package conform

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/parley-engine/parley/transport/wire"
)

// tidy leaves the server as a scenario would like to find it: whoever took part
// ends his chats, files his wrap-ups and goes.
func (p *play) tidy(ctx context.Context) error {
	var problems []error
	done := map[string]bool{}
	for _, role := range []wire.Role{wire.RoleCustomer, wire.RoleAgent, wire.RoleSupervisor} {
		for name, person := range p.people {
			if person.Role != role || p.peers[name] == nil || done[person.Subject] {
				continue
			}
			done[person.Subject] = true
			if err := p.clear(ctx, name); err != nil {
				problems = append(problems, fmt.Errorf("clearing the desk of %s: %w", name, err))
			}
		}
	}
	return errors.Join(problems...)
}

// desk is what a snapshot says of work that is left.
type desk struct {
	Chats []struct {
		Chat  string     `json:"chat"`
		Phase wire.Phase `json:"phase"`
	} `json:"chats"`
	Wrapups  []wire.Wrapup  `json:"wrapups"`
	Capacity *wire.Capacity `json:"capacity"`
}

func (p *play) clear(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(p.target.Patience, 10*time.Second))
	defer cancel()
	left, err := p.look(ctx, name)
	if err != nil {
		return err
	}
	if p.people[name].Role == wire.RoleSupervisor && left.Capacity == nil { // who has no desk
		p.retire(name)
		return nil
	}
	for _, chat := range left.Chats {
		if chat.Phase == wire.PhaseEnded || chat.Phase == wire.PhaseClosed {
			continue
		}
		if err := p.order(ctx, name, &wire.End{Chat: chat.Chat}); err != nil {
			return err
		}
	}
	if p.people[name].Role == wire.RoleCustomer {
		p.retire(name)
		return nil
	}
	// Ended chats leave wrap-ups, and those come by way of another actor.
	c := p.peers[name]
	err = c.await(ctx, func() (bool, error) {
		ended := map[any]bool{}
		for _, f := range c.events {
			ended[f["chat"]] = ended[f["chat"]] || f["type"] == "wrapup_started" || f["type"] == "released"
		}
		for _, chat := range left.Chats {
			if chat.Phase != wire.PhaseEnded && !ended[chat.Chat] {
				return false, nil
			}
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for wrap-ups: %w", err)
	}
	return p.leave(ctx, name)
}

// leave files what is owed and takes the agent offline.
func (p *play) leave(ctx context.Context, name string) error {
	left, err := p.look(ctx, name)
	if err != nil {
		return err
	}
	for _, owed := range left.Wrapups {
		w := &wire.WrapUp{Chat: owed.Chat}
		if len(owed.Codes) > 0 {
			w.Code = owed.Codes[0].Code
		}
		if err := p.order(ctx, name, w); err != nil {
			return err
		}
	}
	if err := p.order(ctx, name, &wire.SetPresence{State: wire.ChooseOffline}); err != nil {
		return err
	}
	p.retire(name)
	return nil
}

// look connects anew and reads the snapshot.
func (p *play) look(ctx context.Context, name string) (desk, error) {
	var left desk
	silent := false
	if err := p.open(ctx, name, &wire.Hello{Alerting: &silent}, Step{}); err != nil {
		return left, err
	}
	text, err := json.Marshal(p.peers[name].snapshot)
	if err != nil {
		return left, err
	}
	return left, json.Unmarshal(text, &left)
}

// order sends a command that must be answered with ok.
func (p *play) order(ctx context.Context, name string, command wire.Command) error {
	id := p.name(nil)
	line := wire.AppendCommand(nil, command)
	var f map[string]any
	if err := json.Unmarshal(line, &f); err != nil {
		return err
	}
	f["id"] = id
	line, err := json.Marshal(f)
	if err != nil {
		return err
	}
	answer, err := p.peers[name].ask(ctx, id, line)
	if err != nil {
		return err
	}
	if answer["type"] != "ok" {
		return fmt.Errorf("%s: %s", line, oneLine(answer))
	}
	return nil
}
