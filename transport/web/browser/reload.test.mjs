// Whoever loads his page again sees what he saw before.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accept, agent, choose, customer, press, said, say, Server, shut, skip } from './kit.mjs'

/** What a page says, without what the clock changes. */
function seen(p) {
  return p.evaluate(() => {
    const words = (e) => {
      if (e.nodeType === Node.TEXT_NODE) return e.data
      if (e.nodeType !== Node.ELEMENT_NODE || e.hidden || e.matches('.toasts, .unseen, .presence-button .tabular, [role=timer], .typing, noscript, script')) return ''
      const value = e.matches('textarea, input') ? e.value : ''
      const label = e.matches('[role=img]') ? ` ${e.getAttribute('aria-label')}` : ''
      return value + label + [...e.childNodes].map(words).join(e.matches('.line, li, section, div') ? '\n' : ' ')
    }
    return words(document.body).replace(/\d+:\d\d(:\d\d)?/g, '0:00').split('\n').map((l) => l.replace(/\s+/g, ' ').trim()).filter(Boolean)
  })
}

/** Loads the page again and holds what it says then against what it said before. */
async function reloads(p, ready, where) {
  await p.waitForSelector(ready)
  let before = await seen(p)
  for (;;) { // until nothing is on its way any more
    await p.evaluate(() => new Promise((r) => setTimeout(r, 400)))
    const again = await seen(p)
    if (JSON.stringify(again) === JSON.stringify(before)) break
    before = again
  }
  await p.reload()
  await p.waitForSelector(ready)
  await p.waitForFunction(() => document.querySelector('.badge.good[role=status], .widget'))
  let after = []
  for (let i = 0; i < 40; i++) {
    after = await seen(p)
    if (JSON.stringify(after) === JSON.stringify(before)) return
    await p.evaluate(() => new Promise((r) => setTimeout(r, 250)))
  }
  assert.deepEqual(after, before, `${where}: the page says something else after it was loaded again`)
}

test('a desk and a chat say the same after they were loaded again, at every step', { skip, timeout: 300_000 }, async (t) => {
  const server = await Server.start((text) => text.replace('offer_timeout: 20s', 'offer_timeout: 120s\n    flows: {accept: 120s}'))
  t.after(() => server.stop())
  const alice = await agent(t, server, 'Alice')
  await reloads(alice, '.conversation.empty h2', 'an empty desk')
  const maria = await customer(t, server, 'Maria Rossi', 'Where is my parcel?')
  await reloads(maria, '.waiting', 'a customer who waits')
  await alice.waitForSelector('.offer')
  await reloads(alice, '.offer', 'an offer')
  await accept(alice)
  await say(alice, 'I am looking for it')
  await said(maria, 'I am looking for it')
  await say(maria, 'Thank you')
  await said(alice, 'Thank you')
  await alice.fill('#composer', 'It is at the')
  await reloads(alice, '.conversation .bubble', 'a chat with half a sentence')
  await reloads(maria, '.bubble', 'a customer in a chat')

  const bob = await agent(t, server, 'Bob')
  await alice.keyboard.press('Alt+i')
  await choose(alice, '#target', 'Bob')
  await press(alice, 'Add an agent')
  await shut(alice)
  await reloads(alice, '.warnings .note', 'an invitation')
  await accept(bob)
  await alice.locator('.row', { hasText: 'Conference' }).waitFor()
  await reloads(alice, '.conversation .bubble', 'a conference')
  await reloads(bob, '.conversation .bubble', 'who was invited')
  await alice.keyboard.press('Alt+n')
  await say(alice, 'She is a gold customer')
  await said(bob, 'She is a gold customer')
  await reloads(alice, '.composer.to-agents', 'a note to agents')
  await alice.keyboard.press('Alt+n')
  await bob.getByRole('button', { name: 'End conference' }).click()
  await bob.waitForSelector('.wrapup')
  await bob.locator('#wrapup-notes').fill('I only helped')
  await bob.locator('.wrapup [role=status]', { hasText: 'Draft saved' }).waitFor()
  await reloads(bob, '.wrapup', 'a wrap-up with a draft')

  await alice.keyboard.press('Alt+t')
  await alice.getByRole('tab', { name: 'To a queue' }).click()
  await choose(alice, '#target', 'Sales')
  await press(alice, 'Transfer')
  await shut(alice)
  await alice.locator('.warnings .note', { hasText: 'Transfer to Sales' }).waitFor()
  await bob.keyboard.press('Alt+r')
  await reloads(alice, '.warnings .note', 'a transfer to a queue')
  await alice.locator('.warnings .note button').click() // and it can still be taken back
  await alice.locator('.warnings .note').waitFor({ state: 'detached' })
  await alice.getByRole('button', { name: 'Ask whether it may end' }).click()
  await maria.locator('.note', { hasText: 'Alice asks' }).waitFor()
  await reloads(alice, '.warnings .note', 'a proposed end')
  await reloads(maria, '.note', 'a customer who is asked')
  await maria.getByRole('button', { name: 'Yes, end the chat' }).click()
  await maria.waitForSelector('.over')
  await alice.waitForSelector('.wrapup')
  await reloads(alice, '.wrapup', 'a wrap-up')
  await reloads(maria, '.over', 'a customer who may rate')
})
