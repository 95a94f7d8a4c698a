import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Client, Refusal, type ClientOptions } from './client.ts'
import { FakeWorld, settled, welcome, type FakeSocket } from './fake.ts'
import type { Keep } from './outbox.ts'

class Shelf implements Keep {
  readonly texts = new Map<string, string>()
  getItem(key: string): string | null { return this.texts.get(key) ?? null }
  setItem(key: string, value: string): void { this.texts.set(key, value) }
  removeItem(key: string): void { this.texts.delete(key) }
}

function started(more: Partial<ClientOptions> = {}): { world: FakeWorld; client: Client; heard: string[] } {
  const world = new FakeWorld()
  const client = new Client({ url: 'ws://x/v1/ws', token: () => Promise.resolve('t'), principal: 'alice', surroundings: world, ...more })
  const heard: string[] = []
  client.onFrame((f) => heard.push(`${f.type}${'seq' in f ? f.seq : ''}`))
  client.start()
  return { world, client, heard }
}

async function greet(world: FakeWorld, more: object = {}): Promise<FakeSocket> {
  const s = world.socket
  s.onopen?.()
  await settled()
  s.says(welcome(more))
  await settled()
  return s
}

const at = '2026-01-12T09:00:01.000Z'

test('the first frame is hello with the token, and the snapshot follows the welcome', async () => {
  const { world, client, heard } = started()
  const s = await greet(world)
  assert.deepEqual(s.sent[0], { type: 'hello', token: 't', client: { name: 'parley-client', version: '1' } })
  s.says({ type: 'snapshot', role: 'agent', seq: 4 })
  assert.deepEqual(heard, ['welcome0', 'snapshot4'])
  assert.equal(client.standing.state, 'live')
})

test('each event is handed on once, and what is not newer is dropped', async () => {
  const { world, heard } = started()
  const s = await greet(world)
  s.says({ type: 'presence', seq: 1, at }, { type: 'presence', seq: 1, at }, { type: 'unread', seq: 2, at }, { type: 'typing', chat: 'c' })
  assert.deepEqual(heard.slice(1), ['presence1', 'unread2', 'typing'])
})

test('a ping is answered with the last number that was handled', async () => {
  const { world } = started()
  const s = await greet(world)
  s.says({ type: 'presence', seq: 1, at }, { type: 'ping' })
  await settled()
  assert.deepEqual(s.last('pong'), { type: 'pong', seq: 1 })
})

test('messages are acknowledged soon, those that come together at once', async () => {
  const { world } = started()
  const s = await greet(world)
  s.says({ type: 'message', seq: 1, at, chat: 'c' }, { type: 'message', seq: 2, at, chat: 'c' })
  await world.pass(50)
  assert.deepEqual(s.sent.filter((f) => f['type'] === 'pong'), [{ type: 'pong', seq: 2 }])
})

test('what was not acknowledged when the connection was lost is when it is back', async () => {
  const { world, client } = started()
  const s = await greet(world)
  s.says({ type: 'message', seq: 1, at, chat: 'c' })
  s.ends(1006)
  client.hurry()
  await world.pass(50)
  assert.equal(world.sockets.length, 2)
  assert.deepEqual(world.socket.sent, [], 'nothing is said before the connection is open')
  const again = await greet(world, { resumed: true, seq: 1 })
  await world.pass(50)
  assert.deepEqual(again.sent.map((f) => f['type']), ['hello', 'pong'])
  assert.deepEqual(again.last('pong'), { type: 'pong', seq: 1 })
})

test('a lost connection is dialled again after a jittered wait and says where the stream stood', async () => {
  const { world, client } = started()
  const s = await greet(world)
  s.says({ type: 'presence', seq: 1, at })
  s.ends(1006)
  assert.equal(client.standing.state, 'waiting')
  await world.pass(249)
  assert.equal(world.sockets.length, 1)
  await world.pass(1)
  assert.equal(world.sockets.length, 2)
  const again = await greet(world, { resumed: true, seq: 1 })
  assert.deepEqual(again.sent[0]?.['resume'], { epoch: 'e1', seq: 1 })
})

test('an event that is missing is noticed and asked for', async () => {
  const { world, heard } = started()
  const s = await greet(world)
  s.says({ type: 'presence', seq: 1, at }, { type: 'presence', seq: 3, at })
  assert.ok(s.closed)
  await world.pass(1000)
  const again = await greet(world, { resumed: true, seq: 1 })
  again.says({ type: 'unread', seq: 2, at }, { type: 'presence', seq: 3, at })
  assert.deepEqual(heard.slice(-2), ['unread2', 'presence3'])
})

test('an unanswered command is sent again with the same id, and settles once', async () => {
  const { world, client } = started()
  const s = await greet(world)
  const answer = client.command('send', { chat: 'c', text: 'hi' })
  await settled()
  const first = s.last('send')
  s.ends(1006)
  await world.pass(1000)
  const again = await greet(world, { resumed: true })
  assert.deepEqual(again.last('send'), first)
  again.says({ type: 'ok', re: first?.['id'] as string, message_seq: 7 })
  assert.equal((await answer).message_seq, 7)
  assert.deepEqual(client.outbox.all(), [])
})

test('a command outlives the page', async () => {
  const keep = new Shelf()
  const one = started({ keep })
  void one.client.command('accept', { offer: 'o1' })
  const id = one.client.outbox.all()[0]?.id
  const two = started({ keep })
  const s = await greet(two.world)
  assert.deepEqual(s.last('accept'), { type: 'accept', id, offer: 'o1' })
  s.says({ type: 'ok', re: id })
  assert.equal(keep.texts.size, 0)
})

test('a command older than the answers that the server keeps is forgotten', () => {
  const keep = new Shelf()
  const one = started({ keep })
  void one.client.command('accept', { offer: 'o1' })
  const world = new FakeWorld()
  world.time += 24 * 3600 * 1000
  const late = new Client({ url: 'ws://x', token: () => Promise.resolve('t'), principal: 'alice', keep, surroundings: world })
  late.start()
  assert.deepEqual(late.outbox.all(), [])
})

test('messages of a chat go one after the other, others need not wait', async () => {
  const { world, client } = started()
  const s = await greet(world)
  void client.command('send', { chat: 'a', text: '1' })
  void client.command('send', { chat: 'a', text: '2' })
  void client.command('send', { chat: 'b', text: '3' })
  await settled()
  assert.deepEqual(s.sent.filter((f) => f['type'] === 'send').map((f) => f['text']), ['1', '3'])
  s.says({ type: 'ok', re: s.sent.find((f) => f['text'] === '1')?.['id'] as string })
  await settled()
  assert.equal(s.last('send')?.['text'], '2')
})

test('a refusal for want of room is tried again later, another one is told', async () => {
  const { world, client } = started()
  const s = await greet(world)
  const slow = client.command('send', { chat: 'a', text: '1' })
  await settled()
  const id = s.last('send')?.['id']
  s.says({ type: 'error', re: id, code: 'rate_limited', message: 'slow', retry_after_s: 2 })
  await world.pass(2000)
  assert.equal(s.sent.filter((f) => f['id'] === id).length, 2)
  s.says({ type: 'error', re: id, code: 'too_long', message: 'long', detail: { max: 1000 } })
  await assert.rejects(slow, (e) => e instanceof Refusal && e.code === 'too_long' && e.detail['max'] === 1000)
})

test('what is about this moment is not kept for later', async () => {
  const { world, client } = started()
  await assert.rejects(client.command('typing', { chat: 'c', on: true }), { code: 'lost' })
  await greet(world)
  const asked = client.command('history', { chat: 'c' })
  world.socket.ends(1006)
  await assert.rejects(asked, { code: 'lost' })
  assert.deepEqual(client.outbox.all(), [])
})

test('a code that says so ends it, and only a person starts it again', async () => {
  const { world, client } = started()
  const s = await greet(world)
  s.ends(4501)
  await world.pass(60_000)
  assert.equal(world.sockets.length, 1)
  assert.deepEqual(client.standing, { state: 'stopped', code: 4501, reason: '' })
  client.again()
  assert.equal(world.sockets.length, 2)
})

test('silence longer than the heartbeat is a dead link', async () => {
  const { world, client } = started()
  const s = await greet(world)
  await world.pass(14_999)
  assert.equal(client.standing.state, 'live')
  await world.pass(1)
  assert.ok(s.closed)
  assert.equal(client.standing.state, 'waiting')
})

test('before a goodbye is over a second connection has taken over, and nothing is heard twice', async () => {
  const { world, client, heard } = started()
  const old = await greet(world)
  old.says({ type: 'goodbye', reason: 'upgrade', reconnect_after_s: 2 }, { type: 'presence', seq: 1, at })
  await world.pass(2000)
  const heir = world.socket
  assert.notEqual(heir, old)
  heir.onopen?.()
  await settled()
  old.says({ type: 'unread', seq: 2, at })
  heir.says(welcome({ resumed: true, seq: 1 }), { type: 'unread', seq: 2, at }, { type: 'presence', seq: 3, at })
  assert.ok(old.closed)
  assert.equal(client.standing.state, 'live')
  assert.deepEqual(heard.filter((h) => /\d$/.test(h)).slice(1), ['presence1', 'unread2', 'welcome1', 'presence3'])
})

test('a snapshot replaces where the stream stands, also after a resync', async () => {
  const { world, heard } = started()
  const s = await greet(world)
  s.says({ type: 'resync', reason: 'new_epoch', epoch: 'e2' }, { type: 'snapshot', role: 'agent', seq: 40 }, { type: 'presence', seq: 41, at })
  assert.equal(heard.at(-1), 'presence41')
  s.ends(1006)
  await world.pass(1000)
  world.socket.onopen?.()
  await settled()
  assert.deepEqual(world.socket.sent[0]?.['resume'], { epoch: 'e2', seq: 41 })
})

test('a token that expires is replaced while connected', async () => {
  const { world } = started()
  const s = await greet(world)
  s.says({ type: 'token_expiring', expires_at: at })
  await settled()
  assert.equal(s.last('refresh')?.['token'], 't')
})
