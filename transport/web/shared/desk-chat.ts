import { merge, notice, type Notice } from './transcript.ts'
import type { Chat, DeskEvent, Participant, Underway } from './wire.ts'

/** What an agent has asked of others for a chat and is not answered yet. */
export interface Asked { kind: 'transfer' | 'invite' | 'consult'; id: string; name: string; by: string }

/** A chat as the desk shows it. */
export interface DeskView extends Chat {
  readonly notices: readonly Notice[]
  readonly typing: ReadonlySet<string> // participants
  readonly asked: readonly Asked[]
  readonly more: boolean // older messages may exist
  readonly inactive: boolean
  readonly idle?: { closes_at?: string }
  readonly waits?: string // since when the customer waits for an answer
  readonly interrupted?: { warning: string; closes_at?: string }
  readonly ended?: { by: string; reason: string; note?: string }
  readonly proposed?: boolean // the customer was asked whether the chat may end
  readonly delivered?: number // the last message that the customer's page has
  readonly away?: string // since when the customer's page is away
}

/** A chat from the server, with what only this page knows of it. */
export function deskView(c: Chat, old?: DeskView): DeskView {
  const oldest = c.messages[0]?.message_seq ?? 1
  const messages = old ? merge(old.messages, c.messages) : c.messages
  const { now } = c
  return {
    ...c, messages: [...messages], notices: old?.notices ?? [], typing: new Set(), asked: (now?.asked ?? []).map(askedOf),
    more: old && (old.messages[0]?.message_seq ?? 1) < oldest ? old.more : oldest > 1,
    inactive: now?.inactive ?? false, ...(old?.delivered !== undefined && { delivered: old.delivered }),
    ...(now?.idle && { idle: now.idle }), ...(now?.waits_since && { waits: now.waits_since }), ...(now?.end_proposed && { proposed: true }),
    ...(now?.interrupted && { interrupted: now.interrupted }), ...(c.customer.state === 'away' && old?.away && { away: old.away }),
    ...(c.phase === 'ended' && old?.ended && { ended: old.ended }),
  }
}

function askedOf(a: NonNullable<Underway['asked']>[number]): Asked {
  const kind = a.kind === 'invite' || a.kind === 'consult' ? a.kind : 'transfer'
  return { kind, id: a.transfer ?? a.offer ?? '', name: a.agent?.name ?? a.queue?.name ?? '', by: a.by ?? '' }
}

/** The chat after an event of its own. */
export function deskChatAfter(c: DeskView, f: DeskEvent, me: string): DeskView {
  switch (f.type) {
    case 'message': {
      const mine = f.author.kind === 'customer' ? 'customer' : f.author.id ?? ''
      const { idle, ...rest } = c
      const spoke = f.author.kind === 'customer' ? rest : c
      const answered = f.author.kind === 'agent' && f.to === 'all' ? dropped(spoke as DeskView, 'waits') : (spoke as DeskView)
      return { ...answered, typing: withoutName(c.typing, mine), messages: merge(c.messages, [f]) as DeskView['messages'],
        message_seq: Math.max(c.message_seq, f.message_seq) }
    }
    case 'unread':
      return { ...c, unread: f.count }
    case 'read':
      return { ...c, read: { ...c.read, [f.by]: Math.max(c.read?.[f.by] ?? 0, f.upto) } }
    case 'delivered':
      return f.by === 'customer' ? { ...c, delivered: Math.max(c.delivered ?? 0, f.upto) } : c
    case 'opened':
      return { ...c, opened: f.on }
    case 'typing':
      return f.by === me ? c : { ...c, typing: f.on ? new Set(c.typing).add(f.by) : withoutName(c.typing, f.by) }
    case 'label':
      return { ...c, label: f.label }
    case 'customer':
      return { ...dropped(c, 'away'), customer: { ...c.customer, state: f.state }, ...(f.state === 'away' && { away: f.at ?? '' }) }
    case 'attributes':
      return { ...c, customer: { ...c.customer, attributes: merged(c.customer.attributes, f.set) } }
    case 'inactive':
      return { ...c, inactive: f.on }
    case 'idle_warning':
      return { ...c, idle: f.closes_at ? { closes_at: f.closes_at } : {} }
    case 'agent_idle':
      return { ...c, waits: f.since }
    case 'end_proposed':
      return { ...c, proposed: true, notices: told(c, f, 'proposed', { name: f.name }) }
    case 'end_declined':
      return { ...dropped(c, 'proposed'), notices: told(c, f, 'declined') }
    case 'rated':
      return { ...c, notices: told(c, f, 'rated', { detail: [f.rating.score, f.rating.text].filter(Boolean).join(' ') }) }
    case 'interrupted':
      return { ...c, phase: 'interrupted', notices: told(c, f, 'interrupted'),
        interrupted: { warning: f.warning ?? '', ...(f.closes_at && { closes_at: f.closes_at }) } }
    case 'chat_ended':
      return { ...dropped(c, 'idle', 'waits', 'proposed', 'interrupted'), phase: 'ended', typing: new Set(), asked: [],
        notices: told(c, f, 'ended', { detail: f.reason }), ended: { by: f.by, reason: f.reason, ...(f.note && { note: f.note }) } }
    default:
      return peopleAfter(c, f, me)
  }
}

/** Who is in the chat, and who was asked to be. */
function peopleAfter(c: DeskView, f: DeskEvent, me: string): DeskView {
  const nameOf = (p: string): string => c.participants.find((x) => x.participant === p)?.name ?? p
  switch (f.type) {
    case 'joined': {
      const there = c.participants.find((p) => p.participant === f.participant)
      const now: Participant = { participant: f.participant, kind: f.kind, name: f.name, mode: f.mode, state: 'joined', owner: there?.owner ?? false }
      const others = c.participants.filter((p) => p.participant !== f.participant)
      return { ...c, participants: [...others, now], notices: told(c, f, 'joined', { name: f.name, detail: f.mode }),
        asked: c.asked.filter((a) => a.name !== f.name) }
    }
    case 'left': {
      if (f.participant === me) return { ...c, participants: c.participants.filter((p) => p.participant !== me), phase: 'ended' }
      return { ...c, typing: withoutName(c.typing, f.participant), participants: c.participants.filter((p) => p.participant !== f.participant),
        notices: told(c, f, 'left', { name: nameOf(f.participant), detail: f.reason ?? 'left' }) }
    }
    case 'taken_over':
      return { ...c, phase: 'ended', participants: c.participants.filter((p) => p.participant !== me), notices: told(c, f, 'owner', { name: f.by }) }
    case 'owner': {
      const { owner, ...rest } = c
      return { ...rest, ...(f.participant && { owner: f.participant }),
        participants: c.participants.map((p) => ({ ...p, owner: p.participant === f.participant })) }
    }
    case 'transfer_done':
      return { ...c, asked: c.asked.filter((a) => a.id !== f.transfer) }
    case 'transfer_failed':
    case 'transfer_cancelled':
      return { ...c, asked: c.asked.filter((a) => a.id !== f.transfer),
        notices: told(c, f, 'transfer', f.type === 'transfer_failed' ? why(f) : { detail: 'cancelled' }) }
    case 'invite_failed':
      return { ...c, asked: c.asked.filter((a) => a.id !== f.offer), notices: told(c, f, 'invite', why(f)) }
    default:
      return c
  }
}

function why(f: { reason: string; note?: string }): { detail: string; said?: string } {
  return { detail: f.reason, ...(f.note && { said: f.note }) }
}

function told(c: DeskView, f: { at?: string }, kind: Notice['kind'], more: { name?: string; detail?: string; said?: string } = {}): readonly Notice[] {
  return [...c.notices, notice({ kind, at: f.at ?? '', after: c.message_seq, ...more })]
}

function dropped(c: DeskView, ...names: (keyof DeskView)[]): DeskView {
  const copy: Record<string, unknown> = { ...c }
  for (const name of names) delete copy[name]
  return copy as unknown as DeskView
}

function withoutName(set: ReadonlySet<string>, name: string): ReadonlySet<string> {
  if (!set.has(name)) return set
  const next = new Set(set)
  next.delete(name)
  return next
}

function merged(have: Record<string, string>, set: Record<string, string>): Record<string, string> {
  const all = { ...have, ...set }
  for (const [k, v] of Object.entries(set)) if (v === '') delete all[k]
  return all
}
