import { ServerClock } from './clock.ts'
import { backOff, isFinal, Link } from './link.ts'
import { Outbox, type Keep } from './outbox.ts'
import { browser, type Surroundings } from './surroundings.ts'
import type { Command, Commands, CommandType, ErrorFrame, Limits, Ok, ServerFrame, Welcome } from './wire.ts'

/** How the connection stands, for people to see. */
export type Standing =
  | { state: 'connecting'; tries: number }
  | { state: 'live' }
  | { state: 'waiting'; tries: number; until: number; code: number }
  | { state: 'stopped'; code: number; reason: string }

/** A refusal by the server, or 'lost' when there was no connection to ask. */
export class Refusal extends Error {
  readonly code: string
  readonly detail: Record<string, unknown>

  constructor(frame: Pick<ErrorFrame, 'code' | 'message' | 'detail'>) {
    super(frame.message)
    this.name = 'Refusal'
    this.code = frame.code
    this.detail = frame.detail ?? {}
  }
}

export interface ClientOptions {
  /** The websocket's address, wss://host/v1/ws. */
  url: string
  /** A valid token; asked before each connection and when one is about to expire. */
  token: () => Promise<string>
  /** Whose commands are kept. Any text that is the same after a reload. */
  principal: string
  /** Where they are kept; without it they live as long as the page. */
  keep?: Keep
  name?: string
  version?: string
  /** False if this session cannot ring. */
  alerting?: boolean
  surroundings?: Surroundings
}

/**
 * Commands about this moment: they are not kept over a lost connection, since
 * later they would mean something else.
 */
const momentary: ReadonlySet<CommandType> = new Set(
  ['refresh', 'typing', 'read', 'opened', 'focus', 'history', 'list_targets', 'watch_targets', 'watch', 'explain'])

interface Waiting { resolve(ok: Ok): void; reject(e: Refusal): void }

/** The server takes 32 unanswered commands of a connection. */
const mostInFlight = 24
const mostRetries = 6
/** For messages that come together. */
const acknowledgeMs = 50

/**
 * A session of one principal: it connects, resumes, keeps what is unanswered and
 * hands on every event exactly once, in order. It draws nothing and knows no
 * framework.
 */
export class Client {
  readonly clock: ServerClock
  readonly outbox: Outbox
  standing: Standing = { state: 'connecting', tries: 0 }
  welcome: Welcome | undefined
  private readonly o: ClientOptions
  private readonly world: Surroundings
  private link: Link | undefined
  private heir: Link | undefined // the link that takes over after goodbye
  private epoch = ''
  private seq = 0
  private tries = 0
  private takeBack: (() => void)[] = []
  private cancelRetry: () => void = () => {}
  private readonly frames = new Set<(frame: ServerFrame) => void>()
  private readonly standings = new Set<(s: Standing) => void>()
  private readonly waiting = new Map<string, Waiting>()
  private readonly passing = new Map<string, Command>()
  private readonly inFlight = new Set<string>()
  private readonly retries = new Map<string, number>()
  private readonly held = new Set<string>() // until a retry is due
  private started = false
  private acknowledging = false
  private behind = false // something is to be acknowledged that no connection was there for

  constructor(options: ClientOptions) {
    this.o = options
    this.world = options.surroundings ?? browser
    this.clock = new ServerClock(() => this.world.now())
    this.outbox = new Outbox(options.principal, options.keep)
  }

  get limits(): Limits | undefined { return this.welcome?.limits }

  /** Every frame but pings and answers, after the client's own part in it. */
  onFrame(f: (frame: ServerFrame) => void): () => void {
    this.frames.add(f)
    return () => this.frames.delete(f)
  }

  onStanding(f: (s: Standing) => void): () => void {
    this.standings.add(f)
    return () => this.standings.delete(f)
  }

  start(): void {
    if (this.started) return
    this.started = true
    this.outbox.load(this.world.now())
    this.takeBack.push(this.world.wake(() => this.hurry()))
    this.connect()
  }

  /** Ends the session on purpose. What is unanswered stays kept. */
  stop(): void {
    this.started = false
    this.takeBack.splice(0).forEach((f) => f())
    this.cancelRetry()
    this.heir?.end(1000, 'stopped')
    this.link?.end(1000, 'stopped')
    this.setStanding({ state: 'stopped', code: 1000, reason: 'stopped' })
  }

  /** Connects now instead of when the wait is over. */
  hurry(): void {
    if (this.started && this.standing.state === 'waiting') this.connect()
  }

  /** Starts anew after the server had said not to come back. */
  again(): void {
    if (this.standing.state !== 'stopped') return
    this.tries = 0
    if (this.started) this.connect()
    else this.start()
  }

  /**
   * Orders something. The promise settles with the server's answer, over as many
   * connections as that takes; momentary commands are refused with 'lost' when
   * there is no connection.
   */
  command<T extends CommandType>(type: T, fields: Commands[T], id = this.world.id()): Promise<Ok> {
    const command = { type, id, ...fields } as unknown as Command
    if (momentary.has(type)) {
      if (this.standing.state !== 'live') return Promise.reject(lost())
      this.passing.set(id, command)
    } else {
      this.outbox.add(command, this.world.now())
    }
    const answer = new Promise<Ok>((resolve, reject) => this.waiting.set(id, { resolve, reject }))
    this.pump()
    return answer
  }

  /** Says what is of no use later and whose answer nobody needs. */
  hint<T extends CommandType>(type: T, fields: Commands[T]): void {
    this.command(type, fields).catch(() => {})
  }

  private connect(): void {
    this.cancelRetry()
    this.setStanding({ state: 'connecting', tries: this.tries })
    const link: Link = new Link(this.o.url, this.world, {
      hello: () => this.hello(),
      frame: (f) => { if (link === this.link) this.take(f) },
      closed: (code, reason) => { if (link === this.link) this.lostLink(code, reason) },
    })
    this.link = link
  }

  private async hello(): Promise<object> {
    const token = await this.o.token()
    return {
      type: 'hello', token, client: { name: this.o.name ?? 'parley-client', version: this.o.version ?? '1' },
      ...(this.epoch !== '' && { resume: { epoch: this.epoch, seq: this.seq } }),
      ...(this.o.alerting === false && { alerting: false }),
    }
  }

  private lostLink(code: number, reason: string): void {
    this.link = undefined
    if (!this.started) return
    if (this.heir) { // goodbye came before: the other link becomes this one
      this.adopt()
      return
    }
    this.inFlight.clear()
    for (const [id] of this.passing) this.settle(id, (w) => w.reject(lost()))
    this.passing.clear()
    if (isFinal(code)) {
      this.setStanding({ state: 'stopped', code, reason })
      return
    }
    const wait = backOff(this.tries++, code, this.world.random())
    this.setStanding({ state: 'waiting', tries: this.tries, until: this.world.now() + wait, code })
    this.cancelRetry = this.world.after(wait, () => this.connect())
  }

  private take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'ping':
        this.link?.send({ type: 'pong', seq: this.seq })
        return
      case 'ok':
      case 'error':
        this.answer(frame)
        return
      case 'welcome':
        this.greeted(frame)
        break
      case 'resync':
        this.epoch = frame.epoch
        break
      case 'snapshot':
        this.seq = frame.seq
        break
      case 'goodbye':
        this.takeBack.push(this.world.after(frame.reconnect_after_s * 1000, () => this.moveHouse(frame.address)))
        break
      case 'token_expiring':
        void this.refresh()
        break
      default:
        if (!this.isNews(frame)) return
    }
    this.frames.forEach((f) => f(frame))
    if (frame.type === 'message' || frame.type === 'snapshot') this.acknowledge()
  }

  /** Says soon how far the stream was handled: that is what the other side's receipts come from. */
  private acknowledge(): void {
    if (this.acknowledging) return
    this.acknowledging = true
    this.world.after(acknowledgeMs, () => {
      this.acknowledging = false
      this.behind = !this.link?.welcomed
      if (!this.behind) this.link?.send({ type: 'pong', seq: this.seq })
    })
  }

  /** Drops what was there before, and notices what is missing. */
  private isNews(frame: { seq?: number; at?: string }): boolean {
    if (frame.seq === undefined || frame.at === undefined) return true // ephemeral
    if (frame.seq <= this.seq) return false
    if (frame.seq > this.seq + 1) {
      this.link?.end(1006, `event ${this.seq + 1} is missing`)
      return false
    }
    this.seq = frame.seq
    return true
  }

  private greeted(welcome: Welcome): void {
    this.tries = 0
    this.welcome = welcome
    this.epoch = welcome.epoch
    if (!welcome.resumed) this.seq = welcome.seq
    this.clock.set(welcome.server_time)
    this.inFlight.clear()
    this.setStanding({ state: 'live' })
    if (this.behind) this.acknowledge()
    this.pump()
  }

  /** Sends what may go: a chat's messages one after the other, so that none overtakes. */
  private pump(): void {
    if (this.standing.state !== 'live' || !this.link?.welcomed) return
    const busy = new Set<string>()
    for (const command of [...this.passing.values(), ...this.outbox.all()]) {
      const lane = command.type === 'send' ? command.chat : undefined
      const behind = lane !== undefined && busy.has(lane)
      if (lane !== undefined) busy.add(lane)
      if (behind || this.inFlight.has(command.id) || this.held.has(command.id)) continue
      if (this.inFlight.size >= mostInFlight) return
      this.inFlight.add(command.id)
      this.link.send(command)
    }
  }

  private answer(frame: Ok | ErrorFrame): void {
    const id = frame.re
    if (id === undefined) return
    this.inFlight.delete(id)
    if (frame.type === 'error' && this.triedAgain(id, frame)) return
    this.passing.delete(id)
    this.outbox.answered(id)
    this.retries.delete(id)
    this.settle(id, (w) => (frame.type === 'ok' ? w.resolve(frame) : w.reject(new Refusal(frame))))
    this.frames.forEach((f) => f(frame))
    this.pump()
  }

  /** A refusal for want of room is no outcome: the same command may be sent again. */
  private triedAgain(id: string, frame: ErrorFrame): boolean {
    const tries = (this.retries.get(id) ?? 0) + 1
    if ((frame.code !== 'rate_limited' && frame.code !== 'overloaded') || tries > mostRetries || this.passing.has(id)) return false
    this.retries.set(id, tries)
    this.held.add(id)
    this.world.after((frame.retry_after_s ?? tries) * 1000, () => {
      this.held.delete(id)
      this.pump()
    })
    return true
  }

  private settle(id: string, how: (w: Waiting) => void): void {
    const w = this.waiting.get(id)
    this.waiting.delete(id)
    if (w) how(w)
  }

  private async refresh(): Promise<void> {
    try {
      await this.command('refresh', { token: await this.o.token() })
    } catch {
      // The server closes with 4005 in the end, and the next hello brings a token.
    }
  }

  /** Opens a second connection beside the one that is about to end. */
  private moveHouse(address?: string): void {
    if (!this.started || this.heir || !this.link) return
    const url = address && /^wss?:\/\//.test(address) ? address : this.o.url
    const heir: Link = new Link(url, this.world, {
      hello: () => this.hello(),
      frame: (f) => this.hearHeir(heir, f),
      closed: (code, reason) => {
        if (heir === this.link) this.lostLink(code, reason)
        else if (heir === this.heir) this.heir = undefined
      },
    })
    this.heir = heir
  }

  private hearHeir(heir: Link, frame: ServerFrame): void {
    if (heir === this.heir && frame.type === 'welcome') {
      const old = this.link
      this.adopt()
      old?.end(1000, 'moved')
    }
    if (heir === this.link) this.take(frame)
  }

  private adopt(): void {
    this.link = this.heir
    this.heir = undefined
  }

  private setStanding(s: Standing): void {
    this.standing = s
    this.standings.forEach((f) => f(s))
  }
}

function lost(): Refusal {
  return new Refusal({ code: 'lost', message: 'there is no connection' })
}
