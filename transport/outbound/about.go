package outbound

import (
	"reflect"

	"github.com/parley-engine/parley/actors/acd"
)

// agentIn is the agent whom an event of a chat names, if it names one.
func agentIn(e acd.Event) acd.AgentID {
	switch e := e.(type) {
	case acd.Offered:
		return e.Offer.Agent
	case acd.MessageSent:
		if e.Message.Author.Kind == "agent" {
			return acd.AgentID(e.Message.Author.ID)
		}
		return ""
	}
	return named[acd.AgentID](e, "Agent")
}

// chatIn is the chat that an event of an agent names, if it names one.
func chatIn(e acd.Event) acd.ChatID {
	if e, ok := e.(acd.WrapupStarted); ok {
		return e.Debt.Chat
	}
	return named[acd.ChatID](e, "Chat")
}

// named is the field of an event by its name, if that is of type T.
func named[T any](e acd.Event, field string) (value T) {
	if f := reflect.ValueOf(e).FieldByName(field); f.IsValid() {
		value, _ = f.Interface().(T)
	}
	return value
}
