import { deskChatAfter, deskView, type DeskView } from './desk-chat.ts'
import { put } from './store.ts'
import { merge } from './transcript.ts'
import type {
  AgentSnapshot, Capacity, Chat, Choice, DeskEvent, Message, NextPresence, Offer, Presence, Ref, ServerFrame, TargetRow, Template, Wrapup,
} from './wire.ts'

export interface Direct { at: string; from: Ref; to: string; text: string }

/** What an agent owes, with what he is writing about it. */
export interface Debt extends Wrapup { readonly extended?: number }

/** A wrap-up that the clock has filed, which may be put right for a while. */
export interface Settled extends Debt { readonly name: string; readonly at: string }

/** All that a desk shows. It is what the snapshot said and the events since. */
export interface DeskState {
  readonly ready: boolean
  readonly me: string
  readonly presence: Presence
  readonly next?: NextPresence
  readonly capacity: Capacity
  readonly queues: readonly Ref[]
  readonly reasons: readonly Choice[]
  readonly templates: readonly Template[]
  readonly offers: ReadonlyMap<string, Offer>
  readonly chats: ReadonlyMap<string, DeskView>
  readonly wrapups: ReadonlyMap<string, Debt>
  readonly settled: ReadonlyMap<string, Settled>
  readonly directs: readonly Direct[]
  readonly unreadDirects: number
  readonly targets?: { kind: 'agent' | 'queue'; rows: readonly TargetRow[]; version: number }
  /** Why the last offer ended that was not accepted here, to be told once. */
  readonly gone?: { offer: Offer; reason: string; at: string }
}

export const noDesk: DeskState = {
  ready: false, me: '', presence: { state: 'offline', since: '1970-01-01T00:00:00.000Z', by: 'system' },
  capacity: { total: 0, used: 0, channels: {} }, queues: [], reasons: [], templates: [],
  offers: new Map(), chats: new Map(), wrapups: new Map(), settled: new Map(), directs: [], unreadDirects: 0,
}

/** The state after a frame. */
export function deskAfter(s: DeskState, f: ServerFrame): DeskState {
  switch (f.type) {
    case 'welcome':
      return { ...s, me: f.principal }
    case 'snapshot': {
      const self = f.role === 'agent' ? f : f.role === 'supervisor' ? f.self : undefined
      return self ? replaced(s, self) : s
    }
    case 'presence':
      return presenceAfter(s, f)
    case 'channel': {
      const channel = s.capacity.channels[f.channel]
      const channels = { ...s.capacity.channels, [f.channel]: { used: 0, ...channel, open: f.open } }
      return { ...s, capacity: { ...s.capacity, channels } }
    }
    case 'direct':
      return { ...s, directs: [...s.directs, { at: f.at ?? '', from: f.from, to: f.to, text: f.text }].slice(-500),
        unreadDirects: s.unreadDirects + (f.from.id === s.me ? 0 : 1) }
    case 'targets':
      return s.targets && s.targets.kind === f.kind && f.version < s.targets.version ? s
        : { ...s, targets: { kind: f.kind, rows: f.rows, version: f.version } }
    default:
      return workAfter(s, f as DeskEvent)
  }
}

function replaced(s: DeskState, a: AgentSnapshot): DeskState {
  const { next, ...rest } = s
  return {
    ...rest, ...(a.next && { next: a.next }), ready: true, presence: a.presence, capacity: a.capacity, queues: a.queues, reasons: a.reasons,
    templates: a.templates ?? [],
    offers: new Map(a.offers.map((o) => [o.offer, o])),
    chats: new Map(a.chats.map((c) => [c.chat, deskView(isOut(c, s.me) ? { ...c, phase: 'ended' } : c, s.chats.get(c.chat))])),
    wrapups: new Map(a.wrapups.map((w) => [w.chat, w])),
  }
}

/** Whether somebody else goes on with a chat, of which this agent only owes the wrap-up. */
function isOut(c: Chat, me: string): boolean {
  return c.phase === 'active' && c.participants.some((p) => p.participant === me && p.state === 'left')
}

function presenceAfter(s: DeskState, f: Extract<DeskEvent, { type: 'presence' }>): DeskState {
  const { next, ...rest } = s
  const presence: Presence = { state: f.state, since: f.since, by: f.by, ...(f.reason && { reason: f.reason }) }
  return { ...rest, presence, ...(f.next && { next: f.next }) }
}

/** Offers, chats and wrap-ups. */
function workAfter(s: DeskState, f: DeskEvent): DeskState {
  switch (f.type) {
    case 'offer':
      return { ...s, offers: put(s.offers, f.offer, f) }
    case 'offer_ended': {
      const offer = s.offers.get(f.offer)
      const gone = offer && f.reason !== 'accepted' && f.reason !== 'rejected' && { gone: { offer, reason: f.reason, at: f.at ?? '' } }
      return { ...s, offers: put(s.offers, f.offer, undefined), ...(gone || {}) }
    }
    case 'assigned':
      return { ...s, chats: put(s.chats, f.chat.chat, deskView(f.chat, s.chats.get(f.chat.chat))) }
    case 'released':
      return { ...s, chats: put(s.chats, f.chat, undefined), wrapups: put(s.wrapups, f.chat, undefined) }
    case 'wrapup_started': {
      const { type: _t, seq: _s, at: _a, ...debt } = f
      return { ...s, wrapups: put(s.wrapups, f.chat, debt), settled: put(s.settled, f.chat, undefined) }
    }
    case 'wrapup_saved':
      return debtAfter(s, f.chat, { code: f.code ?? '', notes: f.notes ?? '' })
    case 'wrapup_extended':
      return debtAfter(s, f.chat, { expires_at: f.expires_at, extensions_left: f.extensions_left })
    case 'wrapup_done':
      return { ...s, wrapups: put(s.wrapups, f.chat, undefined), settled: put(s.settled, f.chat, settledBy(s, f)) }
    case 'focus': {
      const chats = new Map(s.chats)
      for (const [id, c] of chats) {
        const focus = f.states[id] ?? 'held'
        if (focus !== c.focus) chats.set(id, { ...c, focus })
      }
      return { ...s, chats }
    }
    default:
      return oneChat(s, f)
  }
}

/** What may be put right: what nobody but the clock has filed. */
function settledBy(s: DeskState, f: Extract<DeskEvent, { type: 'wrapup_done' }>): Settled | undefined {
  const debt = s.wrapups.get(f.chat)
  const chat = s.chats.get(f.chat)
  return f.by === 'system' && debt && chat ? { ...debt, name: chat.customer.name, at: f.at ?? '' } : undefined
}

/** Without what can be put right no longer, or need not be. */
export function withoutSettled(s: DeskState, ...chats: string[]): DeskState {
  let { settled } = s
  for (const chat of chats) settled = put(settled, chat, undefined)
  return { ...s, settled }
}

function debtAfter(s: DeskState, chat: string, news: Partial<Debt>): DeskState {
  const debt = s.wrapups.get(chat)
  return debt ? { ...s, wrapups: put(s.wrapups, chat, { ...debt, ...news }) } : s
}

function oneChat(s: DeskState, f: DeskEvent): DeskState {
  if (!('chat' in f) || typeof f.chat !== 'string') return s
  const c = s.chats.get(f.chat)
  if (!c) return s
  const after = deskChatAfter(c, f, s.me)
  return after === c ? s : { ...s, chats: put(s.chats, f.chat, after) }
}

/** With an older page of a transcript before what is there. */
export function withOlder(s: DeskState, chat: string, page: { messages: Message[]; more: boolean }): DeskState {
  const c = s.chats.get(chat)
  return c ? { ...s, chats: put(s.chats, chat, { ...c, messages: merge(c.messages, page.messages), more: page.more }) } : s
}

/** What the desk itself did to a chat: a transfer or an invitation that it asked for. */
export function withAsked(s: DeskState, chat: string, asked: DeskView['asked']): DeskState {
  const c = s.chats.get(chat)
  return c ? { ...s, chats: put(s.chats, chat, { ...c, asked }) } : s
}

/** With the internal chat read. */
export function withDirectsRead(s: DeskState): DeskState {
  return s.unreadDirects === 0 ? s : { ...s, unreadDirects: 0 }
}

/** Chats as the list shows them: by when they were accepted, so that none jumps. */
export function inOrder(s: DeskState): DeskView[] {
  return [...s.chats.values()].sort((a, b) => (a.started_at ?? a.received_at).localeCompare(b.started_at ?? b.received_at))
}

/**
 * Units in use, counted from what is on the desk: the snapshot's number is of
 * its moment. A chat counts as one, an inactive one as none.
 */
export function load(s: DeskState): number {
  let used = s.offers.size
  for (const c of s.chats.values()) if (!c.inactive && c.phase !== 'closed') used++
  return used
}
