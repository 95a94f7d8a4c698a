package acd

import "time"

// Retention is how long the classes of what is kept are kept. Zero is as the
// node was started, negative is for ever. What belongs to a chat counts from
// its end.
type Retention struct {
	// Chats are the records of ended chats with all that belongs to them.
	Chats time.Duration `json:",omitempty"`
	// Words are what was said in chats and people are known by in them: without
	// them the records stay, and explain what was decided. As Chats.
	Words    time.Duration `json:",omitempty"`
	Files    time.Duration `json:",omitempty"` // attachments; as Chats
	Audit    time.Duration `json:",omitempty"` // lines of the audit trail
	Figures  time.Duration `json:",omitempty"` // rows of the reports; for ever
	Commands time.Duration `json:",omitempty"` // outcomes, for who asks again
}
