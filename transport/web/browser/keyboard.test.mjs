// Whole days without a mouse: no step here touches anything but the keyboard.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gone, open, said, Server, shut, skip } from './kit.mjs'

const o = { skip, timeout: 240_000 }

/** Where the keyboard is: what it is called, and whether one can see that it is there. */
function at(p) {
  return p.evaluate(() => {
    const e = document.activeElement
    if (!e || e === document.body) return { name: '', seen: true, tag: 'BODY' }
    const label = e.labels?.[0]?.textContent ?? ''
    const style = getComputedStyle(e)
    const ring = (s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0
    const box = e.getBoundingClientRect()
    const held = e.closest('label')
    const seen = (ring(style) || (held && ring(getComputedStyle(held))) || style.boxShadow !== 'none') && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    return { name: (e.getAttribute('aria-label') || label || e.textContent || '').trim(), seen, tag: e.tagName, id: e.id }
  })
}

/** Goes on with Tab until the keyboard is on what is called so; it is seen wherever it is. */
async function tabTo(p, name, most = 60) {
  const passed = []
  for (let i = 0; i < most; i++) {
    const here = await at(p)
    assert.ok(here.seen, `the keyboard is on “${here.name}” (${here.tag}) and cannot be seen there`)
    if (name instanceof RegExp ? name.test(here.name) : here.name === name) return
    passed.push(here.name)
    await p.keyboard.press('Tab')
  }
  assert.fail(`“${name}” is not reached with Tab, only ${passed.join(' | ')}`)
}

async function tabAndPress(p, name) {
  await tabTo(p, name)
  await p.keyboard.press('Enter')
}

/** The keyboard comes to be on what is called so, by itself. */
async function lands(p, name, why) {
  await p.waitForFunction((want) => {
    const e = document.activeElement
    const said = (e?.getAttribute('aria-label') || e?.labels?.[0]?.textContent || e?.textContent || '').trim()
    return new RegExp(want).test(said)
  }, name.source ?? `^${name}$`).catch(async () => assert.fail(`${why}: the keyboard is on “${(await at(p)).name}”`))
}

/** The keyboard comes to be somewhere, and stays there. */
async function keeps(p, why) {
  await p.waitForFunction(() => document.activeElement !== document.body).catch(() => assert.fail(why))
}

async function signIn(t, server, name) {
  const p = await open(t, server, '/desk', { name })
  await p.getByRole('button', { name }).waitFor()
  await tabAndPress(p, new RegExp(`${name}$`))
  await p.waitForSelector('.badge.good[role=status]')
  return p
}

async function asks(t, server, name, question) {
  const p = await open(t, server, '/chat', { name, width: 400, height: 700 })
  await p.waitForSelector('#question')
  await tabTo(p, 'Your name')
  await p.keyboard.type(name)
  await p.keyboard.press('Tab')
  await p.keyboard.type(question)
  await tabAndPress(p, 'Start chat')
  await said(p, question)
  await lands(p, 'Message', 'a customer can write at once')
  return p
}

test('an agent’s day and a customer’s chat are done with the keyboard alone', o, async (t) => {
  const server = await Server.start((text) => text.replaceAll('offer_timeout: 20s', 'offer_timeout: 12s\n    reject_hold: 2s') + 'desk: {no_answer_delay: 1s}\n')
  t.after(() => server.stop())
  const alice = await signIn(t, server, 'Alice')
  await tabAndPress(alice, /^AliceOffline/)
  await lands(alice, 'Available', 'the first choice of a presence')
  await tabTo(alice, /Lunch/)
  await alice.keyboard.press('Escape')
  await shut(alice)
  await lands(alice, /^AliceOffline/, 'Escape gives the keyboard back')
  await alice.keyboard.press('Enter')
  await lands(alice, 'Available', 'once more')
  await alice.keyboard.press('Enter')
  await alice.waitForSelector('.presence-button .dot.good')

  const maria = await asks(t, server, 'Maria Rossi', 'Where is my parcel?')
  await alice.waitForSelector('.offer')
  await alice.waitForSelector('.rona', { timeout: 40_000 }) // she does not answer
  await tabAndPress(alice, 'Be available')
  await gone(alice, '.rona')
  await alice.waitForSelector('.offer', { timeout: 60_000 }) // after a while it is hers again: nobody else is there
  await tabAndPress(alice, 'Accept')
  await lands(alice, 'Message', 'who accepts can write at once')
  await alice.keyboard.type('I am looking for it')
  await alice.keyboard.press('Enter')
  await said(maria, 'I am looking for it')
  await maria.keyboard.type('Thank you')
  await maria.keyboard.press('Enter')
  await said(alice, 'Thank you')

  const bob = await signIn(t, server, 'Bob')
  await tabAndPress(bob, /^BobOffline/)
  await lands(bob, 'Available', 'the first choice')
  await bob.keyboard.press('Enter')
  await bob.waitForSelector('.presence-button .dot.good')
  await tabTo(alice, 'Add an agent', 90)
  await alice.keyboard.press('Enter')
  await lands(alice, 'Target', 'a dialog begins with what it asks')
  await alice.keyboard.type('Bob')
  await alice.locator('.picker li', { hasText: 'Bob' }).waitFor()
  await alice.keyboard.press('Enter')
  await tabAndPress(alice, 'Add an agent')
  await shut(alice)
  await lands(alice, 'Add an agent', 'the keyboard is where the dialog was opened')
  await bob.waitForSelector('.offer')
  await tabAndPress(bob, 'Accept')
  await lands(bob, 'Message', 'who was added can write at once')
  await alice.locator('.row', { hasText: 'Conference' }).waitFor()
  await tabAndPress(bob, 'End conference')
  await lands(bob, 'Code', 'a wrap-up that is due has the keyboard')
  await bob.keyboard.type('other')
  await bob.keyboard.press('Enter')
  await tabAndPress(bob, 'Submit wrap-up')
  await gone(bob, '.row')
  await keeps(bob, 'the keyboard is not lost when a chat goes')

  await alice.keyboard.press('Alt+t')
  await lands(alice, 'Target', 'a transfer')
  await alice.keyboard.type('Bob')
  await alice.locator('.picker li', { hasText: 'Bob' }).waitFor()
  await alice.keyboard.press('Enter')
  await tabAndPress(alice, 'Transfer')
  await shut(alice)
  await bob.waitForSelector('.wrapup, .offer')
  await bob.waitForSelector('.offer')
  await bob.keyboard.press('Alt+a')
  await alice.waitForSelector('.wrapup')
  await lands(alice, 'Code', 'a wrap-up that is due has the keyboard')
  await alice.keyboard.type('reso')
  await alice.keyboard.press('Enter')
  await tabTo(alice, 'Notes')
  await alice.keyboard.type('Parcel is out for delivery.')
  await tabAndPress(alice, 'Submit wrap-up')
  await gone(alice, '.wrapup')
  await keeps(alice, 'the keyboard is not lost when a chat goes')

  await tabTo(maria, 'End chat', 30)
  await maria.keyboard.press('Enter')
  await maria.locator('dialog :focus').waitFor() // what opens it has the same name
  await lands(maria, 'End chat', 'the dialog asks once more')
  await maria.keyboard.press('Escape')
  await shut(maria)
  await lands(maria, 'End chat', 'and gives the keyboard back')
  await maria.keyboard.press('Enter')
  await maria.locator('dialog :focus').waitFor() // a second press before it has the keyboard would close it again
  await maria.keyboard.press('Enter')
  await maria.waitForSelector('.over')
  await tabTo(maria, /of 5$/)
  for (let i = 0; i < 4; i++) await maria.keyboard.press('ArrowRight')
  await maria.waitForSelector('#comment')
  await tabTo(maria, /^What should we know/)
  await maria.keyboard.type('Quick')
  await tabAndPress(maria, /^(Send|Submit|Rate)/)
  await maria.locator('text=Thank you!').first().waitFor()
})

test('a supervisor looks round, steps in and leaves with the keyboard alone', o, async (t) => {
  const server = await Server.start()
  t.after(() => server.stop())
  const sue = await open(t, server, '/wall', { name: 'Sue' })
  await sue.locator('.people .button').first().waitFor()
  await sue.keyboard.press('Tab')
  await sue.keyboard.press('Enter')
  await sue.waitForSelector('#queues table')
  const alice = await signIn(t, server, 'Alice')
  await alice.keyboard.press('Alt+v')
  const maria = await asks(t, server, 'Maria Rossi', 'Where is my parcel?')
  await alice.waitForSelector('.offer')
  await alice.keyboard.press('Alt+a')
  await said(alice, 'Where is my parcel?')
  await sue.locator('#chats .rowname').waitFor()

  await sue.keyboard.press('Alt+2')
  await lands(sue, /^Alice/, 'a board begins with its first row')
  await sue.keyboard.press('ArrowDown')
  await lands(sue, /^Bob/, 'arrows go from row to row')
  await sue.keyboard.press('ArrowUp')
  await sue.keyboard.press('Enter')
  await sue.waitForSelector('dialog[open]')
  await tabTo(sue, 'Not ready')
  await sue.keyboard.press('Enter')
  await alice.locator('.presence-button', { hasText: 'Not ready' }).waitFor()
  await sue.keyboard.press('Escape')
  await shut(sue)
  await lands(sue, /^Alice/, 'the keyboard is on the row that was opened')

  await tabTo(sue, /^Maria Rossi/)
  await sue.keyboard.press('Enter')
  await lands(sue, 'Monitor', 'what is done most comes first')
  await sue.keyboard.press('Enter')
  await said(sue, 'Where is my parcel?')
  await sue.keyboard.press('Alt+w')
  await sue.waitForSelector('#composer:enabled')
  await sue.keyboard.press('Alt+j')
  await sue.keyboard.type('Give her a voucher')
  await sue.keyboard.press('Enter')
  await said(alice, 'Give her a voucher')
  await sue.keyboard.press('Alt+u')
  await gone(sue, '.beside')
  await keeps(sue, 'the keyboard is not lost when a chat is closed')
  await sue.keyboard.press('Alt+b')
  await sue.waitForSelector('dialog[open]')
  await tabTo(sue, 'Queue')
  await sue.keyboard.type('Support')
  await tabTo(sue, /^To all who wait/)
  await sue.keyboard.type('We are nearly there.')
  await tabAndPress(sue, 'Send')
  await sue.keyboard.press('Escape')
  await shut(sue)
  await sue.keyboard.press('Alt+/')
  await sue.locator('dialog kbd', { hasText: 'Alt+M' }).waitFor()
  await sue.keyboard.press('Escape')
  await shut(sue)
  await said(maria, 'We are nearly there.')
})
