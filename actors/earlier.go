package actors

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-engine/parley/actors/acd"
)

// earlierMost is how far back the chats of a customer can be read by who
// serves him now.
const earlierMost = 20

// readable answers what a chat looks like to who may read it, and whose
// messages are for him. An agent may also read what was said to a customer
// whom he serves, in the chats before: not what agents said among themselves.
func (e *Engine) readable(by acd.Principal, chat acd.ChatID) (acd.ChatView, acd.Audience, error) {
	view, err := e.ViewChat(context.Background(), by, chat)
	if err == nil {
		return view, audienceOf(by), nil
	}
	if !errors.Is(err, acd.ErrNotParticipant) {
		return view, "", err
	}
	earlier, failed := e.Earlier(by, chat)
	if failed != nil {
		return view, "", fmt.Errorf("history of %s: %w", chat, failed)
	}
	if !earlier {
		return view, "", err
	}
	view, err = e.ViewChat(context.Background(), acd.Principal{}, chat)
	return view, acd.ForAll, err
}

// Earlier reports whether a chat is one of those before of a customer whom the
// agent serves now. Who is no agent serves nobody.
func (e *Engine) Earlier(by acd.Principal, chat acd.ChatID) (bool, error) {
	if !by.Works() {
		return false, nil
	}
	v, err := e.question(context.Background(), acd.AgentID(by.ID).Address(), by, acd.ViewAgent{})
	if err != nil {
		return false, err
	}
	desk, ok := v.(acd.AgentView)
	if !ok {
		return false, fmt.Errorf("agent %s answered with %T", by.ID, v)
	}
	for _, slot := range desk.Slots {
		if slot.State != acd.SlotConnected {
			continue
		}
		found, err := e.precedes(chat, slot.Chat)
		if found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// precedes walks back from a chat through those that its customer had before.
func (e *Engine) precedes(chat, from acd.ChatID) (bool, error) {
	for range earlierMost {
		view, err := e.ViewChat(context.Background(), acd.Principal{}, from)
		if isRefusal(err) {
			return false, nil // it is not kept any more
		}
		if err != nil {
			return false, err
		}
		switch view.Previous {
		case chat:
			return true, nil
		case "":
			return false, nil
		}
		from = view.Previous
	}
	return false, nil
}
