package actors

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/parley-engine/parley/actors/acd"
)

// ForceEnd ends a chat in whatever state it is, for somebody who oversees. It
// is durable when this returns; a chat that is over already stays so.
func (e *Engine) ForceEnd(ctx context.Context, by acd.Principal, chat acd.ChatID, reason string) error {
	if _, err := e.ViewChat(ctx, by, chat); err != nil {
		return err
	}
	var refused error
	err := e.runtime.Await(ctx, questionTimeout, func(done func()) {
		var once sync.Once
		e.tell(chat.Address(), &envelope{by: by, cmd: acd.ForceEnd{Reason: reason}, ask: &ask{answer: func(_ any, err error) {
			once.Do(func() {
				refused = err
				done()
			})
		}}})
	})
	if err != nil {
		return fmt.Errorf("end %s: %w", chat, err)
	}
	return refused
}

// LiveChat is a chat that is not closed yet, as the index has it.
type LiveChat struct {
	Chat     acd.ChatID
	Customer acd.CustomerID
	Source   acd.SourceID
}

// LiveChats returns up to limit chats that are not closed, by their ids, after
// one of them.
func (e *Engine) LiveChats(after acd.ChatID, limit int) (page []LiveChat, err error) {
	from, to := []byte{rowLive}, []byte{rowLive + 1}
	if after != "" {
		from = append(liveKey(after), 0)
	}
	err = e.journal.Scan(from, to, func(k, v []byte) error {
		row, err := decodeRow[liveRow](v)
		if err != nil {
			return err
		}
		id, _ := rowNames(k)
		page = append(page, LiveChat{acd.ChatID(id), row.Customer, row.Source})
		if len(page) == limit {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("live chats: %w", err)
	}
	return page, nil
}
