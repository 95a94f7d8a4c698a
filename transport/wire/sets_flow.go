package wire

// TransferMode says when the sender of a transfer leaves the chat.
type TransferMode string

// The modes of a transfer.
const (
	TransferWarm  TransferMode = "warm"
	TransferBlind TransferMode = "blind"
	TransferStay  TransferMode = "stay"
)

var transferModes = list(TransferWarm, TransferBlind, TransferStay)

// Values is the closed list of modes.
func (TransferMode) Values() []string { return transferModes }

// TransferFallback says what becomes of a blind transfer that nobody takes.
type TransferFallback string

// The ends of a blind transfer that nobody takes.
const (
	FallbackQueue  TransferFallback = "return_to_queue"
	FallbackSender TransferFallback = "return_to_sender"
	FallbackEnd    TransferFallback = "end"
)

var transferFallbacks = list(FallbackQueue, FallbackSender, FallbackEnd)

// Values is the closed list of fallbacks.
func (TransferFallback) Values() []string { return transferFallbacks }

// TransferReason says why a transfer failed: as its offer ended, or what became
// of the chat meanwhile.
type TransferReason string

// The reasons of a transfer that are not an offer's.
const (
	TransferReturned     TransferReason = "returned"
	TransferQueueDeleted TransferReason = "queue_deleted"
	TransferMaxWait      TransferReason = "max_wait"
)

var transferReasons = append(list(OfferEndReason("").Values()...), list(TransferReturned, TransferQueueDeleted, TransferMaxWait)...)

// Values is the closed list of reasons.
func (TransferReason) Values() []string { return transferReasons }

// InterruptReason says why a chat cannot go on.
type InterruptReason string

// InterruptSourceRemoved is the one reason so far: the source that the chat came
// from has been removed.
const InterruptSourceRemoved InterruptReason = "source_removed"

var interruptReasons = list(InterruptSourceRemoved)

// Values is the closed list of reasons.
func (InterruptReason) Values() []string { return interruptReasons }
