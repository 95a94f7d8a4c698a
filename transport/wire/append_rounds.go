package wire

import "slices"

// Encoders of the events that come a few times in every chat: as it is queued,
// handed on, ended and wrapped up.

// appendOf starts an event of a chat.
func appendOf(dst []byte, frameType string, at Time, chat string) []byte {
	return appendText(appendHead(dst, frameType, at), `,"chat":`, chat)
}

func (e *QueuedEvent) appendBody(dst []byte) []byte {
	dst = appendOf(dst, "queued", e.At, e.Chat)
	if e.Queue != nil {
		dst = append(appendText(dst, `,"queue":{"name":`, e.Queue.Name), '}')
	}
	return append(dst, '}')
}

func (e *JoinedEvent) appendBody(dst []byte) []byte {
	dst = appendOf(dst, "joined", e.At, e.Chat)
	dst = appendText(dst, `,"participant":`, e.Participant)
	dst = appendText(dst, `,"kind":`, string(e.Kind))
	dst = appendText(dst, `,"name":`, e.Name)
	return append(appendText(dst, `,"mode":`, string(e.Mode)), '}')
}

func (e *LeftEvent) appendBody(dst []byte) []byte {
	dst = appendOf(dst, "left", e.At, e.Chat)
	dst = appendText(dst, `,"participant":`, e.Participant)
	dst = appendText(dst, `,"mode":`, string(e.Mode))
	dst = appendOptional(dst, `,"reason":`, string(e.Reason))
	return append(appendOptional(dst, `,"by":`, e.By), '}')
}

func (e *OwnerEvent) appendBody(dst []byte) []byte {
	return append(appendOptional(appendOf(dst, "owner", e.At, e.Chat), `,"participant":`, e.Participant), '}')
}

func (e *LabelEvent) appendBody(dst []byte) []byte {
	return append(appendText(appendOf(dst, "label", e.At, e.Chat), `,"label":`, string(e.Label)), '}')
}

func (e *TransferDoneEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendOf(dst, "transfer_done", e.At, e.Chat), `,"transfer":`, e.Transfer)
	return append(appendText(dst, `,"participant":`, e.Participant), '}')
}

func (e *AgentChangedEvent) appendBody(dst []byte) []byte {
	dst = appendText(appendOf(dst, "agent_changed", e.At, e.Chat), `,"name":`, e.Name)
	return append(appendText(dst, `,"initials":`, e.Initials), '}')
}

func (e *WrapupStartedEvent) appendBody(dst []byte) []byte {
	dst = append(appendOf(dst, "wrapup_started", e.At, e.Chat), `,"codes":[`...)
	for i := range e.Codes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(dst, `{"code":`, e.Codes[i].Code)
		dst = append(appendText(dst, `,"name":`, e.Codes[i].Name), '}')
	}
	dst = appendBool(append(dst, ']'), `,"notes_enabled":`, e.NotesEnabled)
	dst = appendText(dst, `,"mode":`, string(e.Mode))
	if e.ExpiresAt != 0 {
		dst = appendTime(dst, `,"expires_at":`, e.ExpiresAt)
	}
	if e.ExtensionsLeft != nil {
		dst = appendInt(dst, `,"extensions_left":`, *e.ExtensionsLeft)
	}
	return append(dst, '}')
}

func (e *FocusEvent) appendBody(dst []byte) []byte {
	dst = appendOptional(appendHead(dst, "focus", e.At), `,"chat":`, e.Chat)
	dst = append(dst, `,"states":{`...)
	var room [8]string
	chats := room[:0]
	for c := range e.States {
		chats = append(chats, c)
	}
	slices.Sort(chats)
	for i, c := range chats {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(append(appendQuote(dst, c), ':'), "", string(e.States[c]))
	}
	return append(dst, "}}"...)
}

func (e *WrapupDoneEvent) appendBody(dst []byte) []byte {
	dst = appendOptional(appendOf(dst, "wrapup_done", e.At, e.Chat), `,"code":`, e.Code)
	return append(appendText(dst, `,"by":`, e.By), '}')
}
