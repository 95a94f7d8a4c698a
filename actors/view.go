package actors

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-engine/parley/actors/acd"
)

// ViewChat answers who may see a chat with what he sees of it, and everybody
// else with a refusal. All of it is durable.
func (e *Engine) ViewChat(ctx context.Context, by acd.Principal, chat acd.ChatID) (acd.ChatView, error) {
	v, err := e.question(ctx, chat.Address(), by, acd.ViewChat{})
	if err != nil {
		return acd.ChatView{}, err
	}
	view, ok := v.(acd.ChatView)
	if !ok {
		return acd.ChatView{}, fmt.Errorf("chat %s answered with %T", chat, v)
	}
	return view, e.barrier()
}

// SentFile reports whether a message of a chat brings this file to everybody in
// it. Files that were sent among agents only are not.
func (e *Engine) SentFile(chat acd.ChatID, file string) (bool, error) {
	sent := false
	err := e.journal.Scan(textKey(chat, 0), textKey(chat, ^uint64(0)), func(_, v []byte) error {
		row, err := decodeRow[textRow](v)
		if err != nil {
			return err
		}
		if m := &row.Message; m.Attachment != nil && m.Attachment.ID == file && m.To == acd.ForAll {
			sent = true
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return false, fmt.Errorf("files of %s: %w", chat, err)
	}
	return sent, nil
}
