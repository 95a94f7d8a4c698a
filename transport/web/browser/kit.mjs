// What the browser tests share: a real server, a real browser, and the people
// who use the pages.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..', '..')
const axe = readFileSync(join(here, '..', 'node_modules', 'axe-core', 'axe.min.js'), 'utf8')

/** The browser, or undefined: then the tests say so and skip. */
export const browserPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p))
export const skip = browserPath ? false : 'no Chromium here: install the package chromium, or name one in CHROMIUM'

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
let browser
const scratch = mkdtempSync(join(tmpdir(), 'parley-browser-'))
const servers = new Set()
after(async () => {
  await browser?.close()
  for (const s of servers) s.process?.kill('SIGKILL')
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
})

function freePort() {
  return new Promise((resolve) => {
    const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)) })
  })
}

/** parley serve --dev on a folder of its own; it can be killed and come back. */
export class Server {
  static async start(config) {
    const s = new Server()
    s.binary = process.env.PARLEY ?? join(scratch, 'parley')
    if (!existsSync(s.binary)) execFileSync('go', ['build', '-o', s.binary, './cmd/parley'], { cwd: root, stdio: 'inherit' })
    s.port = await freePort()
    s.admin = await freePort()
    s.data = mkdtempSync(join(scratch, 'data-'))
    s.base = `http://127.0.0.1:${s.port}`
    if (config) {
      s.config = join(s.data, '..', `config-${s.port}.yaml`)
      writeFileSync(s.config, config(readFileSync(join(root, 'cmd', 'parley', 'dev.yaml'), 'utf8')))
    }
    servers.add(s)
    await s.run()
    return s
  }

  async run() {
    const args = ['serve', '--dev', '--listen', `127.0.0.1:${this.port}`, '--admin-listen', `127.0.0.1:${this.admin}`, '--data', this.data]
    if (this.config) args.push('--config', this.config)
    this.process = spawn(this.binary, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    this.process.stderr.on('data', (d) => { said = (said + d).slice(-4000) })
    for (let i = 0; i < 300; i++) {
      if (await fetch(`${this.base}/readyz`).then((r) => r.ok, () => false)) return
      if (this.process.exitCode !== null) break
      await new Promise((r) => setTimeout(r, 100))
    }
    throw new Error(`the server does not serve: ${said}`)
  }

  /** Ends it as a lost machine does: nothing is written after this. */
  async kill() {
    const gone = new Promise((r) => this.process.once('exit', r))
    this.process.kill('SIGKILL')
    await gone
  }

  /** Changes the configuration under the running server. */
  async reconfigure(change) {
    writeFileSync(this.config, change(readFileSync(this.config, 'utf8')))
    this.process.kill('SIGHUP')
  }

  async crash() {
    await this.kill()
    await this.run()
  }

  async stop() {
    await this.kill()
    servers.delete(this)
  }
}

/** With PAGES set, what lies in dist now and not what the server was built with. */
async function fresh(route) {
  const [name, , kind] = new URL(route.request().url()).pathname.split('/').at(-1).split('.')
  const path = join(here, '..', 'dist', `${name}.${kind}`)
  await (existsSync(path) ? route.fulfill({ path, contentType: kind === 'js' ? 'text/javascript' : 'text/css' }) : route.continue())
}

/** A window. Whatever it complains of fails the test that made it. */
export async function open(t, server, path, o = {}) {
  browser ??= await chromium.launch({ executablePath: browserPath, args: flags })
  const context = o.context ?? await browser.newContext({ viewport: { width: o.width ?? 1280, height: o.height ?? 800 },
    locale: o.locale ?? 'en-GB', colorScheme: o.dark ? 'dark' : 'light', reducedMotion: 'reduce' })
  if (process.env.PAGES && !o.context) await context.route('**/assets/*', fresh)
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.complaints = []
  page.on('pageerror', (e) => page.complaints.push(String(e.stack ?? e)))
  page.on('console', (m) => {
    const { url } = m.location() // what is not a page of ours has no icon, and the browser asks for one
    if (m.type() === 'error' && !/ERR_CONNECTION|WebSocket connection/.test(m.text()) && !url.endsWith('/favicon.ico')) page.complaints.push(`${m.text()} ${url}`)
  })
  page.open = (other) => open(t, server, other, { ...o, context })
  t.after(async () => {
    const complaints = page.complaints
    if (process.env.SHOTS_ON_FAILURE) await page.screenshot({ path: join(process.env.SHOTS_ON_FAILURE, `${t.name.replace(/\W+/g, '-')}-${o.name ?? ''}${Math.random().toString(36).slice(2, 5)}.png`) }).catch(() => {})
    if (!o.context) await context.close()
    assert.deepEqual(complaints, [], 'the page complains')
  })
  if (o.init) await page.addInitScript(o.init)
  await page.goto(server.base + path)
  return page
}

/** Somebody at the desk. */
export async function agent(t, server, name, o = {}) {
  const p = await open(t, server, '/desk', { name, ...o })
  await p.getByRole('button', { name }).click()
  await p.waitForSelector('.presence-button')
  await p.waitForSelector('.badge.good[role=status]')
  if (o.available !== false) await available(p)
  return p
}

export async function available(p) {
  await p.keyboard.press('Alt+v')
  await p.waitForSelector('.presence-button .dot.good')
}

/** A supervisor at the wall. */
export async function supervisor(t, server, o = {}) {
  const p = await open(t, server, '/wall', { name: 'Sue', ...o })
  await p.locator('.people .button').first().click()
  await p.waitForSelector('#queues table')
  return p
}

/** A customer who asks something. */
export async function customer(t, server, name, text, o = {}) {
  const p = await open(t, server, '/chat', { name, width: 400, height: 700, ...o })
  await p.waitForSelector('#question')
  await p.fill('#name', name)
  await p.fill('#question', text)
  await p.click('button[type=submit]')
  await said(p, text)
  return p
}

/** Waits until a text is in the transcript. */
export async function said(p, text) {
  await p.locator('.bubble', { hasText: text }).first().waitFor()
}

export async function say(p, text) {
  const box = p.locator('#composer, #message, .composer textarea').first()
  await box.fill(text)
  await box.press('Enter')
}

export async function accept(p) {
  await p.waitForSelector('.offer')
  await p.keyboard.press('Alt+a')
  await p.waitForSelector('.conversation .bubble')
}

/** No rule of axe-core is broken as the page stands. */
export async function accessible(p, where) {
  // Through the debugger: the page's own policy lets nothing in.
  const found = await p.evaluate(`${axe};axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')))`)
  assert.deepEqual(found, [], `${where}: axe-core finds`)
}

/** Nothing is wider than the window. */
export async function fits(p, where) {
  const wide = await p.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1)
  assert.equal(wide, false, `${where} is wider than the window`)
}

const shots = join(here, '..', 'shots')

/** A picture for the README; only when SHOTS is set, so that a run changes no file. */
export async function shot(p, name) {
  if (!process.env.SHOTS) return
  mkdirSync(shots, { recursive: true })
  await p.screenshot({ path: join(shots, `${name}.png`) })
}

/** The line of a board that has this text in it. */
export const line = (p, board, text) => p.locator(`#${board} tbody tr`, { hasText: text })

/** Opens what can be done about a line of the wall. */
export async function about(p, board, text) {
  await line(p, board, text).locator('.rowname').click()
  await p.waitForSelector('dialog[open]')
}

/** Presses a button of the open dialog by its name. */
export const press = (p, name) => p.locator('dialog[open]').getByRole('button', { name, exact: true }).click()

/** Waits until no dialog is open. */
export const shut = (p) => p.locator('dialog').first().waitFor({ state: 'detached' })

/** Chooses from a searchable list as one does with the keyboard. */
export async function choose(p, field, text) {
  await p.locator(field).fill(text)
  await p.locator('.picker li:not([aria-disabled=true])', { hasText: text }).first().waitFor()
  await p.locator(field).press('Enter')
}

export const gone = (p, selector) => p.locator(selector).first().waitFor({ state: 'detached' })
