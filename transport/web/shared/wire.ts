// The frames of parley.v1, as transport/wire/schema has them. Times are RFC
// 3339 texts, durations are numbers of seconds, ids are opaque.

export interface Ref { id: string; name: string }
export interface Named { name: string }
export interface Choice { code: string; name: string }
export type Role = 'customer' | 'agent' | 'supervisor' | 'admin'

export interface Author {
  kind: 'customer' | 'agent' | 'system' | 'queue' | 'supervisor'
  id?: string
  name: string
  initials: string
}
export interface Attachment { id: string; name: string; media_type: string; size_bytes: number; url: string }
export interface Message {
  message_seq: number
  author: Author
  text?: string
  attachment?: Attachment
  template?: string
  /** Who has come, in the system's line that says so in English. */
  joined?: string
  to: 'all' | 'agents'
  sent_at: string
}
export interface WaitRange { low: number; high: number }

export type PresenceState = 'available' | 'not_ready' | 'offline' | 'rona' | 'draining'
export interface Presence { state: PresenceState; reason?: string; since: string; by: string }
export interface NextPresence { state: PresenceState; reason?: string }
export interface ChannelCapacity { open: boolean; max?: number; used: number }
export interface Capacity { total: number; used: number; channels: Record<string, ChannelCapacity> }

export interface Customer { name: string; initials: string; auth?: 'signed' | 'anon'; attributes: Record<string, string>; state?: 'online' | 'away' }
export type Mode = 'talk' | 'whisper' | 'monitor' | 'consult'
export interface Participant {
  participant: string
  kind: 'customer' | 'agent' | 'supervisor'
  name: string
  mode: Mode
  state: 'invited' | 'joined' | 'left'
  owner: boolean
}
export type OfferKind = 'queue' | 'transfer' | 'invite' | 'consult'
export type OfferEnd = 'accepted' | 'accepted_elsewhere' | 'rejected' | 'rona' | 'customer_gone' | 'cancelled' | 'agent_state' |
  'agent_lost' | 'offline' | 'taken_over' | 'interrupted' | 'ended' | 'moved'
export interface Offer {
  offer: string
  kind: OfferKind
  chat: string
  channel: string
  queue: Ref
  customer: Customer
  source?: Ref
  from?: Ref
  note?: string
  thread: Message[]
  received_at: string
  offered_at: string
  expires_at: string
  attempt: number
  previous_chat?: string
}
/** What goes on in a chat beside its talk, for who starts anew. */
export interface Underway {
  asked?: { kind: OfferKind; transfer?: string; offer?: string; by?: string; agent?: Ref; queue?: Ref }[]
  end_proposed?: { by?: string; name: string }
  idle?: { closes_at?: string }
  waits_since?: string
  inactive?: boolean
  interrupted?: { warning: string; closes_at?: string }
}
export type Phase = 'new' | 'queued' | 'active' | 'interrupted' | 'ended' | 'closed'
export type Label = 'active' | 'transfer_requested' | 'conference_requested' | 'conference' | 'consulting' | 'interrupted'
export type EndReason = 'agent' | 'customer' | 'abandoned' | 'disconnected' | 'max_wait' | 'queue_refused' | 'forced' |
  'customer_idle' | 'source_removed' | 'transfer_failed'
export interface Chat {
  chat: string
  channel: string
  subject?: string
  queue: Ref
  customer: Customer
  source?: Ref
  participants: Participant[]
  owner?: string
  label: Label
  phase: Phase
  focus: 'connected' | 'held'
  unread: number
  opened: boolean
  read?: Record<string, number>
  messages: readonly Message[]
  message_seq: number
  received_at: string
  started_at?: string
  previous_chat?: string
  now?: Underway
}
export interface CustomerChat {
  chat: string
  channel: string
  subject?: string
  queue?: Named
  phase: Phase
  agents: { name: string; initials: string }[]
  messages: readonly Message[]
  message_seq: number
  read?: { customer?: number; agent?: number }
  position?: number
  wait_s?: WaitRange
  received_at: string
  end_reason?: EndReason
  end_proposed?: Named
  idle?: { closes_at?: string }
}
export interface Wrapup {
  chat: string
  codes: Choice[]
  notes_enabled: boolean
  mode: 'optional' | 'mandatory' | 'timed'
  expires_at?: string
  extensions_left?: number
  code?: string
  notes?: string
}
export interface Template { name: string; text: string; params?: string[]; channels?: string[] }
export interface TargetRow {
  agent?: string
  queue?: string
  name: string
  usable: boolean
  state?: PresenceState
  since?: string
  free?: number
  skills?: string[]
  mode?: 'open' | 'closed' | 'draining'
  waiting?: number
  available?: number
}
export interface QueueRow {
  queue: string
  name: string
  mode: 'open' | 'closed' | 'draining'
  waiting: number
  oldest_since?: string
  agents_signed_in: number
  agents_available: number
  free_units: number
  service_level?: number
  service_level_s?: number
  abandonment?: number
  wait_s?: WaitRange
  mode_set?: { by: Ref; since: string }
}
export interface AgentRow {
  agent: string
  name: string
  presence: Presence
  status: 'off_queue' | 'idle' | 'alerting' | 'interacting' | 'wrapup' | 'not_responding'
  capacity: Capacity
  chats: string[]
  wrapups: string[]
}
export interface ChatRow {
  chat: string
  channel: string
  queue?: Ref
  customer: Named
  phase: Phase
  label?: Label
  owner?: Ref
  received_at: string
  rating?: { score: number; text?: string }
  assist?: { from: Ref; text?: string; since: string }
}
export interface Alert {
  kind: 'sla' | 'stuck' | 'strikes' | 'quarantined' | 'agent_idle'
  chat?: string
  agent?: string
  queue?: string
  text?: string
  since: string
}
export interface Decision {
  queue: string
  chat: string
  offer?: string
  decided_at: string
  strategy: string
  winner?: string
  winner_why?: string
  passed_over: { agent: string; why: string }[]
  more?: Record<string, number>
  config_version?: number
  step?: number
}
export interface TextLimit { max_chars: number; reserved?: string }
export interface AttachmentLimit { max_bytes: number; media_types: string[] }
export interface Limits {
  message_bytes: number
  frames: number
  nesting: number
  id_chars: number
  notes_chars?: number
  history_messages?: number
  open_chats?: number
  unanswered_commands?: number
  per_second?: number
  burst?: number
  text?: Record<string, TextLimit>
  attachments?: Record<string, AttachmentLimit>
}

// Frames of the session.

export interface Welcome {
  type: 'welcome'
  re?: string
  session: string
  role: Role
  principal: string
  name?: string
  epoch: string
  seq: number
  resumed: boolean
  server_time: string
  heartbeat_s: number
  limits: Limits
  closed_because?: { code: number; text: string }
}
export interface Ok {
  type: 'ok'
  re: string
  already?: boolean
  chat?: string
  transfer?: string
  offer?: string
  message_seq?: number
  expires_at?: string
  extensions_left?: number
  page?: { messages: Message[]; more: boolean; previous_chat?: string }
  decisions?: Decision[]
  targets?: TargetRow[]
  version?: number
  chats?: number
}
export interface ErrorFrame {
  type: 'error'
  re?: string
  code: string
  message: string
  retry_after_s?: number
  detail?: Record<string, unknown>
}
export interface AgentSnapshot {
  seq: number
  presence: Presence
  next?: NextPresence
  capacity: Capacity
  queues: Ref[]
  offers: Offer[]
  chats: Chat[]
  wrapups: Wrapup[]
  wrapup_codes: Choice[]
  reasons: Choice[]
  templates?: Template[]
}
export interface CustomerSnapshot { seq: number; chats: CustomerChat[] }
export interface SupervisorSnapshot {
  seq: number
  queues: QueueRow[]
  agents: AgentRow[]
  chats: ChatRow[]
  alerts: Alert[]
  self?: AgentSnapshot
}
export type Snapshot = { type: 'snapshot' } & (
  | ({ role: 'agent' } & AgentSnapshot)
  | ({ role: 'customer' } & CustomerSnapshot)
  | ({ role: 'supervisor' | 'admin' } & SupervisorSnapshot))

/** An event of the stream: it has seq and at, unless it is ephemeral. */
type Event<T extends string, F> = { type: T; seq?: number; at?: string } & F
type InChat<T extends string, F = object> = Event<T, { chat: string } & F>

export type DeskEvent =
  | InChat<'rated', { rating: { score: number; text?: string } }>
  | Event<'presence', Presence & { next?: NextPresence }>
  | Event<'channel', { channel: string; open: boolean; by: string }>
  | Event<'offer', Offer>
  | InChat<'offer_ended', { offer: string; reason: OfferEnd }>
  | Event<'assigned', { chat: Chat }>
  | InChat<'message', Message>
  | InChat<'unread', { count: number }>
  | InChat<'read', { by: string; upto: number }>
  | InChat<'delivered', { by: string; upto: number }>
  | Event<'focus', { chat?: string; states: Record<string, 'connected' | 'held'> }>
  | InChat<'opened', { on: boolean }>
  | InChat<'joined', { participant: string; kind: Participant['kind']; name: string; mode: Mode }>
  | InChat<'left', { participant: string; mode: Mode; reason?: string; by?: string }>
  | InChat<'owner', { participant?: string }>
  | InChat<'label', { label: Label }>
  | InChat<'transfer_done', { transfer: string; participant: string }>
  | InChat<'transfer_failed', { transfer: string; reason: string; note?: string }>
  | InChat<'transfer_cancelled', { transfer: string }>
  | InChat<'invite_failed', { offer: string; kind: OfferKind; reason: OfferEnd; note?: string }>
  | InChat<'taken_over', { by: string }>
  | InChat<'interrupted', { reason?: string; warning?: string; closes_at?: string }>
  | InChat<'customer', { state: 'online' | 'away' }>
  | InChat<'attributes', { set: Record<string, string>; by: string }>
  | InChat<'chat_ended', { by: string; reason: EndReason; note?: string }>
  | InChat<'wrapup_started', Omit<Wrapup, 'chat'>>
  | InChat<'wrapup_saved', { code?: string; notes?: string }>
  | InChat<'wrapup_extended', { expires_at: string; extensions_left: number }>
  | InChat<'wrapup_done', { code?: string; by: string }>
  | InChat<'released'>
  | InChat<'typing', { by: string; on: boolean }>
  | InChat<'idle_warning', { closes_at?: string }>
  | InChat<'agent_idle', { since: string }>
  | InChat<'inactive', { on: boolean }>
  | InChat<'end_proposed', { by?: string; name: string }>
  | InChat<'end_declined'>
  | Event<'direct', { from: Ref; to: string; text: string }>
  | Event<'targets', { kind: 'agent' | 'queue'; rows: TargetRow[]; version: number }>

export type CustomerEvent =
  | InChat<'queued', { queue?: Named }>
  | InChat<'agent_joined', { name: string; initials: string }>
  | InChat<'agent_changed', { name: string; initials: string }>
  | InChat<'agent_left', { name: string }>
  | InChat<'agent_away', { name: string; away: boolean }>
  | InChat<'ended', { reason: EndReason }>
  | InChat<'position', { position: number; wait_s?: WaitRange }>

export type SupervisorEvent =
  | InChat<'assist', { from: Ref; text?: string; queue?: Ref; customer: Named }>
  | Event<'alert', Alert & { over?: boolean }>
  | Event<'counters', { of: 'queues' | 'agents' | 'chats'; queues?: QueueRow[]; agents?: AgentRow[]; chats?: ChatRow[]; total: number; version: number }>

export type SessionFrame =
  | Welcome | Ok | ErrorFrame | Snapshot
  | { type: 'ping' }
  | { type: 'goodbye'; reason: 'drain' | 'upgrade'; reconnect_after_s: number; address?: string }
  | { type: 'token_expiring'; expires_at: string }
  | { type: 'resync'; reason: string; epoch: string }

export type ServerFrame = SessionFrame | DeskEvent | CustomerEvent | SupervisorEvent

// Commands, without type and id.

interface OfChat { chat: string }
export interface Commands {
  refresh: { token: string }
  start: { source: string; queue?: string; name?: string; attributes?: Record<string, string>; subject?: string }
  send: OfChat & { text?: string; attachment?: { id: string }; template?: { name: string; params?: Record<string, string> }; to?: 'all' | 'agents' }
  typing: OfChat & { on: boolean }
  read: OfChat & { upto: number }
  end: OfChat
  leave: OfChat
  confirm_end: OfChat
  decline_end: OfChat
  rate: OfChat & { score: number; text?: string }
  history: OfChat & { before?: number; limit?: number }
  set_presence: { state: 'available' | 'not_ready' | 'offline'; reason?: string; when?: 'now' | 'after'; drain?: boolean }
  set_channel: { channel: string; open: boolean }
  accept: { offer: string }
  reject: { offer: string; reason?: string }
  focus: { chat: string | null }
  opened: OfChat & { on: boolean }
  wrapup: OfChat & { code?: string; notes?: string }
  save_wrapup: OfChat & { code?: string; notes?: string }
  extend_wrapup: OfChat
  set_attributes: OfChat & { set: Record<string, string> }
  propose_end: OfChat
  transfer: OfChat & {
    to: { agent: string } | { queue: string }; mode?: 'warm' | 'blind' | 'stay'; note?: string
    on_fail?: 'return_to_queue' | 'return_to_sender' | 'end'
  }
  cancel_transfer: { transfer: string }
  invite: OfChat & { agent: string; note?: string }
  cancel_invite: { offer: string }
  consult: OfChat & { agent: string }
  end_consult: OfChat
  end_conference: OfChat
  drop: OfChat & { participant: string }
  hand_over: OfChat & { participant: string }
  pick: { chat?: string; queue?: string }
  list_targets: { kind: 'agent' | 'queue'; chat?: string; filter?: string; available_only?: boolean }
  watch_targets: { on: boolean; kind?: 'agent' | 'queue'; chat?: string; filter?: string; available_only?: boolean }
  direct: { agent: string; text: string }
  assist: OfChat & { text?: string }
  watch: { queues?: boolean; agents?: boolean; chats?: boolean; filter?: string }
  queue_mode: { queue: string; mode: 'open' | 'closed' | 'draining' | 'auto' }
  broadcast: { queue: string; text: string }
  monitor: OfChat
  whisper: OfChat
  barge: OfChat
  unmonitor: OfChat
  take_over: OfChat
  assign: OfChat & { agent: string; force?: boolean }
  requeue: OfChat & { queue: string; priority?: number }
  set_priority: OfChat & { priority: number }
  force_wrapup: { agent: string; chat: string; code: string }
  force_end: OfChat & { reason: string }
  force_presence: { agent: string; state: 'available' | 'not_ready' | 'offline'; reason?: string }
  explain: { offer?: string; chat?: string }
}
export type CommandType = keyof Commands
export type Command = { [T in CommandType]: { type: T; id: string } & Commands[T] }[CommandType]
