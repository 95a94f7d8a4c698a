import { WebSocket } from 'k6/websockets'
import crypto from 'k6/crypto'
import encoding from 'k6/encoding'
import { Counter, Trend } from 'k6/metrics'
import exec from 'k6/execution'
// parley bench --print-config --agents 50 > bench.yaml && parley serve --config bench.yaml --data ./bench-data &
// k6 run -e CONFIG=$PWD/bench.yaml -e RATE=50 -e SECONDS=30 load.k6.js   # beside it: -e URL=ws://…/v1/ws -e JSON=out.json
const rate = Number(__ENV.RATE || 50), seconds = Number(__ENV.SECONDS || 30), tabs = 200, loops = 10
let first, from, until, end // in ms: arrivals, the measured time, the end
const config = open(__ENV.CONFIG), secret = /secret: (\w+)/.exec(config)[1], names = Array.from(config.matchAll(/{id: (a\d+),/g), (m) => m[1])
const people = (fn) => ({ exec: fn, executor: 'per-vu-iterations', vus: loops, iterations: 1, maxDuration: `${seconds + 20}s`, gracefulStop: '1s' })
export const options = { scenarios: { desks: people('desks'), customers: people('customers') }, summaryTrendStats: ['count', 'p(50)', 'p(90)', 'p(99)'] }
const lifecycles = new Counter('lifecycles'), messages = new Counter('messages'), refused = new Counter('refused')
const times = { start_to_offer: new Trend('start_to_offer'), accept_to_assigned: new Trend('accept_to_assigned'), send_to_delivered: new Trend('send_to_delivered') }
let late // how far the clock of the run is behind Date.now(), which knows no parts of a millisecond
let run // exec.instance, which is slow to get
const now = () => late + run.currentTestRunDuration
function setClock() {
  run = exec.instance
  for (const tick = Date.now(); Date.now() === tick;);
  late = Date.now() - run.currentTestRunDuration
  first = exec.scenario.startTime + 3000
  from = first + 3000
  until = from + seconds * 1000
  end = until + 2000
}
const measured = (at) => at >= from && at < until
const took = (name, due, at) => measured(due) && times[name].add(at - due)
const b64 = (x) => encoding.b64encode(JSON.stringify(x), 'rawurl')
function token(role, sub) {
  const iat = Math.floor(Date.now() / 1000)
  const body = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64({ iss: 'bench', aud: 'bench', sub, role, iat, nbf: iat, exp: iat + 7200 })}`
  return `${body}.${crypto.hmac('sha256', secret, body, 'base64rawurl')}`
}
// JSON.parse of every frame would take k6 longer than the server; no value of ours has an escape.
function field(line, name) {
  const i = line.indexOf(`"${name}":"`) + name.length + 4
  return line.slice(i, line.indexOf('"', i))
}
function person(role, sub, on) {
  const ws = new WebSocket(__ENV.URL || 'ws://127.0.0.1:8080/v1/ws', 'parley.v1'), tag = Date.now()
  const me = { n: 0, accepts: {}, send: (type, rest) => ws.send(`{"type":"${type}","id":"${tag}-${++me.n}",${rest}}`) }
  ws.onopen = () => me.send('hello', `"token":"${token(role, sub)}"`)
  ws.onmessage = (m) => m.data.split('\n').forEach((line) => {
    const type = field(line, 'type')
    if (type === 'ping') ws.send('{"type":"pong"}')
    if (type === 'error') refused.add(1, { code: field(line, 'code') })
    if (on[type]) on[type](line, me, m.timestamp)
  })
  setTimeout(() => ws.close(), end - now())
}
const words = ' the parcel has left the depot and is on its way to you now'
const say = (me, chat, n) => me.send('send', `"chat":"${chat}","text":"${n} ${now()}${words}"`)
function heard(line, me, at, mine) { // by turns: even numbers are the agent's
  const text = field(line, 'text').split(' '), n = Number(text[0])
  if (n % 2 === mine) return false
  took('send_to_delivered', Number(text[1]), at)
  if (measured(at)) messages.add(1)
  if (n < 9) say(me, field(line, 'chat'), n + 1)
  return n === 9
}
function desk(i) {
  const other = () => names[(i + 1 + Math.floor(Math.random() * (names.length - 1))) % names.length]
  person('agent', names[i], {
    snapshot: (line, me) => me.send('set_presence', '"state":"available"'),
    offer: (line, me, at) => {
      if (field(line, 'kind') === 'queue') took('start_to_offer', Number(field(line, 'customer":{"name').split(' ')[1]), at)
      const offer = field(line, 'offer'), chat = field(line, 'chat')
      me.accepts[chat] = now()
      me.send('accept', `"offer":"${offer}"`)
    },
    assigned: (line, me, at) => {
      const chat = field(line, 'chat')
      took('accept_to_assigned', me.accepts[chat], at)
      delete me.accepts[chat]
      if (line.includes('"messages":[]')) say(me, chat, 0)
      else me.send('end', `"chat":"${chat}"`)
    },
    message: (line, me, at) => { if (heard(line, me, at, 0)) me.send('transfer', `"chat":"${field(line, 'chat')}","to":{"agent":"${other()}"},"mode":"warm"`) },
    wrapup_started: (line, me) => me.send('wrapup', `"chat":"${field(line, 'chat')}","code":"${field(line, 'code')}"`),
  })
}
const pause = () => -Math.log(1 - Math.random()) * 1000 * tabs / rate // all tabs together are a Poisson process of the rate
function arrive(me, due) { // who is late counts from when he was meant to come
  if (due < until) setTimeout(() => { me.send('start', `"source":"s0","name":"k6 ${due}"`); arrive(me, due + pause()) }, Math.max(0, due - now()))
}
function tab(i) {
  person('customer', `k6-${i}-${Date.now()}`, {
    snapshot: (line, me) => arrive(me, first + pause()),
    message: (line, me, at) => heard(line, me, at, 1),
    ended: (line, me, at) => measured(at) && lifecycles.add(1),
  })
}
const share = (n, one) => { setClock(); for (let i = exec.scenario.iterationInTest; i < n; i += loops) one(i) }
export const desks = () => share(names.length, desk), customers = () => share(tabs, tab)
export function handleSummary({ metrics: m }) { // with the names that parley bench --json gives them
  const q = (t) => ({ count: t.values.count, p50: t.values['p(50)'], p90: t.values['p(90)'], p99: t.values['p(99)'] }), n = (c) => (c ? c.values.count : 0)
  const latency_ms = Object.fromEntries(Object.keys(times).map((name) => [name, q(m[name])]))
  const result = { lifecycles_per_s: n(m.lifecycles) / seconds, messages_per_s: n(m.messages) / seconds, latency_ms, refused: n(m.refused) }
  return { [__ENV.JSON || 'stdout']: JSON.stringify(result, null, 2) + '\n' }
}
