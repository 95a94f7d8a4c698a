package wire

// list turns the values of a closed set into the texts that travel.
func list[E ~string](values ...E) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return texts
}

// Role is what the token says that a principal is.
type Role string

// The roles of a principal.
const (
	RoleCustomer   Role = "customer"
	RoleAgent      Role = "agent"
	RoleSupervisor Role = "supervisor"
	RoleAdmin      Role = "admin"
)

var roles = list(RoleCustomer, RoleAgent, RoleSupervisor, RoleAdmin)

// Values is the closed list of roles.
func (Role) Values() []string { return roles }

// Participants that are not people with an id of their own. A customer hears
// of the agents' side as "agent", since he never sees an agent's id.
const (
	ParticipantCustomer = "customer"
	ParticipantAgent    = "agent"
	BySystem            = "system"
)

// OfferEndReason says why an offer is no longer open.
type OfferEndReason string

// The reasons for which an offer ends.
const (
	OfferAccepted          OfferEndReason = "accepted"
	OfferAcceptedElsewhere OfferEndReason = "accepted_elsewhere"
	OfferRejected          OfferEndReason = "rejected"
	OfferRONA              OfferEndReason = "rona"
	OfferCustomerGone      OfferEndReason = "customer_gone"
	OfferCancelled         OfferEndReason = "cancelled"
	OfferAgentState        OfferEndReason = "agent_state"
	OfferAgentLost         OfferEndReason = "agent_lost"
	OfferOffline           OfferEndReason = "offline"
	OfferTakenOver         OfferEndReason = "taken_over"
	OfferInterrupted       OfferEndReason = "interrupted"
	OfferEnded             OfferEndReason = "ended"
	OfferMoved             OfferEndReason = "moved"
)

var offerEndReasons = list(OfferAccepted, OfferAcceptedElsewhere, OfferRejected, OfferRONA, OfferCustomerGone,
	OfferCancelled, OfferAgentState, OfferAgentLost, OfferOffline, OfferTakenOver, OfferInterrupted, OfferEnded, OfferMoved)

// Values is the closed list of reasons.
func (OfferEndReason) Values() []string { return offerEndReasons }

// OfferKind says what an agent is asked to accept.
type OfferKind string

// The kinds of offers.
const (
	OfferFromQueue OfferKind = "queue"
	OfferTransfer  OfferKind = "transfer"
	OfferInvite    OfferKind = "invite"
	OfferConsult   OfferKind = "consult"
)

var offerKinds = list(OfferFromQueue, OfferTransfer, OfferInvite, OfferConsult)

// Values is the closed list of kinds.
func (OfferKind) Values() []string { return offerKinds }

// Label is the state of a chat as a desktop shows it.
type Label string

// The labels of a chat.
const (
	LabelActive              Label = "active"
	LabelTransferRequested   Label = "transfer_requested"
	LabelConferenceRequested Label = "conference_requested"
	LabelConference          Label = "conference"
	LabelConsulting          Label = "consulting"
	LabelInterrupted         Label = "interrupted"
)

var labels = list(LabelActive, LabelTransferRequested, LabelConferenceRequested, LabelConference, LabelConsulting, LabelInterrupted)

// Values is the closed list of labels.
func (Label) Values() []string { return labels }

// Phase is where a chat stands in its life. Ringing is not a phase: an offer is
// an object of its own that stands beside queued or active.
type Phase string

// The phases of a chat.
const (
	PhaseNew         Phase = "new"
	PhaseQueued      Phase = "queued"
	PhaseActive      Phase = "active"
	PhaseInterrupted Phase = "interrupted"
	PhaseEnded       Phase = "ended"
	PhaseClosed      Phase = "closed"
)

var phases = list(PhaseNew, PhaseQueued, PhaseActive, PhaseInterrupted, PhaseEnded, PhaseClosed)

// Values is the closed list of phases.
func (Phase) Values() []string { return phases }

// PresenceState is the person's own state, not the system's view of the load.
type PresenceState string

// The presence states.
const (
	PresenceOffline   PresenceState = "offline"
	PresenceNotReady  PresenceState = "not_ready"
	PresenceAvailable PresenceState = "available"
	PresenceRONA      PresenceState = "rona"
	PresenceDraining  PresenceState = "draining"
)

var presenceStates = list(PresenceOffline, PresenceNotReady, PresenceAvailable, PresenceRONA, PresenceDraining)

// Values is the closed list of presence states.
func (PresenceState) Values() []string { return presenceStates }

// PresenceChoice is a presence that a person may choose: rona and draining are
// consequences, never choices.
type PresenceChoice string

// The presences that can be chosen.
const (
	ChooseAvailable PresenceChoice = "available"
	ChooseNotReady  PresenceChoice = "not_ready"
	ChooseOffline   PresenceChoice = "offline"
)

var presenceChoices = list(ChooseAvailable, ChooseNotReady, ChooseOffline)

// Values is the closed list of choices.
func (PresenceChoice) Values() []string { return presenceChoices }

// When says whether a presence takes effect at once or after the last chat.
type When string

// The moments for which a presence can be asked.
const (
	WhenNow   When = "now"
	WhenAfter When = "after"
)

var whens = list(WhenNow, WhenAfter)

// Values is the closed list of moments.
func (When) Values() []string { return whens }

// Audience says who sees a message.
type Audience string

// The audiences of a message.
const (
	ToAll    Audience = "all"
	ToAgents Audience = "agents"
)

var audiences = list(ToAll, ToAgents)

// Values is the closed list of audiences.
func (Audience) Values() []string { return audiences }

// AuthorKind says on whose behalf a message was written.
type AuthorKind string

// The kinds of authors.
const (
	AuthorCustomer   AuthorKind = "customer"
	AuthorAgent      AuthorKind = "agent"
	AuthorSystem     AuthorKind = "system"
	AuthorQueue      AuthorKind = "queue"
	AuthorSupervisor AuthorKind = "supervisor"
)

var authorKinds = list(AuthorCustomer, AuthorAgent, AuthorSystem, AuthorQueue, AuthorSupervisor)

// Values is the closed list of kinds.
func (AuthorKind) Values() []string { return authorKinds }

// ParticipantKind says who takes part.
type ParticipantKind string

// The kinds of participants.
const (
	KindCustomer   ParticipantKind = "customer"
	KindAgent      ParticipantKind = "agent"
	KindSupervisor ParticipantKind = "supervisor"
)

var participantKinds = list(KindCustomer, KindAgent, KindSupervisor)

// Values is the closed list of kinds.
func (ParticipantKind) Values() []string { return participantKinds }

// Mode says how somebody takes part in a chat.
type Mode string

// The modes of taking part.
const (
	ModeTalk    Mode = "talk"
	ModeWhisper Mode = "whisper"
	ModeMonitor Mode = "monitor"
	ModeConsult Mode = "consult"
)

var modes = list(ModeTalk, ModeWhisper, ModeMonitor, ModeConsult)

// Values is the closed list of modes.
func (Mode) Values() []string { return modes }

// ParticipantState says whether somebody is in the chat now.
type ParticipantState string

// The states of a participant.
const (
	StateInvited ParticipantState = "invited"
	StateJoined  ParticipantState = "joined"
	StateLeft    ParticipantState = "left"
)

var participantStates = list(StateInvited, StateJoined, StateLeft)

// Values is the closed list of states.
func (ParticipantState) Values() []string { return participantStates }

// CustomerAuth says whose word a customer's name is.
type CustomerAuth string

// A signed name stands in the customer's token; an anonymous customer says
// himself who he is, or does not.
const (
	CustomerSigned CustomerAuth = "signed"
	CustomerAnon   CustomerAuth = "anon"
)

var customerAuths = list(CustomerSigned, CustomerAnon)

// Values is the closed list of identities.
func (CustomerAuth) Values() []string { return customerAuths }

// CustomerState says whether the customer's page is connected.
type CustomerState string

// The states of a customer.
const (
	CustomerOnline CustomerState = "online"
	CustomerAway   CustomerState = "away"
)

var customerStates = list(CustomerOnline, CustomerAway)

// Values is the closed list of states.
func (CustomerState) Values() []string { return customerStates }

// FocusState says which of an agent's chats he is looking at.
type FocusState string

// The states of an agent's chat.
const (
	FocusConnected FocusState = "connected"
	FocusHeld      FocusState = "held"
)

var focusStates = list(FocusConnected, FocusHeld)

// Values is the closed list of states.
func (FocusState) Values() []string { return focusStates }

// LeaveReason says why a participant is no longer in a chat.
type LeaveReason string

// The reasons for which a participant leaves.
const (
	LeaveLeft         LeaveReason = "left"
	LeaveLost         LeaveReason = "lost"
	LeaveTransferred  LeaveReason = "transferred"
	LeaveDropped      LeaveReason = "dropped"
	LeaveTakenOver    LeaveReason = "taken_over"
	LeaveRequeued     LeaveReason = "requeued"
	LeaveReassigned   LeaveReason = "reassigned"
	LeaveConsultEnded LeaveReason = "consult_ended"
)

var leaveReasons = list(LeaveLeft, LeaveLost, LeaveTransferred, LeaveDropped, LeaveTakenOver, LeaveRequeued,
	LeaveReassigned, LeaveConsultEnded)

// Values is the closed list of reasons.
func (LeaveReason) Values() []string { return leaveReasons }

// EndReason says why a chat is over.
type EndReason string

// The reasons for which a chat ends.
const (
	EndAgent          EndReason = "agent"
	EndCustomer       EndReason = "customer"
	EndAbandoned      EndReason = "abandoned"
	EndDisconnected   EndReason = "disconnected"
	EndMaxWait        EndReason = "max_wait"
	EndQueueRefused   EndReason = "queue_refused"
	EndForced         EndReason = "forced"
	EndCustomerIdle   EndReason = "customer_idle"
	EndSourceRemoved  EndReason = "source_removed"
	EndTransferFailed EndReason = "transfer_failed"
)

var endReasons = list(EndAgent, EndCustomer, EndAbandoned, EndDisconnected, EndMaxWait, EndQueueRefused,
	EndForced, EndCustomerIdle, EndSourceRemoved, EndTransferFailed)

// Values is the closed list of reasons.
func (EndReason) Values() []string { return endReasons }

// WrapupMode says whether a wrap-up can be left undone.
type WrapupMode string

// The modes of a wrap-up; a queue without wrap-up opens none.
const (
	WrapupOptional  WrapupMode = "optional"
	WrapupMandatory WrapupMode = "mandatory"
	WrapupTimed     WrapupMode = "timed"
)

var wrapupModes = list(WrapupOptional, WrapupMandatory, WrapupTimed)

// Values is the closed list of modes.
func (WrapupMode) Values() []string { return wrapupModes }

// QueueMode says whether a queue takes new chats.
type QueueMode string

// The modes of a queue.
const (
	QueueOpen     QueueMode = "open"
	QueueClosed   QueueMode = "closed"
	QueueDraining QueueMode = "draining"
)

var queueModes = list(QueueOpen, QueueClosed, QueueDraining)

// Values is the closed list of modes.
func (QueueMode) Values() []string { return queueModes }

// AlertKind says what a supervisor is warned of.
type AlertKind string

// The kinds of alerts.
const (
	AlertSLA         AlertKind = "sla"
	AlertStuck       AlertKind = "stuck"
	AlertStrikes     AlertKind = "strikes"
	AlertQuarantined AlertKind = "quarantined"
	AlertAgentIdle   AlertKind = "agent_idle"
)

var alertKinds = list(AlertSLA, AlertStuck, AlertStrikes, AlertQuarantined, AlertAgentIdle)

// Values is the closed list of kinds.
func (AlertKind) Values() []string { return alertKinds }

// GoodbyeReason says why the server asks a client to move.
type GoodbyeReason string

// The reasons of a goodbye.
const (
	GoodbyeDrain   GoodbyeReason = "drain"
	GoodbyeUpgrade GoodbyeReason = "upgrade"
)

var goodbyeReasons = list(GoodbyeDrain, GoodbyeUpgrade)

// Values is the closed list of reasons.
func (GoodbyeReason) Values() []string { return goodbyeReasons }

// ResyncReason says why a whole snapshot replaces the missing events.
type ResyncReason string

// The reasons of a resync.
const (
	ResyncTooFarBehind ResyncReason = "too_far_behind"
	ResyncNewEpoch     ResyncReason = "new_epoch"
)

var resyncReasons = list(ResyncTooFarBehind, ResyncNewEpoch)

// Values is the closed list of reasons.
func (ResyncReason) Values() []string { return resyncReasons }

// RoutingStatus is the system's view of an agent's load; nobody sets it.
type RoutingStatus string

// The routing statuses.
const (
	StatusOffQueue      RoutingStatus = "off_queue"
	StatusIdle          RoutingStatus = "idle"
	StatusAlerting      RoutingStatus = "alerting"
	StatusInteracting   RoutingStatus = "interacting"
	StatusWrapup        RoutingStatus = "wrapup"
	StatusNotResponding RoutingStatus = "not_responding"
)

var routingStatuses = list(StatusOffQueue, StatusIdle, StatusAlerting, StatusInteracting, StatusWrapup, StatusNotResponding)

// Values is the closed list of statuses.
func (RoutingStatus) Values() []string { return routingStatuses }
