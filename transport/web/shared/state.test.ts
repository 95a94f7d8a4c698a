import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { backOff, isFinal } from './link.ts'
import { customerAfter, noCustomer } from './customer-state.ts'
import { deskAfter, noDesk } from './desk-state.ts'
import { alertKey, calls, noWall, wallAfter } from './wall-state.ts'
import { isNotice, merge, notice, weave } from './transcript.ts'
import type { Message, ServerFrame } from './wire.ts'

const golden = '../wire/testdata/golden'

function frame(name: string): ServerFrame {
  return JSON.parse(readFileSync(`${golden}/${name}.json`, 'utf8')) as ServerFrame
}

function said(n: number): Message {
  return { message_seq: n, author: { kind: 'agent', name: 'Bob', initials: 'B' }, text: String(n), to: 'all', sent_at: '2026-01-12T09:00:00.000Z' }
}

test('every frame that the server can send is taken without harm', () => {
  const frames = readdirSync(golden).filter((f) => f.startsWith('server_')).map((f) => frame(f.slice(0, -5)))
  assert.ok(frames.length > 40)
  for (const order of [frames, frames.toReversed()]) {
    order.reduce(deskAfter, noDesk)
    order.reduce(customerAfter, noCustomer)
    order.reduce(wallAfter, noWall)
  }
})

test('a snapshot of an agent is what the desk shows', () => {
  const f = JSON.parse(readFileSync(`${golden}/server_snapshot_agent.json`, 'utf8')) as { chats: { chat: string }[]; presence: object }
  const s = deskAfter(noDesk, f as unknown as ServerFrame)
  assert.ok(s.ready)
  assert.deepEqual([...s.chats.keys()], f.chats.map((c) => c.chat))
  assert.deepEqual(s.presence, f.presence)
})

test('an offer rings until it has ended, and why it ended is kept unless this agent decided', () => {
  const offer = frame('server_offer') as Extract<ServerFrame, { type: 'offer' }>
  const rings = deskAfter(noDesk, offer)
  assert.equal(rings.offers.size, 1)
  const end = (reason: 'rona' | 'rejected'): ServerFrame =>
    ({ type: 'offer_ended', seq: 9, at: offer.at as string, chat: offer.chat, offer: offer.offer, reason })
  assert.equal(deskAfter(rings, end('rona')).offers.size, 0)
  assert.equal(deskAfter(rings, end('rona')).gone?.reason, 'rona')
  assert.equal(deskAfter(rings, end('rejected')).gone, undefined)
})

test('messages stand in order and once, however they come', () => {
  assert.deepEqual(merge([said(2), said(5)], [said(1), said(2)]).map((m) => m.message_seq), [1, 2, 5])
  assert.deepEqual(merge([said(2)], [said(3), said(4)]).map((m) => m.message_seq), [2, 3, 4])
})

test('a notice stands after the message that it followed', () => {
  const lines = weave([said(1), said(2), said(3)], [notice({ kind: 'joined', after: 2, at: '' }), notice({ kind: 'ended', after: 3, at: '' })])
  assert.deepEqual(lines.map((l) => (isNotice(l) ? l.kind : l.message_seq)), [1, 2, 'joined', 3, 'ended'])
})

test('what the system and a notice both say stands there once', () => {
  const came: Message = { ...said(3), author: { kind: 'system', name: '', initials: '' }, text: 'Bob joined the chat', joined: 'Bob' }
  const joined = notice({ kind: 'joined', after: 2, at: '', name: 'Bob' })
  assert.deepEqual(weave([said(2), came], [joined]).map((l) => (isNotice(l) ? l.kind : l.message_seq)), [2, 'joined'])
  assert.deepEqual(weave([said(2), came], []).length, 2)
})

test('waits grow to twenty seconds under jitter, and are longer when the server is busy', () => {
  assert.equal(backOff(0, 1006, 1), 500)
  assert.equal(backOff(3, 1006, 0.5), 2000)
  assert.equal(backOff(30, 1006, 1), 20_000)
  assert.equal(backOff(0, 1013, 0), 2000)
})

test('the close codes of the protocol are told apart', () => {
  for (const code of [4000, 4001, 4002, 4003, 4004, 4005, 4029, 1001, 1006, 1012, 1013]) assert.equal(isFinal(code), false, String(code))
  for (const code of [4500, 4501, 4502, 4503, 4504, 4505, 4506, 4507, 1002, 1003, 1007, 1009]) assert.equal(isFinal(code), true, String(code))
})

test('the wall shows the newest board, and an alert until it is over', () => {
  const snapshot = frame('server_snapshot_supervisor')
  const s = wallAfter(noWall, snapshot)
  assert.ok(s.ready && s.queues.length === 1 && s.queues[0]?.abandonment === 0.125)
  const board = (version: number, chats: string[]): ServerFrame => ({ type: 'counters', of: 'chats', total: 7, version,
    chats: chats.map((chat) => ({ chat, channel: 'livechat', customer: { name: chat }, phase: 'active', received_at: '', assist: { from: { id: 'a', name: 'A' }, since: chat } })) })
  const later = [board(3, ['c2', 'c1']), board(2, ['old'])].reduce(wallAfter, s)
  assert.deepEqual([later.chats.length, later.totals.chats, calls(later).map((c) => c.chat)], [2, 7, ['c1', 'c2']])
  const again = wallAfter(wallAfter(later, frame('server_welcome')), board(1, []))
  assert.equal(again.chats.length, 0, 'a new connection counts anew')
  const alert = { kind: 'sla', queue: 'q', since: 'x' } as const
  const warned = wallAfter(again, { type: 'alert', ...alert })
  assert.deepEqual(warned.alerts.get(alertKey(alert)), alert)
  assert.equal(wallAfter(warned, { type: 'alert', ...alert, over: true }).alerts.has(alertKey(alert)), false)
})

test('a chat that ended while its customer was away is shown as over, not as gone', () => {
  const snapshot = frame('server_snapshot_customer') as Extract<ServerFrame, { type: 'snapshot'; role: 'customer' }>
  const chat = (snapshot.chats[0] as { chat: string }).chat
  const before = customerAfter(noCustomer, snapshot)
  const after = customerAfter(before, { ...snapshot, chats: [] })
  assert.equal(after.chats.get(chat)?.phase, 'ended')
  assert.equal(after.chats.get(chat)?.idle, undefined)
  assert.deepEqual(after.chats.get(chat)?.messages, before.chats.get(chat)?.messages)
})

test('a desk starts with what is under way in a chat', () => {
  const snapshot = frame('server_snapshot_agent') as Extract<ServerFrame, { type: 'snapshot'; role: 'agent' }>
  const chat = [...deskAfter(noDesk, snapshot).chats.values()][0]
  assert.deepEqual(chat?.asked, [{ kind: 'transfer', id: 'c-1.x1', name: 'Sales', by: 'alice' }, { kind: 'invite', id: 'c-1.o3', name: 'Bob', by: 'alice' }])
  assert.ok(chat?.proposed && chat.inactive && chat.idle && chat.waits && chat.interrupted)
})

test('what a customer said before somebody came counts as read, now and after a reload', () => {
  const message = { type: 'message', chat: 'c', ...said(1), author: { kind: 'customer', name: '', initials: '' } } as ServerFrame
  const frames: ServerFrame[] = [{ type: 'queued', chat: 'c', at: '2026-01-12T09:00:00.000Z' }, message, { type: 'agent_joined', chat: 'c', name: 'Bob', initials: 'B' }]
  const after = frames.reduce(customerAfter, noCustomer).chats.get('c')
  assert.equal(after?.read?.agent, 1)
})

test('a wrap-up that the clock has filed may be put right, one that somebody filed may not', () => {
  const snapshot = { ...frame('server_snapshot_agent'), wrapups: [] } as Extract<ServerFrame, { type: 'snapshot'; role: 'agent' }>
  const chat = snapshot.chats[0]?.chat ?? ''
  const owed = [snapshot, { type: 'wrapup_started', chat, codes: [], notes_enabled: true, mode: 'timed' } as ServerFrame].reduce(deskAfter, noDesk)
  const done = (by: string) => deskAfter(owed, { type: 'wrapup_done', chat, code: 'timeout', by })
  assert.equal(done('system').settled.get(chat)?.name, snapshot.chats[0]?.customer.name)
  assert.equal(done('alice').settled.size, 0)
  assert.equal(deskAfter(done('system'), { type: 'wrapup_done', chat, code: 'solved', by: 'alice' }).settled.size, 0, 'it has been put right')
})
