import { merge, notice, type Notice } from './transcript.ts'
import { put } from './store.ts'
import type { CustomerChat, CustomerEvent, DeskEvent, ServerFrame } from './wire.ts'

/** A chat as the customer's page shows it. */
export interface CustomerView extends CustomerChat {
  readonly notices: readonly Notice[]
  readonly typing: boolean
  readonly away: ReadonlySet<string>
  readonly idle?: { closes_at?: string }
  readonly asked?: string // who asks whether the chat may end
  readonly delivered: number // the last message that an agent's desktop has
  readonly more: boolean // older messages may exist
}

export interface CustomerState {
  readonly ready: boolean
  readonly chats: ReadonlyMap<string, CustomerView>
}

export const noCustomer: CustomerState = { ready: false, chats: new Map() }

/** The state after a frame. */
export function customerAfter(s: CustomerState, f: ServerFrame): CustomerState {
  if (f.type === 'snapshot') {
    if (f.role !== 'customer') return s
    return { ready: true, chats: new Map([...over(s, f.chats), ...f.chats.map((c) => [c.chat, view(c, s.chats.get(c.chat))] as const)]) }
  }
  if (!('chat' in f) || typeof f.chat !== 'string') return s
  const known = s.chats.get(f.chat)
  const before = known ?? (f.type === 'queued' ? fresh(f.chat, f.at ?? '') : undefined)
  if (!before) return s
  const after = chatAfter(before, f as CustomerEvent | DeskEvent)
  return after === known ? s : { ...s, chats: put(s.chats, f.chat, after) }
}

/** A snapshot has open chats alone: what was there and is not in it is over. */
function over(s: CustomerState, open: readonly CustomerChat[]): [string, CustomerView][] {
  return [...s.chats.values()].filter((c) => !open.some((o) => o.chat === c.chat)).map((c) => (
    [c.chat, c.phase === 'ended' ? c : { ...without(c, 'idle', 'asked', 'position', 'wait_s'), phase: 'ended', typing: false }]))
}

function view(c: CustomerChat, old?: CustomerView): CustomerView {
  const first = c.messages[0]?.message_seq ?? 1
  return { ...c, notices: old?.notices ?? [], typing: false, away: new Set(), delivered: old?.delivered ?? 0, more: first > 1,
    ...(c.end_proposed && { asked: c.end_proposed.name }) }
}

function fresh(chat: string, at: string): CustomerView {
  return view({ chat, channel: '', phase: 'new', agents: [], messages: [], message_seq: 0, received_at: at })
}

function chatAfter(c: CustomerView, f: CustomerEvent | DeskEvent): CustomerView {
  const say = (kind: Notice['kind'], name?: string): readonly Notice[] =>
    [...c.notices, notice({ kind, at: f.at ?? '', after: c.message_seq, ...(name !== undefined && { name }) })]
  switch (f.type) {
    case 'queued':
      return { ...without(c, 'position', 'wait_s'), phase: 'queued', ...(f.queue && { queue: f.queue }),
        notices: c.phase === 'new' ? c.notices : say('queued') }
    case 'position':
      return { ...without(c, 'wait_s'), position: f.position, ...(f.wait_s && { wait_s: f.wait_s }) }
    case 'agent_joined':
      // Who comes is given what was said before, and the server counts it as read.
      return { ...without(c, 'position', 'wait_s'), phase: 'active', notices: say('joined', f.name),
        read: { ...c.read, agent: Math.max(c.read?.agent ?? 0, c.message_seq) },
        agents: [...c.agents.filter((a) => a.name !== f.name), { name: f.name, initials: f.initials }] }
    case 'agent_changed':
      return { ...c, phase: 'active', notices: say('owner', f.name),
        agents: [{ name: f.name, initials: f.initials }, ...c.agents.filter((a) => a.name !== f.name)] }
    case 'agent_left':
      return { ...c, typing: false, notices: say('left', f.name), agents: c.agents.filter((a) => a.name !== f.name) }
    case 'agent_away':
      return { ...c, typing: false, away: withName(c.away, f.name, f.away), notices: say(f.away ? 'away' : 'back', f.name) }
    case 'message':
      return { ...without(c, f.author.kind === 'customer' ? 'idle' : 'nothing'), typing: f.author.kind === 'customer' && c.typing,
        messages: merge(c.messages, [f]), message_seq: Math.max(c.message_seq, f.message_seq) }
    case 'read':
      return { ...c, read: { ...c.read, [f.by]: f.upto } }
    case 'delivered':
      return f.by === 'customer' ? c : { ...c, delivered: Math.max(c.delivered, f.upto) }
    case 'typing':
      return f.by === 'customer' ? c : { ...c, typing: f.on }
    case 'idle_warning':
      return { ...c, idle: f.closes_at ? { closes_at: f.closes_at } : {} }
    case 'interrupted':
      return { ...c, phase: 'interrupted', notices: say('interrupted') }
    case 'end_proposed':
      return { ...c, asked: f.name }
    case 'ended':
      return { ...without(c, 'idle', 'asked', 'position', 'wait_s'), phase: 'ended', typing: false, end_reason: f.reason, notices: say('ended') }
    default:
      return c
  }
}

/** What the page itself knows: older messages, an answer given. */
export function withHistory(s: CustomerState, chat: string, page: { messages: CustomerChat['messages']; more: boolean }): CustomerState {
  const c = s.chats.get(chat)
  return c ? { ...s, chats: put(s.chats, chat, { ...c, messages: merge(c.messages, page.messages), more: page.more }) } : s
}

export function answered(s: CustomerState, chat: string): CustomerState {
  const c = s.chats.get(chat)
  return c ? { ...s, chats: put(s.chats, chat, without(c, 'asked')) } : s
}

function without(c: CustomerView, ...names: (keyof CustomerView | 'nothing')[]): CustomerView {
  const copy: Record<string, unknown> = { ...c }
  for (const name of names) delete copy[name]
  return copy as unknown as CustomerView
}

function withName(set: ReadonlySet<string>, name: string, on: boolean): ReadonlySet<string> {
  const next = new Set(set)
  if (on) next.add(name)
  else next.delete(name)
  return next
}
