package acd

import "time"

// Refusal is a defined answer to a command that changes nothing. The codes are
// those of the wire; the edge maps them one to one.
type Refusal struct {
	Code   string
	Text   string
	Reason string // what became of an offer, with offer_gone
	Max    int    // with too_long
	Got    int    // with too_long
	Chars  string // with reserved_character
	Index  int    // with reserved_character: the first offender, in code points
	// RetryAfter is how long it is until the same command may succeed; 0 is not known.
	RetryAfter time.Duration `cbor:",omitempty"`
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Text }

// Is reports whether target is a refusal of the same code, so that errors.Is
// works with the sentinels below whatever the details.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

func refusal(code, text string) *Refusal { return &Refusal{Code: code, Text: text} }

// Refusals without details. The closed list is that of the protocol.
var (
	ErrForbidden      = refusal("forbidden", "this role may not do that")
	ErrNotFound       = refusal("not_found", "no such thing, or not yours to know of")
	ErrNotParticipant = refusal("not_participant", "you are not in this chat")
	ErrBadState       = refusal("bad_state", "not possible in the present state")
	ErrBadTarget      = refusal("bad_target", "that target cannot be used")
	ErrTooLate        = refusal("too_late", "it has already been decided")
	ErrEnded          = refusal("ended", "the chat has ended")
	ErrCapacity       = refusal("capacity", "the limit of open chats is reached")
	ErrUnavailable    = refusal("target_unavailable", "the agent cannot be offered a chat now")
	ErrQueueClosed    = refusal("queue_closed", "the queue is closed")
	ErrQueueFull      = refusal("queue_full", "the queue is full")
	ErrNoAgents       = refusal("no_agents", "nobody serves the queue now")
	ErrSoleAgent      = refusal("sole_agent", "nobody else is in the chat: end or transfer it")
	ErrWrapupPending  = refusal("wrapup_pending", "a mandatory wrap-up is still open")
	ErrBadCode        = refusal("bad_code", "not a wrap-up code of this queue")
	ErrLiveChats      = refusal("live_chats", "chats are still open: finish them or drain")
	ErrSourceRemoved  = refusal("source_removed", "the source of this chat has been removed")
	ErrTaken          = refusal("taken", "somebody has it already")
	ErrConferenceFull = refusal("conference_full", "no further agent fits in")
	ErrTransferring   = refusal("transfer_pending", "nobody has accepted the transfer yet")
	ErrOfferGone      = refusal("offer_gone", "the offer is no longer open")
	ErrBadParams      = refusal("bad_frame", "the parameters are not those of the template")
	ErrTooLong        = refusal("too_long", "the text is too long")
	ErrReserved       = refusal("reserved_character", "the text has a reserved character")
	ErrQuarantined    = refusal("internal", "the actor failed and is in quarantine")
)

// badState returns bad_state with a text that says what was expected.
func badState(text string) *Refusal { return refusal(ErrBadState.Code, text) }

func offerGone(why OfferReason) *Refusal {
	return &Refusal{Code: ErrOfferGone.Code, Text: ErrOfferGone.Text + ": " + string(why), Reason: string(why)}
}
