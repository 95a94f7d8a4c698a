import WebSocket from 'ws'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
// node load.mjs RATE SECONDS, against parley serve --dev --data ./parley-data
const [rate, seconds] = process.argv.slice(2).map(Number), run = Date.now().toString(36)
const secret = Buffer.from(readFileSync(process.env.SECRET ?? 'parley-data/dev-secret', 'utf8').trim(), 'hex')
const b64 = (x) => Buffer.from(typeof x === 'string' ? x : JSON.stringify(x)).toString('base64url')
function token(role, sub) {
  const now = Math.floor(Date.now() / 1000)
  const body = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64({ iss: 'parley', aud: 'parley', sub, role, iat: now, nbf: now, exp: now + 800 })}`
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
}
function person(role, sub, on) {
  const ws = new WebSocket(process.env.URL ?? 'ws://127.0.0.1:8080/v1/ws', 'parley.v1')
  const me = { n: 0, send: (type, fields) => ws.send(JSON.stringify({ type, id: `${run}-${++me.n}`, ...fields })), close: () => ws.close() }
  ws.on('open', () => me.send('hello', { token: token(role, sub) }))
  ws.on('message', (data) => data.toString().split('\n').forEach((line) => {
    const f = JSON.parse(line)
    if (f.type === 'ping') ws.send('{"type":"pong"}')
    if (f.type === 'error') errors[f.code] = (errors[f.code] ?? 0) + 1
    on[f.type]?.(f, me)
  }))
  return me
}
const errors = {}, meant = {}, offer = [], deliver = [], sent = {}
let done = 0
const words = ' the parcel has left the depot and is on its way to you now, it will be there soon'
const say = (me, chat, n) => { sent[chat + n] = performance.now(); me.send('send', { chat, text: n + words }) }
const heard = (f, me, mine) => { // by turns: even numbers are the agent's
  const n = parseInt(f.text)
  if (n % 2 === mine) return
  deliver.push(performance.now() - sent[f.chat + n])
  if (n < 9) say(me, f.chat, n + 1)
  return n === 9
}
const agents = ['alice', 'bob', 'carol']
for (const [i, sub] of agents.entries()) person('agent', sub, {
  snapshot: (f, me) => me.send('set_presence', { state: 'available' }),
  offer: (f, me) => { if (f.kind === 'queue') offer.push(performance.now() - meant[f.customer.name]); me.send('accept', { offer: f.offer }) },
  assigned: ({ chat }, me) => chat.messages.length ? me.send('end', { chat: chat.chat }) : say(me, chat.chat, 0),
  message: (f, me) => { if (heard(f, me, 0)) me.send('transfer', { chat: f.chat, to: { agent: agents[(i + 1) % 3] }, mode: 'warm' }) },
  wrapup_started: (f, me) => me.send('wrapup', { chat: f.chat, code: f.codes[0].code }),
})
function arrive(name, at) { // connected a second before
  person('customer', name, {
    snapshot: (f, me) => setTimeout(() => { meant[name] = at; me.send('start', { source: 'web', name }) }, at - performance.now()),
    message: (f, me) => heard(f, me, 1),
    ended: (f, me) => { done++; me.close() },
  })
}
const begin = performance.now() + 2000
for (let i = 0, at = 0; (at += -Math.log(1 - Math.random()) / rate) < seconds; i++) setTimeout(arrive, 1000 + at * 1000, `${run}-${i}`, begin + at * 1000)
setTimeout(() => {
  const at = (list, share) => list.sort((a, b) => a - b)[Math.floor((list.length - 1) * share)]?.toFixed(2)
  console.log({ lifecycles_per_s: done / seconds, start_to_offer: { p50: at(offer, 0.5), p99: at(offer, 0.99) }, send_to_delivered: { p50: at(deliver, 0.5), p99: at(deliver, 0.99) }, errors })
  process.exit()
}, 2000 + seconds * 1000 + 2000)
