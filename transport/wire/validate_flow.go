package wire

import "fmt"

// MaxPriority bounds a chat's priority in both directions.
const MaxPriority = 1000

// eitherOf holds two fields to one of them being there.
func eitherOf(a, first, b, second string) fault {
	if (first == "") == (second == "") {
		return fault{a, "and " + b + " are both there or both missing", "one of the two"}
	}
	if first == "" {
		return name(b, second)
	}
	return name(a, first)
}

func (t *Target) fault() fault { return eitherOf("to.agent", t.Agent, "to.queue", t.Queue) }

func priority(value int) fault {
	if value >= -MaxPriority && value <= MaxPriority {
		return fault{}
	}
	return fault{"priority", fmt.Sprintf("is %d", value), fmt.Sprintf("a number from %d to %d", -MaxPriority, MaxPriority)}
}

// Validate says what is wrong with the fields, or nil.
func (c *Transfer) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), c.To.fault(), optionalOf("mode", c.Mode), optionalOf("on_fail", c.OnFail))
}

// Validate says what is wrong with the fields, or nil.
func (c *CancelTransfer) Validate() *Error {
	return refuse(c, ident(c.ID), name("transfer", c.Transfer))
}

// Validate says what is wrong with the fields, or nil.
func (c *Invite) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), name("agent", c.Agent))
}

// Validate says what is wrong with the fields, or nil.
func (c *CancelInvite) Validate() *Error {
	return refuse(c, ident(c.ID), name("offer", c.Offer))
}

// Validate says what is wrong with the fields, or nil.
func (c *Consult) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), name("agent", c.Agent))
}

// Validate says what is wrong with the fields, or nil.
func (c *EndConsult) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *EndConference) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *Drop) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), name("participant", c.Participant))
}

// Validate says what is wrong with the fields, or nil.
func (c *HandOver) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), name("participant", c.Participant))
}

// Validate says what is wrong with the fields, or nil.
func (c *Pick) Validate() *Error {
	return refuse(c, ident(c.ID), eitherOf("chat", c.Chat, "queue", c.Queue))
}

// Validate says what is wrong with the fields, or nil.
func (c *Monitor) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *Whisper) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *Barge) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *Unmonitor) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *TakeOver) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat))
}

// Validate says what is wrong with the fields, or nil.
func (c *Assign) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), name("agent", c.Agent))
}

// Validate says what is wrong with the fields, or nil.
func (c *Requeue) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), name("queue", c.Queue), priority(c.Priority))
}

// Validate says what is wrong with the fields, or nil.
func (c *SetPriority) Validate() *Error {
	return refuse(c, ident(c.ID), name("chat", c.Chat), priority(c.Priority))
}

// Validate says what is wrong with the fields, or nil.
func (c *ForceWrapUp) Validate() *Error {
	return refuse(c, ident(c.ID), name("agent", c.Agent), name("chat", c.Chat), name("code", c.Code))
}
