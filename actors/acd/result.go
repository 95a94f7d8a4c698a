package acd

import "time"

// Result is the answer to a person's command that took effect. It is kept with
// the command's id, so that the same command sent again gets the same answer.
type Result struct {
	Chat       ChatID `cbor:"1,keyasint,omitempty"` // start
	MessageSeq uint64 `cbor:"2,keyasint,omitempty"` // send
	// Already says that the fact was there before: already_ended,
	// already_done, already_accepted.
	Already string `cbor:"3,keyasint,omitempty"`
	Unread  int    `cbor:"4,keyasint,omitempty"` // read
	// Transfer and Offer name what transfer, invite and consult have opened.
	Transfer string  `cbor:"5,keyasint,omitempty"`
	Offer    OfferID `cbor:"6,keyasint,omitempty"`
	// ExpiresAt and Left are a wrap-up's, after an extension.
	ExpiresAt time.Time `cbor:"7,keyasint,omitzero"`
	Left      int       `cbor:"8,keyasint,omitempty"`
	// Chats is in how many chats a broadcast stands.
	Chats int `cbor:"12,keyasint,omitempty"`
}
