// A full desk stays quick: no task takes 50 ms, of the processor's own time and
// held against how much longer a loop takes now and then on this machine.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agent, open, said, Server, skip } from './kit.mjs'

const chats = 20
const lines = 100

/** Customers without pages of their own, who say a hundred things each. */
function talk(p) {
  return p.evaluate(async ([chats, lines]) => {
    const text = (k) => `${k}. ${'Where is my parcel, and who has it now? '.repeat(1 + (k * 7) % 5)}`
    const one = async (n) => {
      const name = `Customer ${String(n).padStart(2, '0')}`
      const { token } = await fetch('/v1/dev/token', { method: 'POST', body: JSON.stringify({ role: 'customer', subject: `c-${n}`, name }) }).then((r) => r.json())
      const line = new WebSocket(`ws://${location.host}/v1/ws`, 'parley.v1')
      const waits = new Map()
      await new Promise((r) => { line.onopen = r })
      line.onmessage = (e) => e.data.split('\n').map((l) => JSON.parse(l)).forEach((f) => {
        if (f.type === 'ping') line.send('{"type":"pong"}')
        waits.get(f.re)?.(f)
      })
      const ask = (f) => new Promise((done) => { waits.set(f.id, done); line.send(JSON.stringify(f)) })
      await ask({ type: 'hello', id: 'h', token })
      const { chat } = await ask({ type: 'start', id: 'start', source: 'web', name })
      for (let i = 1; i <= lines; i += 20) {
        await Promise.all(Array.from({ length: 20 }, (_, k) => ask({ type: 'send', id: `m${i + k}`, chat, text: text(i + k) })))
      }
    }
    for (let n = 1; n <= chats; n++) await one(n)
  }, [chats, lines])
}

/**
 * What each task of a page's main thread takes of the processor while something
 * goes on, in ms, the longest first. The clock on the wall would say more of who
 * else is on the machine.
 */
async function tasks(p, does) {
  const browser = p.context().browser()
  await browser.startTracing(p, { categories: ['toplevel', 'blink.user_timing'] })
  await p.evaluate(() => performance.mark('this page'))
  await does()
  const { traceEvents } = JSON.parse(await browser.stopTracing())
  const mark = traceEvents.find((e) => e.name === 'this page')
  const all = traceEvents.filter((e) => e.name === 'ThreadControllerImpl::RunTask' && e.pid === mark.pid && e.tid === mark.tid && e.tdur !== undefined)
  assert.ok(all.length > 10, 'the browser tells what its tasks take')
  return all.map((e) => Math.round(e.tdur / 100) / 10).sort((x, y) => y - x)
}

/** Scrolls from end to end and back, a step a frame, as a wheel does. */
const scrolls = (p, selector, steps) => p.evaluate(([selector, steps]) => new Promise((done) => {
  const box = document.querySelector(selector)
  let i = 0
  const step = () => {
    if (box) box.scrollTop += i < steps / 2 ? -240 : 240
    if (++i < steps) requestAnimationFrame(step)
    else done()
  }
  requestAnimationFrame(step)
}), [selector, steps])

/** An empty page that does the same once a frame. */
const works = (p, frames) => p.evaluate((frames) => new Promise((done) => {
  let sink = 0
  let i = 0
  const step = () => {
    for (let n = 0; n < 500_000; n++) sink = (sink * 31 + n) | 0
    if (++i < frames) requestAnimationFrame(step)
    else done(sink)
  }
  requestAnimationFrame(step)
}), frames)

test('a desk with 20 chats and 2,000 messages scrolls without a long task', { skip, timeout: 300_000 }, async (t) => {
  const server = await Server.start((text) => text.replaceAll('capacity: 4', 'capacity: 30') + 'limits:\n  customer: {per_second: 200, burst: 400}\n  address: {per_second: 500, burst: 500}\n')
  t.after(() => server.stop())
  const alice = await agent(t, server, 'Alice')
  const empty = await open(t, server, '/embed.js')
  await talk(empty)
  for (let n = 0; n < chats; n++) {
    await alice.waitForSelector('.offer')
    await alice.keyboard.press('Alt+a')
    await alice.waitForFunction((n) => document.querySelectorAll('.row').length > n, n)
  }
  await alice.locator('.row').first().click()
  await said(alice, `${lines}.`)
  await alice.locator('.thread-scroll').press('Control+Home') // all of it, page by page
  await alice.waitForFunction(() => { const b = document.querySelector('.thread-scroll'); b.scrollTop = 0; return b.textContent.includes('1. Where') && !b.textContent.includes('100. Where') })
  await alice.locator('.newer button').click()
  const rows = await alice.locator('.thread-item').count()
  assert.ok(rows < 60, `${rows} lines are in the document, where some 20 can be seen`)

  const loop = await tasks(empty, () => works(empty, 60))
  const transcript = await tasks(alice, () => scrolls(alice, '.thread-scroll', 120))
  const list = await tasks(alice, () => scrolls(alice, '.list > ul', 60))
  const through = await tasks(alice, async () => {
    for (let i = 0; i < chats; i++) {
      await alice.keyboard.press('Alt+ArrowDown')
      await alice.waitForFunction((n) => document.querySelectorAll('.thread-item').length > n, 4)
    }
  })
  const slower = loop[0] / loop[30] // the same work takes longer where others take of the core's caches and its clock
  for (const [what, took] of Object.entries({ loop, transcript, list, through })) t.diagnostic(`${what}: ${took.slice(0, 5).join(', ')} ms`)
  for (const [what, took] of Object.entries({ 'the transcript scrolls': transcript, 'the list scrolls': list, 'each chat is opened': through })) {
    assert.ok(took[0] < 50 * slower, `while ${what} a task takes ${took[0]} ms; the same loop takes ${loop[30]} and ${loop[0]}`)
  }
})
