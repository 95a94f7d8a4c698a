import { Model as Desk, type Me } from '../desk/model.ts'
import {
  alertKey, noWall, put, Store, wallAfter, type Alert, type Commands, type CommandType, type Ok, type WallState,
} from '../shared/index.ts'
import { reasonText } from '../desk/words.ts'
import { remember, remembered } from '../ui/session.ts'
import { Day } from './day.ts'
import { dayReport } from './past.ts'
import { Samples } from './samples.ts'
import { t } from './words.ts'

/** What a dialog is about. */
export type Opened =
  | { kind: 'queue' | 'broadcast'; queue: string }
  | { kind: 'agent'; agent: string }
  | { kind: 'chat' | 'assign' | 'requeue' | 'force_end' | 'explain'; chat: string }
  | { kind: 'keys' | 'past' | 'alerts' | 'today' }
  | { kind: 'replay'; chat: string }

export interface Local {
  readonly dialog?: Opened
  readonly filter: string
  readonly waitingOnly: boolean
  /** Alerts that were acknowledged in this browser, with when they began. */
  readonly seen: ReadonlyMap<string, string>
}

const kept = 'parley.wall.seen'
const mostNames = 2000
const badScore = 2 // of five

/** Everything that the wall knows and does. Its chats are those of the desk that it has. */
export class Model {
  readonly wall = new Store<WallState>(noWall)
  readonly local: Store<Local>
  readonly desk: Desk
  readonly samples = new Samples()
  readonly day: Day
  private readonly names = new Map<string, string>() // of customers, by chat
  private readonly timer: ReturnType<typeof setInterval>

  constructor(me: Me) {
    this.local = new Store<Local>({ filter: '', waitingOnly: false, seen: new Map(recall()) })
    this.desk = new Desk(me, 'parley-wall')
    this.day = new Day(async (from) => dayReport(await this.desk.token(), from))
    this.desk.client.onFrame((f) => {
      this.wall.update((s) => wallAfter(s, f))
      if (f.type === 'counters' || f.type === 'snapshot') this.remember()
      if (f.type === 'snapshot') void this.day.load()
      if (f.type === 'rated') this.tellRating(f.chat, f.rating)
      if (f.type === 'welcome') this.desk.client.hint('watch', { queues: true, agents: true, chats: true })
      if (f.type === 'left' && f.participant === this.wall.get().me) this.takeOff(f.chat)
    })
    this.timer = setInterval(() => this.samples.take(this.wall.get(), Date.now()), 2000)
  }

  stop(): void {
    clearInterval(this.timer)
    this.day.stop()
    this.desk.stop()
  }

  do<T extends CommandType>(type: T, fields: Commands[T]): Promise<Ok | undefined> {
    return this.desk.do(type, fields)
  }

  open(dialog: Opened | undefined): void {
    this.local.update(({ dialog: _, ...l }) => ({ ...l, ...(dialog && { dialog }) }))
  }

  /** Whose chat it is or was: one that is on no board any more may still be owed a wrap-up. */
  nameOf(chat: string): string {
    return this.names.get(chat) ?? `${t('chat')} …${chat.slice(-6)}`
  }

  /** A reason for a presence, as the operator has named it, or in words of this page. */
  reasonOf(code: string): string {
    return this.desk.desk.get().reasons.find((r) => r.code === code)?.name ?? reasonText(code)
  }

  /** Looks into a chat in one of the ways that a supervisor has. */
  async enter(how: 'monitor' | 'whisper' | 'barge' | 'take_over', chat: string): Promise<void> {
    if (await this.do(how, { chat })) {
      this.open(undefined)
      this.desk.select(chat)
    }
  }

  async leave(chat: string): Promise<void> {
    if (await this.do('unmonitor', { chat })) this.takeOff(chat)
  }

  acknowledge(alert: Alert): void {
    this.local.update((l) => ({ ...l, seen: put(l.seen, alertKey(alert), alert.since) }))
    remember(kept, JSON.stringify([...this.local.get().seen].slice(-200)))
  }

  /** Somebody should look at a bad rating soon; the others stand on the board and in their chats. */
  private tellRating(chat: string, { score, text }: { score: number; text?: string }): void {
    if (score <= badScore) this.desk.toast(`${t('ratedBadly', { name: this.nameOf(chat), n: score })}${text ? `: ${text}` : ''}`, 'warn')
  }

  private remember(): void {
    for (const c of this.wall.get().chats) this.names.set(c.chat, c.customer.name)
    for (const id of this.names.keys()) {
      if (this.names.size <= mostNames) break
      this.names.delete(id)
    }
  }

  /** Whom it watched only, it shows no more; who served a chat still files it. */
  private takeOff(chat: string): void {
    this.desk.desk.update((s) => {
      const c = s.chats.get(chat)
      return !c || c.owner === s.me || s.wrapups.has(chat) ? s : { ...s, chats: put(s.chats, chat, undefined) }
    })
    const { selected } = this.desk.local.get()
    if (selected && !this.desk.desk.get().chats.has(selected)) this.desk.select(undefined)
  }
}

function recall(): [string, string][] {
  try {
    return JSON.parse(remembered(kept) ?? '[]') as [string, string][]
  } catch {
    return []
  }
}

/** Alerts that nobody here has acknowledged, or that began again since. */
export function fresh(s: WallState, seen: ReadonlyMap<string, string>): Alert[] {
  return [...s.alerts.values()].filter((a) => seen.get(alertKey(a)) !== a.since)
}
