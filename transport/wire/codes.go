package wire

// ErrorCode names why a command was refused. The list is closed: a client may
// switch over it.
type ErrorCode string

// The error codes of parley.v1.
const (
	CodeBadFrame          ErrorCode = "bad_frame"
	CodeUnknownType       ErrorCode = "unknown_type"
	CodeUnauthenticated   ErrorCode = "unauthenticated"
	CodeForbidden         ErrorCode = "forbidden"
	CodeNotFound          ErrorCode = "not_found"
	CodeNotParticipant    ErrorCode = "not_participant"
	CodeBadState          ErrorCode = "bad_state"
	CodeBadTarget         ErrorCode = "bad_target"
	CodeOfferGone         ErrorCode = "offer_gone"
	CodeTaken             ErrorCode = "taken"
	CodeTooLate           ErrorCode = "too_late"
	CodeEnded             ErrorCode = "ended"
	CodeSourceRemoved     ErrorCode = "source_removed"
	CodeTooLong           ErrorCode = "too_long"
	CodeReservedCharacter ErrorCode = "reserved_character"
	CodeRateLimited       ErrorCode = "rate_limited"
	CodeCapacity          ErrorCode = "capacity"
	CodeTargetUnavailable ErrorCode = "target_unavailable"
	CodeQueueClosed       ErrorCode = "queue_closed"
	CodeQueueFull         ErrorCode = "queue_full"
	CodeNoAgents          ErrorCode = "no_agents"
	CodeConferenceFull    ErrorCode = "conference_full"
	CodeTransferPending   ErrorCode = "transfer_pending"
	CodeSoleAgent         ErrorCode = "sole_agent"
	CodeWrapupPending     ErrorCode = "wrapup_pending"
	CodeBadCode           ErrorCode = "bad_code"
	CodeLiveChats         ErrorCode = "live_chats"
	CodeDuplicateConflict ErrorCode = "duplicate_conflict"
	CodeOverloaded        ErrorCode = "overloaded"
	CodeInternal          ErrorCode = "internal"
)

var errorCodes = list(
	CodeBadFrame, CodeUnknownType, CodeUnauthenticated, CodeForbidden, CodeNotFound, CodeNotParticipant,
	CodeBadState, CodeBadTarget, CodeOfferGone, CodeTaken, CodeTooLate, CodeEnded, CodeSourceRemoved,
	CodeTooLong, CodeReservedCharacter, CodeRateLimited, CodeCapacity, CodeTargetUnavailable,
	CodeQueueClosed, CodeQueueFull, CodeNoAgents, CodeConferenceFull, CodeTransferPending, CodeSoleAgent,
	CodeWrapupPending, CodeBadCode, CodeLiveChats, CodeDuplicateConflict, CodeOverloaded, CodeInternal,
)

// Values is the closed list of error codes.
func (ErrorCode) Values() []string { return errorCodes }

// Error is the frame that refuses a command: nothing changed. It is also the
// Go error that the decoder returns.
type Error struct {
	// Re is the id of the refused command, empty if it could not be read.
	Re      string    `json:"re,omitempty"`
	Code    ErrorCode `json:"code"`
	Message string    `json:"message"`
	// RetryAfterS says after how many seconds the same command may succeed.
	RetryAfterS float64      `json:"retry_after_s,omitzero" jsonschema:"minimum=0"`
	Detail      *ErrorDetail `json:"detail,omitempty"`
}

// ErrorDetail is what a program may want to know beyond the code.
type ErrorDetail struct {
	// Reason is why an offer is gone (a value of [OfferEndReason]) or what
	// else narrows the code down.
	Reason string `json:"reason,omitempty"`
	// Max and Got belong to too_long: characters allowed and characters sent.
	Max int `json:"max,omitzero"`
	Got int `json:"got,omitzero"`
	// Characters are the reserved ones, Index the place of the first of them
	// in the text, counted in Unicode code points from 0.
	Characters string `json:"characters,omitempty"`
	Index      *int   `json:"index,omitempty"`
	// By is who was faster (taken).
	By string `json:"by,omitempty"`
}

// FrameType is "error".
func (*Error) FrameType() string { return "error" }

// Error is the code and the message, for logs and tests.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// CloseCode is the number with which the server closes a websocket.
type CloseCode int

// The close codes of parley.v1. From 4000 to 4499 a client connects again and
// resumes, from 4500 on it does not.
const (
	CloseGoingAway              CloseCode = 4000
	CloseInternalError          CloseCode = 4001
	CloseHeartbeatMissed        CloseCode = 4002
	CloseSlowConsumer           CloseCode = 4003
	CloseDrain                  CloseCode = 4004
	CloseTokenExpired           CloseCode = 4005
	CloseRateLimited            CloseCode = 4029
	CloseProtocolError          CloseCode = 4500
	CloseUnauthenticated        CloseCode = 4501
	CloseNoHello                CloseCode = 4502
	CloseForbidden              CloseCode = 4503
	CloseUnsupportedSubprotocol CloseCode = 4504
	CloseTooManySessions        CloseCode = 4505
	CloseReplaced               CloseCode = 4506
	CloseSignedOut              CloseCode = 4507
)

var closeTexts = map[CloseCode]string{
	CloseGoingAway:              "going away",
	CloseInternalError:          "internal error",
	CloseHeartbeatMissed:        "heartbeat missed",
	CloseSlowConsumer:           "slow consumer",
	CloseDrain:                  "drain",
	CloseTokenExpired:           "token expired",
	CloseRateLimited:            "rate limited",
	CloseProtocolError:          "protocol error",
	CloseUnauthenticated:        "unauthenticated",
	CloseNoHello:                "no hello",
	CloseForbidden:              "forbidden",
	CloseUnsupportedSubprotocol: "unsupported subprotocol",
	CloseTooManySessions:        "too many sessions",
	CloseReplaced:               "replaced",
	CloseSignedOut:              "signed out by a supervisor",
}

// CloseCodes lists the codes of the protocol's own range in rising order.
func CloseCodes() []CloseCode {
	return []CloseCode{
		CloseGoingAway, CloseInternalError, CloseHeartbeatMissed, CloseSlowConsumer, CloseDrain,
		CloseTokenExpired, CloseRateLimited, CloseProtocolError, CloseUnauthenticated, CloseNoHello,
		CloseForbidden, CloseUnsupportedSubprotocol, CloseTooManySessions, CloseReplaced, CloseSignedOut,
	}
}

// Text is the reason sent along with the code.
func (c CloseCode) Text() string { return closeTexts[c] }

// Reconnect says whether a client that was closed with this code connects
// again and resumes. It answers for the codes of RFC 6455 too: 1001, 1006 (no
// close frame came), 1012 and 1013 (later) are worth another try, the rest is not.
func (c CloseCode) Reconnect() bool {
	switch c {
	case 1001, 1006, 1012, 1013:
		return true
	default:
		return c >= 4000 && c < 4500
	}
}
