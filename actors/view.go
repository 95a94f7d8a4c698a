package actors

import (
	"context"
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
