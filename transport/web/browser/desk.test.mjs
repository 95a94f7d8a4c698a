import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accept, accessible, agent, available, choose, customer, fits, gone, said, say, Server, shot, skip, supervisor } from './kit.mjs'

const o = { skip, timeout: 180_000 }
const quick = (text) => text.replaceAll('offer_timeout: 20s', 'offer_timeout: 4s')

async function serve(t, config) {
  const server = await Server.start(config)
  t.after(() => server.stop())
  return server
}

/** The chat of this name in the list. */
const row = (p, name) => p.locator('.row', { hasText: name })
async function fileWrapup(p) {
  await p.waitForSelector('.wrapup')
  await p.locator('#wrapup-code').fill('reso')
  await p.keyboard.press('Enter')
  await p.fill('#wrapup-notes', 'Parcel is out for delivery.')
  await p.locator('.wrapup .primary').click()
  await gone(p, '.wrapup')
}

test('S1: an offer is accepted, answered, ended and filed, with the server killed in between', o, async (t) => {
  const server = await serve(t)
  const sue = await supervisor(t, server)
  const alice = await agent(t, server, 'Alice')
  const second = await agent(t, server, 'Alice', { available: false })
  await accessible(alice, 'an empty desk')
  const maria = await customer(t, server, 'Maria Rossi', 'Where is my parcel?')
  await accessible(maria, 'a waiting customer')
  const offer = alice.locator('.offer')
  await offer.waitFor()
  for (const text of ['New chat', 'Maria Rossi', 'Support', 'Website', 'Alice', 'Where is my parcel?', 's left to answer']) {
    await offer.locator(`text=${text}`).first().waitFor()
  }
  await second.waitForSelector('.offer')
  await accessible(alice, 'an offer')
  await shot(alice, 'desk-offer')
  for (const width of [360, 900, 1280]) {
    await alice.setViewportSize({ width, height: 800 })
    await fits(alice, `an offer at ${width}`)
    const over = await alice.evaluate(() => {
      const o = document.querySelector('.offers').getBoundingClientRect()
      const covers = (b) => b.width > 0 && b.left < o.right && b.right > o.left && b.top < o.bottom && b.bottom > o.top
      return [...document.querySelectorAll('.conversation > *, .list > *, .topbar > *')].filter((e) => covers(e.getBoundingClientRect())).map((e) => e.className)
    })
    assert.deepEqual(over, [], `at ${width} the offer lies over something`)
  }
  await alice.keyboard.press('Alt+a')
  await alice.waitForSelector('.conversation .bubble')
  await gone(second, '.offer')
  await row(second, 'Maria Rossi').waitFor()
  await sue.locator('#chats tr', { hasText: 'Maria Rossi' }).locator('text=Alice').waitFor()
  await say(alice, 'It is at the depot')
  await said(maria, 'It is at the depot')

  await server.kill()
  await maria.locator('text=/No connection|Connecting/').first().waitFor()
  await say(maria, 'written while it was down')
  await say(alice, 'answered while it was down')
  await server.run()
  await said(alice, 'written while it was down')
  await said(second, 'written while it was down')
  await said(maria, 'answered while it was down')
  await alice.waitForSelector('.badge.good[role=status]')
  for (const p of [alice, maria]) {
    for (const text of ['It is at the depot', 'written while it was down', 'answered while it was down']) {
      assert.equal(await p.locator('.bubble', { hasText: text }).count(), 1, `${text}: once`)
    }
  }
  await sue.locator('#chats tr', { hasText: 'Maria Rossi' }).waitFor()
  await accessible(alice, 'a chat')
  await accessible(maria, 'a customer in a chat')
  await shot(alice, 'desk')
  await shot(maria, 'chat')

  await alice.keyboard.press('Alt+x')
  await alice.waitForSelector('dialog[open]')
  await alice.keyboard.press('Enter')
  await alice.waitForSelector('.wrapup')
  await maria.waitForSelector('.over')
  await accessible(alice, 'a wrap-up')
  await accessible(maria, 'a rating')
  await fileWrapup(alice)
  await gone(alice, '.row')
  await gone(second, '.row')
  await maria.locator('.star').nth(1).click()
  await maria.locator('.rating .primary').click()
  await maria.locator('text=Thank you!').first().waitFor()
  await sue.locator('.toast', { hasText: 'Maria Rossi rates a chat with 2 of 5' }).waitFor()
  await sue.reload() // the day so far is asked for with the first picture
  await sue.locator('.plot', { hasText: 'Service level today' }).locator('text=/Support \\d+%/').waitFor()

  await sue.keyboard.press('Alt+p') // and the supervisor looks at it once more
  await sue.locator('.past-list .row', { hasText: 'Maria Rossi' }).click()
  await sue.locator('.replay-said li', { hasText: 'answered while it was down' }).waitFor()
  await accessible(sue, 'a replay')
  await shot(sue, 'wall-replay')
  await sue.locator('input[type=range]').press('Home')
  await sue.locator('.replay-said li', { hasText: 'answered while it was down' }).waitFor({ state: 'detached' })
})

test('S2: who does not answer gets nothing more until he says so, and the chat goes on', o, async (t) => {
  const server = await serve(t, quick)
  const alice = await agent(t, server, 'Alice')
  const maria = await customer(t, server, 'Maria Rossi', 'Hello?')
  await alice.waitForSelector('.offer')
  const bob = await agent(t, server, 'Bob', { available: false })
  await alice.waitForSelector('.rona')
  await available(bob)
  await accept(bob)
  await accessible(alice, 'a desk that did not answer')
  await say(bob, 'I am here')
  await said(maria, 'I am here')
  await server.crash()
  await alice.waitForSelector('.badge.good[role=status]')
  await alice.waitForSelector('.rona') // it sticks
  await alice.locator('.rona button').click()
  await gone(alice, '.rona')
  await alice.waitForSelector('.presence-button .dot.good')
})

test('S6: two chats, one connected and one held, in step over two windows and a crash', o, async (t) => {
  const server = await serve(t)
  const alice = await agent(t, server, 'Alice')
  const second = await agent(t, server, 'Alice', { available: false, height: 700 })
  const maria = await customer(t, server, 'Maria Rossi', 'First')
  await accept(alice)
  const jan = await customer(t, server, 'Jan Novák', 'Second')
  await alice.waitForSelector('.offer')
  await alice.keyboard.press('Alt+a')
  await row(alice, 'Jan').waitFor()
  await row(alice, 'Maria').click()
  for (const p of [alice, second]) {
    await row(p, 'Maria').locator('text=Connected').waitFor()
    await row(p, 'Jan').locator('text=Held').waitFor()
  }
  await alice.keyboard.press('Alt+2')
  for (const p of [alice, second]) {
    await row(p, 'Jan').locator('text=Connected').waitFor()
    await row(p, 'Maria').locator('text=Held').waitFor()
  }
  await row(second, 'Jan').click() // both windows are looked at, as Playwright has it
  await second.locator('.chat-title', { hasText: 'Jan' }).waitFor()
  await say(maria, 'Are you')
  await say(maria, 'still there?')
  for (const p of [alice, second]) await row(p, 'Maria').locator('.burst', { hasText: '2' }).waitFor()
  await server.crash()
  for (const p of [alice, second]) await row(p, 'Maria').locator('.burst', { hasText: '2' }).waitFor()
  await alice.keyboard.press('Alt+1')
  await say(alice, 'Yes I am')
  await said(maria, 'Yes I am')
  for (const p of [alice, second]) await row(p, 'Maria').locator('.burst').waitFor({ state: 'detached' })
  await say(jan, 'And I?')
  await said(second, 'And I?')
})

test('S12: a transfer that nobody takes leaves the chat where it was; a blind one falls back to its queue', o, async (t) => {
  const server = await serve(t, (text) => quick(text).replaceAll('offer_timeout: 4s', 'offer_timeout: 4s\n    flows: {accept: 10s}'))
  const alice = await agent(t, server, 'Alice')
  const maria = await customer(t, server, 'Maria Rossi', 'Where is my parcel?')
  await accept(alice)
  const bob = await agent(t, server, 'Bob')
  await alice.keyboard.press('Alt+t')
  await choose(alice, '#target', 'Bob')
  await alice.fill('#note', 'Her parcel is at the depot.')
  await accessible(alice, 'a transfer')
  await alice.locator('.dialog-foot .primary').click()
  await bob.locator('.offer', { hasText: 'Her parcel is at the depot.' }).waitFor()
  await row(alice, 'Maria').locator('text=Transfer requested').waitFor()
  await bob.locator('.offer').waitFor({ state: 'detached', timeout: 60_000 }) // he does not look
  await alice.locator('.notice', { hasText: 'Nobody took the transfer' }).waitFor()
  await say(alice, 'I am still here')
  await said(maria, 'I am still here')
  await bob.locator('.rona button').click()
  await gone(bob, '.rona')

  await server.crash()
  await alice.waitForSelector('.badge.good[role=status]')
  await bob.waitForSelector('.badge.good[role=status]')
  await bob.waitForSelector('.presence-button .dot.good')
  await alice.keyboard.press('Alt+t')
  await choose(alice, '#target', 'Bob')
  await alice.locator('dialog input[name=mode]').nth(1).check()
  await alice.locator('.dialog-foot .primary').click()
  await fileWrapup(alice) // she is out at once
  await bob.waitForSelector('.offer')
  await bob.keyboard.press('Alt+r')
  await accept(alice) // it waits again, and comes to who is there
  await say(alice, 'You are with me again')
  await said(maria, 'You are with me again')
})

test('S8: an agent is added, speaks, leaves, and the chat goes on', o, async (t) => {
  const server = await serve(t)
  const alice = await agent(t, server, 'Alice')
  const maria = await customer(t, server, 'Maria Rossi', 'Where is my parcel?', { locale: 'cs-CZ' })
  await accept(alice)
  const bob = await agent(t, server, 'Bob', { locale: 'ja-JP' })
  await alice.keyboard.press('Alt+i')
  await choose(alice, '#target', 'Bob')
  await alice.locator('.dialog-foot .primary').click()
  await row(alice, 'Maria').locator('text=Conference requested').waitFor()
  await accept(bob)
  await row(alice, 'Maria').locator('text=/^Conference$/').waitFor()
  await alice.locator('.notice', { hasText: 'Bob has joined' }).waitFor()
  await say(bob, 'Hello, Bob here')
  await said(maria, 'Hello, Bob here')
  await accessible(alice, 'a conference')
  await maria.locator('.notice', { hasText: 'Bob se připojuje k chatu' }).waitFor() // the system's line, each in his language
  await bob.locator('.notice', { hasText: 'Bob が参加しました' }).waitFor()
  await server.crash()
  await bob.waitForSelector('.badge.good[role=status]')
  const tab = await maria.open('/chat') // which was told of it by the transcript alone
  await tab.locator('.notice', { hasText: 'Bob se připojuje k chatu' }).waitFor()
  assert.equal(await tab.locator('text=joined').count() + await bob.locator('text=joined').count(), 0, 'nobody reads English who does not read it')
  await bob.getByRole('button', { name: '会議を終了' }).click()
  await row(alice, 'Maria').locator('text=Connected').waitFor()
  await say(alice, 'It is you and me')
  await said(maria, 'It is you and me')
})

test('S9: who was invited and came keeps the chat when the other leaves', o, async (t) => {
  const server = await serve(t)
  const alice = await agent(t, server, 'Alice')
  const maria = await customer(t, server, 'Maria Rossi', 'Where is my parcel?')
  await accept(alice)
  const bob = await agent(t, server, 'Bob')
  await alice.keyboard.press('Alt+i')
  await choose(alice, '#target', 'Bob')
  await alice.locator('.dialog-foot .primary').click()
  await accept(bob)
  await alice.locator('.notice', { hasText: 'Bob has joined' }).waitFor()
  await alice.getByRole('button', { name: 'Leave' }).click()
  await fileWrapup(alice)
  await bob.getByRole('button', { name: /Transfer/ }).waitFor() // he is the owner now
  await say(bob, 'You are with me now')
  await said(maria, 'You are with me now')
})

test('S11: a chat given to a queue is served until another agent takes it', o, async (t) => {
  const server = await serve(t, (text) => text.replace('name: Sales\n', 'name: Sales\n    transfer_text: Sales will be with you shortly.\n'))
  const alice = await agent(t, server, 'Alice')
  const maria = await customer(t, server, 'Maria Rossi', 'Where is my parcel?')
  await accept(alice)
  await alice.keyboard.press('Alt+t')
  await alice.getByRole('tab', { name: 'To a queue' }).click()
  await choose(alice, '#target', 'Sales')
  await alice.locator('.dialog-foot .primary').click()
  await row(alice, 'Maria').locator('text=Transfer requested').waitFor()
  for (const p of [alice, maria]) await p.locator('.queue-said', { hasText: 'Sales will be with you shortly.' }).waitFor()
  await say(alice, 'Somebody from sales is coming')
  await said(maria, 'Somebody from sales is coming')
  await server.crash()
  await alice.waitForSelector('.badge.good[role=status]')
  const bob = await agent(t, server, 'Bob')
  await accept(bob)
  await say(bob, 'Sales here')
  await said(maria, 'Sales here')
  await alice.getByRole('button', { name: 'Leave' }).click()
  await fileWrapup(alice)
})

test('S14: the desk says that the source is gone, and nothing more can be said', o, async (t) => {
  const server = await serve(t, (text) => text)
  const alice = await agent(t, server, 'Alice')
  const maria = await customer(t, server, 'Maria Rossi', 'Where is my parcel?')
  await accept(alice)
  await server.reconfigure((text) => text.replace(/ {2}- \{id: web,.*\n/, ''))
  await alice.locator('.note.bad', { hasText: 'source' }).waitFor()
  assert.equal(await alice.locator('#composer').isDisabled(), true)
  await maria.locator('text=/cannot go on/').first().waitFor()
  await accessible(alice, 'an interrupted chat')
  await alice.locator('.note.bad button').first().click()
  await fileWrapup(alice)
  await maria.waitForSelector('.over')
})

test('S15: the 1001st character and what the channel reserves are shown before they are sent', o, async (t) => {
  const server = await serve(t, (text) => text.replace('channel: livechat, queue: support', 'channel: facebook, queue: support'))
  const alice = await agent(t, server, 'Alice')
  const maria = await customer(t, server, 'Maria Rossi', 'Hello')
  await accept(alice)
  await alice.waitForSelector('#composer:enabled')
  await alice.fill('#composer', '😀'.repeat(1001))
  await alice.locator('.composer-info', { hasText: '1 characters too many' }).waitFor()
  assert.equal(await alice.getByRole('button', { name: 'Send', exact: true }).isDisabled(), true)
  await alice.fill('#composer', 'a < b')
  await alice.locator('.composer-info', { hasText: '“<” is reserved' }).waitFor()
  await accessible(alice, 'a text that is refused')
  await alice.fill('#composer', '😀'.repeat(1000))
  await alice.locator('#composer').press('Enter')
  await said(maria, '😀'.repeat(1000))
})
