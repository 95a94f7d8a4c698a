import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accept, accessible, agent, customer, fits, said, say, Server, shot, shut, skip, supervisor } from './kit.mjs'

test('a supervisor sees the floor, looks into a chat, whispers, barges in and takes it over', { skip, timeout: 120_000 }, async (t) => {
  const server = await Server.start()
  t.after(() => server.stop())
  const alice = await agent(t, server, 'Alice')
  const sue = await supervisor(t, server)
  const maria = await customer(t, server, 'Maria Rossi', 'Where is my parcel?')
  await accept(alice)
  await customer(t, server, 'Jan Novák', 'I want my money back', { available: false })
  const row = sue.locator('#chats .rowname', { hasText: 'Maria Rossi' })
  await row.waitFor()
  await sue.locator('#agents tr', { hasText: 'Alice' }).locator('text=/[12]\\/4/').waitFor()
  await accessible(sue, 'wall')
  await shot(sue, 'wall')
  await sue.keyboard.press('Alt+f')
  await sue.locator('.day-table', { hasText: 'Alice' }).locator('text=Occupancy').waitFor()
  await accessible(sue, 'the figures of today')
  await sue.keyboard.press('Escape')
  await shut(sue)

  await sue.keyboard.press('Alt+3') // by keyboard alone
  await row.focus()
  await sue.keyboard.press('Enter')
  await sue.waitForSelector('dialog[open]')
  await accessible(sue, 'chat dialog')
  await sue.keyboard.press('Enter') // monitor is where the keyboard is
  await said(sue, 'Where is my parcel?')
  assert.equal(await sue.locator('#composer').isDisabled(), true, 'who monitors does not write')
  await accessible(sue, 'wall with a chat')
  await sue.keyboard.press('Alt+w')
  await sue.waitForSelector('#composer:enabled')
  await say(sue, 'Offer her a voucher')
  await said(alice, 'Offer her a voucher')
  await say(alice, 'I am looking for it')
  await said(maria, 'I am looking for it')
  assert.equal(await maria.locator('.bubble', { hasText: 'voucher' }).count(), 0, 'a whisper is for agents')
  await sue.keyboard.press('Alt+g')
  await sue.waitForSelector('.wall-ways [aria-pressed=true] >> text=Barge in')
  await say(sue, 'Here is a voucher for you')
  await said(maria, 'Here is a voucher for you')
  await shot(sue, 'wall-chat')
  await fits(sue, 'the wall')

  await sue.keyboard.press('Alt+t')
  await sue.waitForSelector('text=Yours')
  await alice.locator('.wrapup').waitFor()
  await say(maria, 'Thank you so much')
  await said(sue, 'Thank you so much')
})

test('the wall fits a phone and a big screen, light and dark', { skip, timeout: 120_000 }, async (t) => {
  const server = await Server.start()
  t.after(() => server.stop())
  for (const [width, height, dark] of [[360, 740, false], [1920, 1080, true], [360, 740, true]]) {
    const sue = await supervisor(t, server, { width, height, dark })
    await fits(sue, `the wall at ${width}`)
    await accessible(sue, `the wall at ${width}, ${dark ? 'dark' : 'light'}`)
    const boards = await sue.locator('.board').evaluateAll((all) => all.map((b) => b.scrollHeight - b.clientHeight))
    assert.ok(boards.every((hidden) => hidden <= 1), `a board is cut at ${width}: ${boards}`)
    await shot(sue, `wall-${width}${dark ? '-dark' : ''}`)
  }
})
