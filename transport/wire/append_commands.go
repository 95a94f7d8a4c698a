package wire

// Encoders of hot commands. The server writes each command again to tell one
// that is sent twice from another under the same id, so these bytes are kept
// for days: they are those of the marshaller, for ever.

func (c *Send) appendBody(dst []byte) []byte {
	if c.Attachment != nil || c.Template != nil {
		return appendMarshalled(dst, c)
	}
	dst = appendChatCommand(dst, "send", c.ID, c.Chat)
	dst = appendOptional(dst, `,"text":`, c.Text)
	return append(appendOptional(dst, `,"to":`, string(c.To)), '}')
}

func (c *Accept) appendBody(dst []byte) []byte {
	dst = appendText(appendType(dst, "accept"), `,"id":`, c.ID)
	return append(appendText(dst, `,"offer":`, c.Offer), '}')
}

func (c *Read) appendBody(dst []byte) []byte {
	return append(appendUint(appendChatCommand(dst, "read", c.ID, c.Chat), `,"upto":`, c.Upto), '}')
}

func (c *End) appendBody(dst []byte) []byte {
	return append(appendChatCommand(dst, "end", c.ID, c.Chat), '}')
}

func (c *WrapUp) appendBody(dst []byte) []byte {
	dst = appendChatCommand(dst, "wrapup", c.ID, c.Chat)
	dst = appendOptional(dst, `,"code":`, c.Code)
	return append(appendOptional(dst, `,"notes":`, c.Notes), '}')
}

func (c *Transfer) appendBody(dst []byte) []byte {
	dst = append(appendChatCommand(dst, "transfer", c.ID, c.Chat), `,"to":{`...)
	switch {
	case c.To.Agent != "":
		dst = appendOptional(appendText(dst, `"agent":`, c.To.Agent), `,"queue":`, c.To.Queue)
	default:
		dst = appendOptional(dst, `"queue":`, c.To.Queue)
	}
	dst = appendOptional(append(dst, '}'), `,"mode":`, string(c.Mode))
	dst = appendOptional(dst, `,"note":`, c.Note)
	return append(appendOptional(dst, `,"on_fail":`, string(c.OnFail)), '}')
}

func (c *Start) appendBody(dst []byte) []byte {
	dst = appendText(appendType(dst, "start"), `,"id":`, c.ID)
	dst = appendText(dst, `,"source":`, c.Source)
	dst = appendOptional(dst, `,"queue":`, c.Queue)
	dst = appendOptional(dst, `,"agent":`, c.Agent)
	dst = appendOptional(dst, `,"name":`, c.Name)
	if len(c.Attributes) > 0 {
		dst = appendTexts(dst, `,"attributes":`, c.Attributes)
	}
	return append(appendOptional(dst, `,"subject":`, c.Subject), '}')
}

func appendChatCommand(dst []byte, kind, id, chat string) []byte {
	return appendText(appendText(appendType(dst, kind), `,"id":`, id), `,"chat":`, chat)
}
