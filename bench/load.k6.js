import { WebSocket } from 'k6/websockets'
import crypto from 'k6/crypto'
import encoding from 'k6/encoding'
import { Counter, Trend } from 'k6/metrics'
import exec from 'k6/execution'
// SECRET=$(cat parley-data/dev-secret) k6 run -e RATE=2 -e SECONDS=30 load.k6.js, against parley serve --dev --data ./parley-data
const seconds = Number(__ENV.SECONDS || 30), names = ['alice', 'bob', 'carol']
const secret = new Uint8Array((__ENV.SECRET || '').match(/../g).map((x) => parseInt(x, 16))).buffer
const scenario = (fn, fields) => Object.assign({ exec: fn, gracefulStop: '5s' }, fields)
export const options = { scenarios: {
  desks: scenario('desk', { executor: 'per-vu-iterations', vus: 3, iterations: 1, maxDuration: `${seconds + 8}s` }),
  customers: scenario('customer', { executor: 'constant-arrival-rate', rate: Number(__ENV.RATE || 2), duration: `${seconds}s`, preAllocatedVUs: 50, startTime: '3s' }),
}, summaryTrendStats: ['p(50)', 'p(99)', 'max'] }
const lifecycles = new Counter('lifecycles'), refused = new Counter('refused')
const offer = new Trend('start_to_offer', true), deliver = new Trend('send_to_delivered', true)
const b64 = (x) => encoding.b64encode(JSON.stringify(x), 'rawurl')
function token(role, sub) {
  const now = Math.floor(Date.now() / 1000)
  const body = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64({ iss: 'parley', aud: 'parley', sub, role, iat: now, nbf: now, exp: now + 800 })}`
  return `${body}.${crypto.hmac('sha256', secret, body, 'base64rawurl')}`
}
function person(role, sub, on) {
  const ws = new WebSocket(__ENV.URL || 'ws://127.0.0.1:8080/v1/ws', 'parley.v1')
  const me = { n: 0, ws, send: (type, fields) => ws.send(JSON.stringify(Object.assign({ type, id: `${sub}-${Date.now()}-${++me.n}` }, fields))) }
  ws.onopen = () => me.send('hello', { token: token(role, sub) })
  ws.onmessage = (m) => m.data.split('\n').forEach((line) => {
    const f = JSON.parse(line)
    if (f.type === 'ping') ws.send('{"type":"pong"}')
    if (f.type === 'error') refused.add(1, { code: f.code })
    if (on[f.type]) on[f.type](f, me)
  })
  return me
}
const words = ' the parcel has left the depot and is on its way to you now'
const say = (me, chat, n) => me.send('send', { chat, text: `${n} ${Date.now()}${words}` })
function heard(f, me, mine) { // by turns: even numbers are the agent's
  const [n, at] = f.text.split(' ').map(Number)
  if (n % 2 === mine) return
  deliver.add(Date.now() - at)
  if (n < 9) say(me, f.chat, n + 1)
  return n === 9
}
export function desk() {
  const i = exec.scenario.iterationInTest
  const me = person('agent', names[i], {
    snapshot: (f, me) => me.send('set_presence', { state: 'available' }),
    offer: (f, me) => { if (f.kind === 'queue') offer.add(Date.now() - Number(f.customer.name.split(' ')[1])); me.send('accept', { offer: f.offer }) },
    assigned: ({ chat }, me) => chat.messages.length ? me.send('end', { chat: chat.chat }) : say(me, chat.chat, 0),
    message: (f, me) => { if (heard(f, me, 0)) me.send('transfer', { chat: f.chat, to: { agent: names[(i + 1) % 3] }, mode: 'warm' }) },
    wrapup_started: (f, me) => me.send('wrapup', { chat: f.chat, code: f.codes[0].code }),
  })
  setTimeout(() => me.ws.close(), (seconds + 6) * 1000)
}
export function customer() {
  person('customer', `k6-${exec.vu.idInTest}-${Date.now()}`, {
    snapshot: (f, me) => me.send('start', { source: 'web', name: `k6 ${Date.now()}` }),
    message: (f, me) => heard(f, me, 1),
    ended: (f, me) => { lifecycles.add(1); me.ws.close() },
  })
}
