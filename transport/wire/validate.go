package wire

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Limits of single fields, counted in Unicode code points.
const (
	MaxIDChars   = 64
	MaxNameChars = 128

	maxReasonChars  = 256
	maxSubjectChars = 256
)

// fault is one thing wrong with a frame: the field, what it is, and what was
// expected in its place. The zero fault is none.
type fault struct {
	field, is, want string
}

// refuse makes the answer from the first fault, if there is one.
func refuse(c Command, faults ...fault) *Error {
	for _, f := range faults {
		if f.is != "" {
			return badFrame(c.CommandID(), "%s: %s %s; expected %s", c.FrameType(), f.field, f.is, f.want)
		}
	}
	return nil
}

func badFrame(re, format string, args ...any) *Error {
	return &Error{Re: re, Code: CodeBadFrame, Message: fmt.Sprintf(format, args...)}
}

// text holds a required text to 1 to most characters.
func text(field, value string, most int) fault {
	if value == "" {
		return fault{field, "is empty", wantText(most)}
	}
	return atMost(field, value, most)
}

// atMost holds an optional text to its length.
func atMost(field, value string, most int) fault {
	if len(value) <= most {
		return fault{}
	}
	if got := utf8.RuneCountInString(value); got > most {
		return fault{field, fmt.Sprintf("has %d characters", got), wantText(most)}
	}
	return fault{}
}

func wantText(most int) string { return fmt.Sprintf("a text of 1 to %d characters", most) }

// ident holds the client's own id to its length.
func ident(value string) fault { return text("id", value, MaxIDChars) }

// name holds the id of a chat, an offer, a queue ... to its length.
func name(field, value string) fault { return text(field, value, MaxNameChars) }

type closedSet interface {
	~string
	Values() []string
}

// oneOf holds a required value to its closed set.
func oneOf[E closedSet](field string, value E) fault {
	set := value.Values()
	if slices.Contains(set, string(value)) {
		return fault{}
	}
	return fault{field, fmt.Sprintf("is %q", string(value)), fmt.Sprintf("one of %v", set)}
}

// optionalOf holds a value to its closed set unless it is absent.
func optionalOf[E closedSet](field string, value E) fault {
	if value == "" {
		return fault{}
	}
	return oneOf(field, value)
}

// Validate says what is wrong with the fields, or nil.
func (c *Hello) Validate() *Error {
	faults := []fault{atMost("id", c.ID, MaxIDChars)}
	if c.Client != nil {
		faults = append(faults, atMost("client.name", c.Client.Name, MaxIDChars), atMost("client.version", c.Client.Version, MaxIDChars))
	}
	if c.Resume != nil {
		faults = append(faults, name("resume.epoch", c.Resume.Epoch))
	}
	return refuse(c, faults...)
}

// Validate finds nothing: a pong has no field that could be wrong.
func (c *Pong) Validate() *Error { return nil }

// Validate says what is wrong with the fields, or nil.
func (c *Refresh) Validate() *Error {
	empty := fault{}
	if c.Token == "" {
		empty = fault{"token", "is empty", "a token"}
	}
	return refuse(c, ident(c.ID), empty)
}

// Validate says what is wrong with the fields, or nil.
func (c *Start) Validate() *Error {
	return refuse(c, ident(c.ID), name("source", c.Source), atMost("queue", c.Queue, MaxNameChars),
		atMost("agent", c.Agent, MaxNameChars),
		atMost("name", c.Name, MaxNameChars), atMost("subject", c.Subject, maxSubjectChars))
}

// Validate says what is wrong with the fields, or nil.
func (c *Send) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), c.content(), optionalOf("to", c.To))
}

// Validate says what is wrong with the fields, or nil.
func (c *Typing) Validate() *Error { return refuse(c, ident(c.ID), name("chat", c.Chat)) }

// Validate says what is wrong with the fields, or nil.
func (c *Read) Validate() *Error {
	zero := fault{}
	if c.Upto == 0 {
		zero = fault{"upto", "is 0", "the message_seq of a message, from 1 on"}
	}
	return refuse(c, ident(c.ID), name("chat", c.Chat), zero)
}

// Validate says what is wrong with the fields, or nil.
func (c *End) Validate() *Error { return refuse(c, ident(c.ID), name("chat", c.Chat)) }

// Validate says what is wrong with the fields, or nil.
func (c *Leave) Validate() *Error { return refuse(c, ident(c.ID), name("chat", c.Chat)) }

// Validate says what is wrong with the fields, or nil.
func (c *History) Validate() *Error {
	limit := fault{}
	if c.Limit < 0 || c.Limit > MaxHistory {
		limit = fault{"limit", fmt.Sprintf("is %d", c.Limit), fmt.Sprintf("a number from 0 to %d", MaxHistory)}
	}
	return refuse(c, ident(c.ID), name("chat", c.Chat), limit)
}

// Validate says what is wrong with the fields, or nil.
func (c *SetPresence) Validate() *Error {
	return refuse(c, ident(c.ID), oneOf("state", c.State), atMost("reason", c.Reason, MaxNameChars), optionalOf("when", c.When))
}

// Validate says what is wrong with the fields, or nil.
func (c *SetChannel) Validate() *Error { return refuse(c, ident(c.ID), name("channel", c.Channel)) }

// Validate says what is wrong with the fields, or nil.
func (c *Accept) Validate() *Error { return refuse(c, ident(c.ID), name("offer", c.Offer)) }

// Validate says what is wrong with the fields, or nil.
func (c *Reject) Validate() *Error {
	return refuse(c, ident(c.ID), name("offer", c.Offer), atMost("reason", c.Reason, MaxNameChars))
}

// Validate says what is wrong with the fields, or nil.
func (c *Focus) Validate() *Error {
	if c.Chat == nil {
		return refuse(c, ident(c.ID))
	}
	return refuse(c, ident(c.ID), name("chat", *c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *Opened) Validate() *Error { return refuse(c, ident(c.ID), name("chat", c.Chat)) }

// Validate says what is wrong with the fields, or nil.
func (c *WrapUp) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), atMost("code", c.Code, MaxNameChars))
}

// Validate says what is wrong with the fields, or nil.
func (c *SaveWrapUp) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), atMost("code", c.Code, MaxNameChars))
}

// Validate says what is wrong with the fields, or nil.
func (c *ExtendWrapUp) Validate() *Error { return refuse(c, ident(c.ID), name("chat", c.Chat)) }

// Validate says what is wrong with the fields, or nil.
func (c *SetAttributes) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *ForceEnd) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), text("reason", c.Reason, maxReasonChars))
}

// Validate says what is wrong with the fields, or nil.
func (c *ForcePresence) Validate() *Error {
	return refuse(c, ident(c.ID), name("agent", c.Agent), oneOf("state", c.State), atMost("reason", c.Reason, MaxNameChars))
}

// Validate says what is wrong with the fields, or nil.
func (c *Explain) Validate() *Error {
	which := fault{}
	if (c.Offer == "") == (c.Chat == "") {
		which = fault{"offer", "and chat are both there or both missing", "one of the two"}
	}
	return refuse(c, ident(c.ID), atMost("offer", c.Offer, MaxNameChars), atMost("chat", c.Chat, MaxNameChars), which)
}
