package wire

import (
	"reflect"
	"slices"
	"strings"
)

// commandSpec is one line of the table of commands.
type commandSpec struct {
	make     func() Command
	kind     reflect.Type
	roles    []Role
	required []field
}

// eventSpec is one line of the table of server frames.
type eventSpec struct {
	make func() Event
	kind reflect.Type
	// roles are those that can receive the frame.
	roles []Role
	class class
}

// class says how a server frame stands to the recipient's stream.
type class int

const (
	// ofSession frames belong to the connection and are not numbered.
	ofSession class = iota
	// durable frames are numbered, kept and replayed.
	durable
	// ephemeral frames are not numbered; the latest wins.
	ephemeral
)

var (
	everyone    = []Role{RoleCustomer, RoleAgent, RoleSupervisor, RoleAdmin}
	customers   = []Role{RoleCustomer}
	speakers    = []Role{RoleCustomer, RoleAgent, RoleSupervisor}
	agents      = []Role{RoleAgent, RoleSupervisor}
	supervisors = []Role{RoleSupervisor, RoleAdmin}
	// overseers step into chats, which an administrator does not.
	overseers = []Role{RoleSupervisor}
)

// commandTable has a line for each command that the server understands.
var commandTable = index(
	command[Hello](everyone),
	command[Pong](everyone),
	command[Refresh](everyone),

	command[Start](customers),
	command[Send](speakers),
	command[Typing](speakers),
	command[Read](speakers),
	command[End](speakers),
	command[Leave](speakers),
	command[History](everyone),
	command[ConfirmEnd](customers),
	command[DeclineEnd](customers),
	command[Rate](customers),

	command[SetPresence](agents),
	command[SetChannel](agents),
	command[Accept](agents),
	command[Reject](agents),
	command[Focus](agents),
	command[Opened](agents),
	command[WrapUp](agents),
	command[SaveWrapUp](agents),
	command[ExtendWrapUp](agents),
	command[SetAttributes](agents),
	command[ProposeEnd](agents),

	command[Transfer](agents),
	command[CancelTransfer](agents),
	command[Invite](agents),
	command[CancelInvite](agents),
	command[Consult](agents),
	command[EndConsult](agents),
	command[EndConference](agents),
	command[Drop](agents),
	command[HandOver](agents),
	command[Pick](agents),

	command[Monitor](overseers),
	command[Whisper](overseers),
	command[Barge](overseers),
	command[Unmonitor](overseers),
	command[TakeOver](overseers),
	command[Assign](overseers),
	command[Requeue](overseers),
	command[SetPriority](overseers),
	command[ForceWrapUp](overseers),
	command[ListTargets](agents),
	command[WatchTargets](agents),
	command[Direct](agents),
	command[Assist](agents),
	command[Watch](supervisors),
	command[Broadcast](supervisors),
	command[SetQueueMode](supervisors),
	command[ForceEnd](supervisors),
	command[ForcePresence](supervisors),
	command[Explain](supervisors),
)

// eventTable has a line for each frame that the server sends.
var eventTable = []eventSpec{
	event[Welcome](ofSession, everyone),
	event[AgentSnapshot](ofSession, []Role{RoleAgent}),
	event[CustomerSnapshot](ofSession, customers),
	event[SupervisorSnapshot](ofSession, supervisors),
	event[Ok](ofSession, everyone),
	event[Error](ofSession, everyone),
	event[Ping](ofSession, everyone),
	event[Goodbye](ofSession, everyone),
	event[TokenExpiring](ofSession, everyone),
	event[Resync](ofSession, everyone),

	event[PresenceEvent](durable, agents),
	event[ChannelEvent](durable, agents),
	event[OfferEvent](durable, agents),
	event[OfferEndedEvent](durable, agents),
	event[AssignedEvent](durable, agents),
	event[MessageEvent](durable, speakers),
	event[UnreadEvent](durable, agents),
	event[ReadEvent](durable, speakers),
	event[FocusEvent](durable, agents),
	event[OpenedEvent](durable, agents),
	event[JoinedEvent](durable, agents),
	event[LeftEvent](durable, agents),
	event[OwnerEvent](durable, agents),
	event[LabelEvent](durable, agents),
	event[TransferDoneEvent](durable, agents),
	event[TransferFailedEvent](durable, agents),
	event[TransferCancelledEvent](durable, agents),
	event[InviteFailedEvent](durable, agents),
	event[TakenOverEvent](durable, agents),
	event[InterruptedEvent](durable, speakers),
	event[CustomerEvent](durable, agents),
	event[AttributesEvent](durable, agents),
	event[ChatEndedEvent](durable, agents),
	event[WrapupStartedEvent](durable, agents),
	event[WrapupSavedEvent](durable, agents),
	event[WrapupExtendedEvent](durable, agents),
	event[WrapupDoneEvent](durable, agents),
	event[ReleasedEvent](durable, agents),
	event[TypingEvent](ephemeral, speakers),
	event[DeliveredEvent](ephemeral, speakers),
	event[IdleWarningEvent](durable, speakers),
	event[AgentIdleEvent](durable, agents),
	event[InactiveEvent](durable, agents),
	event[EndProposedEvent](durable, speakers),
	event[EndDeclinedEvent](durable, agents),

	event[QueuedEvent](durable, customers),
	event[AgentJoinedEvent](durable, customers),
	event[AgentChangedEvent](durable, customers),
	event[AgentLeftEvent](durable, customers),
	event[AgentAwayEvent](durable, customers),
	event[EndedEvent](durable, customers),
	event[PositionEvent](ephemeral, customers),

	event[DirectEvent](durable, agents),
	event[TargetsEvent](ephemeral, agents),
	event[AssistEvent](durable, supervisors),
	event[AlertEvent](durable, supervisors),
	event[RatedEvent](durable, supervisors),
	event[CountersEvent](ephemeral, supervisors),
}

var eventIndex = indexEvents(eventTable)

func command[T any, P interface {
	*T
	Command
}](roles []Role) commandSpec {
	kind := reflect.TypeFor[T]()
	return commandSpec{
		make:     func() Command { return P(new(T)) },
		kind:     kind,
		roles:    roles,
		required: requiredFields(kind),
	}
}

func event[T any, P interface {
	*T
	Event
}](c class, roles []Role) eventSpec {
	return eventSpec{make: func() Event { return P(new(T)) }, kind: reflect.TypeFor[T](), roles: roles, class: c}
}

func index(specs ...commandSpec) map[string]*commandSpec {
	table := make(map[string]*commandSpec, len(specs))
	for _, s := range specs {
		table[s.make().FrameType()] = &s
	}
	return table
}

func indexEvents(specs []eventSpec) map[string]*eventSpec {
	table := make(map[string]*eventSpec, len(specs))
	for _, s := range specs {
		table[eventKey(s.make())] = &s
	}
	return table
}

// eventKey tells frames of one type apart that differ by the recipient's role.
func eventKey(ev Event) string {
	if v, ok := ev.(variant); ok {
		return ev.FrameType() + "/" + string(v.forRole())
	}
	return ev.FrameType()
}

// CommandTypes lists the types of all commands in alphabetical order.
func CommandTypes() []string {
	types := make([]string, 0, len(commandTable))
	for t := range commandTable {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// EventTypes lists the types of all frames of the server in alphabetical order.
func EventTypes() []string {
	types := make([]string, 0, len(eventTable))
	for _, s := range eventTable {
		types = append(types, s.make().FrameType())
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// MaySend says whether a principal of this role may send commands of this type
// at all; whose chat it is about is decided elsewhere.
func MaySend(role Role, commandType string) bool {
	spec, ok := commandTable[commandType]
	return ok && slices.Contains(spec.roles, role)
}

// Durable says whether frames of ev's type are numbered, kept and replayed.
func Durable(ev Event) bool {
	spec, ok := eventIndex[eventKey(ev)]
	return ok && spec.class == durable
}

// field is one member of a frame, as its struct declares it.
type field struct {
	name     string
	kind     reflect.Type
	optional bool
}

// fieldsOf lists the members of a struct, those of embedded structs among them.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for _, f := range reflect.VisibleFields(t) {
		name, options, tagged := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		optional := tagged && strings.HasPrefix(options, "omit")
		fields = append(fields, field{name: name, kind: f.Type, optional: optional})
	}
	return fields
}

func requiredFields(t reflect.Type) []field {
	return slices.DeleteFunc(fieldsOf(t), func(f field) bool { return f.optional })
}
