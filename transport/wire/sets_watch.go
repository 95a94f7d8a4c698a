package wire

// TargetKind says what a chat is to go to.
type TargetKind string

// The kinds of targets.
const (
	TargetAgent TargetKind = "agent"
	TargetQueue TargetKind = "queue"
)

var targetKinds = list(TargetAgent, TargetQueue)

// Values is the closed list of kinds.
func (TargetKind) Values() []string { return targetKinds }

// BoardKind says what a board of a supervisor shows.
type BoardKind string

// The boards.
const (
	BoardQueues BoardKind = "queues"
	BoardAgents BoardKind = "agents"
	BoardChats  BoardKind = "chats"
)

var boardKinds = list(BoardQueues, BoardAgents, BoardChats)

// Values is the closed list of boards.
func (BoardKind) Values() []string { return boardKinds }
