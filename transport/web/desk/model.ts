import {
  Client, deskAfter, fileFlaw, inOrder, merge, noDesk, put, randomId, Refusal, Store, upload, withAsked, withDirectsRead, withOlder, withoutSettled,
  type Asked, type Command, type Commands, type CommandType, type DeskState, type DeskView, type Message, type Ok, type Standing,
} from '../shared/index.ts'
import { socketUrl, tabStore } from '../ui/session.ts'
import { kept, Keeper, withKept } from './keep.ts'
import { Ringer } from './ring.ts'
import { refusals } from './reasons.ts'
import { reasonText, t } from './words.ts'

/** Which dialog is open, and for what. */
export type Opened =
  | { kind: 'transfer' | 'invite' | 'consult' | 'template' | 'assist' | 'end' | 'details' | 'earlier' | 'settled'; chat: string }
  | { kind: 'keys' | 'direct' | 'presence' | 'offline' }

export interface Toast { key: string; text: string; tone: 'bad' | 'warn' }

/** What only this window knows. */
export interface Local {
  readonly selected?: string
  readonly dialog?: Opened
  readonly drafts: ReadonlyMap<string, string>
  readonly aside: ReadonlySet<string> // chats where one writes to agents only
  readonly later: ReadonlySet<string> // chats whose wrap-up was put off
  readonly rejecting?: string // the offer for which a reason is being given
  readonly uploading: readonly { key: string; chat: string; name: string }[]
  readonly toasts: readonly Toast[]
  readonly unanswered: number // rises whenever what is unanswered changes
}

export interface Me { token: () => Promise<string>; principal: string; name: string }

/** Everything that the desk knows and does. */
export class Model {
  readonly desk = new Store<DeskState>(noDesk)
  readonly local: Store<Local>
  readonly standing: Store<Standing>
  readonly client: Client
  readonly ringer: Ringer
  readonly me: Me
  private readonly keeper: Keeper
  private before: ReturnType<Keeper['load']>
  private lastToken = ''
  private readonly reaching = new Set<string>() // chats whose older messages are on their way
  private readonly typingTimers = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(me: Me, name = 'parley-desk') {
    this.me = me
    this.keeper = new Keeper(`${name}.${me.principal}`, () => kept(this.desk.get(), this.local.get()))
    const before = this.before = this.keeper.load()
    this.local = new Store<Local>({ ...(before?.selected && { selected: before.selected }), drafts: new Map(before?.drafts), aside: new Set(before?.aside),
      later: new Set(before?.later), uploading: [], toasts: [], unanswered: 0 })
    this.client = new Client({
      url: socketUrl, principal: `agent.${me.principal}`, name,
      token: async () => (this.lastToken = await me.token()),
      ...(tabStore() && { keep: tabStore() as Storage }),
    })
    this.standing = new Store<Standing>(this.client.standing)
    this.ringer = new Ringer(me.principal)
    this.client.onStanding((s) => this.standing.set(s))
    this.client.onFrame((f) => {
      this.desk.update((s) => deskAfter(s, f))
      if (f.type === 'snapshot') this.recall()
      if (f.type === 'typing' && f.on) this.forgetTyping(f.chat, f.by)
      if (f.type === 'ok' || f.type === 'error' || f.type === 'welcome') this.touched()
      if (f.type === 'offer_ended') this.tellGone()
      if (f.type === 'assigned' && !this.local.get().selected) this.select(f.chat.chat)
      this.keepSelection()
      this.keepDialog()
    })
    this.desk.watch(() => this.ringer.ring([...this.desk.get().offers.values()]))
    this.desk.watch(this.keeper.touch)
    this.local.watch(this.keeper.touch)
    this.client.start()
  }

  /** What this window knew before it was loaded again goes back into the first picture of all. */
  private recall(): void {
    const { before } = this
    this.before = undefined
    if (!before) return
    this.desk.update((s) => withKept(s, before))
    const shown = this.local.get().selected
    const c = shown && this.desk.get().chats.get(shown)
    if (!c) return
    if (c.phase === 'active' && c.focus === 'held') this.client.hint('focus', { chat: c.chat })
    this.client.hint('opened', { chat: c.chat, on: true })
  }

  token = async (): Promise<string> => this.lastToken

  stop(): void {
    this.client.stop()
    this.keeper.forget()
    this.ringer.stop()
  }

  /** Orders something, and shows why when it is refused. */
  async do<T extends CommandType>(type: T, fields: Commands[T]): Promise<Ok | undefined> {
    try {
      const answer = this.client.command(type, fields)
      this.touched()
      return await answer
    } catch (e) {
      if (e instanceof Refusal && e.code === 'live_chats') this.open({ kind: 'offline' })
      else this.toast(t('failed', { why: e instanceof Refusal ? excuse(e) : String(e) }), 'bad')
      return undefined
    }
  }

  /** Shows a chat here: it is connected, the others are held. */
  select(chat: string | undefined): void {
    const before = this.local.get().selected
    if (before === chat) return
    this.local.update(({ selected: _, ...l }) => ({ ...l, ...(chat !== undefined && { selected: chat }) }))
    if (before && this.desk.get().chats.has(before)) this.client.hint('opened', { chat: before, on: false })
    if (chat === undefined) return
    if (this.desk.get().chats.get(chat)?.phase === 'active') this.client.hint('focus', { chat })
    this.client.hint('opened', { chat, on: true })
  }

  /** The chat before or after the one on the screen. */
  step(by: 1 | -1): void {
    const all = inOrder(this.desk.get())
    if (all.length === 0) return
    const i = all.findIndex((c) => c.chat === this.local.get().selected)
    this.select(all[(i + by + all.length) % all.length]?.chat)
  }

  open(dialog: Opened | undefined): void {
    this.local.update(({ dialog: _, ...l }) => ({ ...l, ...(dialog && { dialog }) }))
  }

  draft(chat: string, text: string): void {
    this.local.update((l) => ({ ...l, drafts: put(l.drafts, chat, text || undefined) }))
  }

  toggleAside(chat: string): void {
    this.local.update((l) => ({ ...l, aside: toggled(l.aside, chat) }))
  }

  putOff(chat: string, off: boolean): void {
    this.local.update((l) => ({ ...l, later: l.later.has(chat) === off ? l.later : toggled(l.later, chat) }))
  }

  async send(c: DeskView, text: string): Promise<void> {
    const to = this.local.get().aside.has(c.chat) || this.mode(c) !== 'talk' ? 'agents' : 'all'
    this.draft(c.chat, '')
    const ok = await this.do('send', { chat: c.chat, text, to })
    if (!ok) {
      if (!this.local.get().drafts.get(c.chat)) this.draft(c.chat, text) // nothing that was written is lost
      return
    }
    if (ok.message_seq !== undefined) this.said(c.chat, text, to, ok.message_seq)
  }

  /** Asks why an offer is to be rejected; undefined for no longer. */
  askWhy(offer: string | undefined): void {
    this.local.update(({ rejecting: _, ...l }) => ({ ...l, ...(offer !== undefined && { rejecting: offer }) }))
  }

  async reject(offer: string, reason = ''): Promise<void> {
    if (this.local.get().rejecting === offer) this.askWhy(undefined)
    await this.do('reject', { offer, ...(reason && { reason }) })
  }

  /** Puts a wrap-up right that the clock had filed, as long as the server lets it. */
  async putRight(chat: string, code: string, notes: string): Promise<boolean> {
    const ok = await this.do('wrapup', { chat, code, ...(notes && { notes }) })
    if (ok?.already) this.toast(t('settledLate'), 'warn')
    if (ok) this.forgetSettled(chat)
    return ok !== undefined
  }

  forgetSettled(...chats: string[]): void {
    this.desk.update((s) => withoutSettled(s, ...chats))
  }

  /** How this agent takes part in a chat. */
  mode(c: DeskView): 'talk' | 'whisper' | 'monitor' | 'consult' {
    return c.participants.find((p) => p.participant === this.desk.get().me)?.mode ?? 'talk'
  }

  async attach({ chat, channel }: DeskView, file: File): Promise<void> {
    const flaw = fileFlaw(file, this.client.limits?.attachments?.[channel])
    if (flaw) return this.toast(`${file.name}: ${refusals(`file_${flaw}`)}`, 'bad')
    const key = randomId()
    this.local.update((l) => ({ ...l, uploading: [...l.uploading, { key, chat, name: file.name }] }))
    try {
      const a = await upload(this.lastToken, chat, file)
      await this.do('send', { chat, attachment: { id: a.id } })
    } catch (e) {
      this.toast(`${file.name}: ${e instanceof Error ? e.message : ''}`, 'bad')
    }
    this.local.update((l) => ({ ...l, uploading: l.uploading.filter((u) => u.key !== key) }))
  }

  /** Asks somebody else in, and remembers it until he has answered. */
  async ask(chat: string, kind: Asked['kind'], name: string, order: () => Promise<Ok | undefined>): Promise<boolean> {
    const ok = await order()
    const id = kind === 'transfer' ? ok?.transfer : ok?.offer
    if (ok && id) {
      const asked = this.desk.get().chats.get(chat)?.asked ?? []
      this.desk.update((s) => withAsked(s, chat, [...asked.filter((a) => a.id !== id), { kind, id, name, by: this.desk.get().me }]))
    }
    return ok !== undefined
  }

  async takeBack(a: Asked): Promise<void> {
    if (a.kind === 'transfer') await this.do('cancel_transfer', { transfer: a.id })
    else await this.do('cancel_invite', { offer: a.id })
  }

  async older(c: DeskView): Promise<void> {
    const first = c.messages[0]?.message_seq
    if (!c.more || first === undefined || this.standing.get().state !== 'live' || this.reaching.has(c.chat)) return
    this.reaching.add(c.chat)
    const page = (await this.client.command('history', { chat: c.chat, before: first, limit: 100 }).finally(() => this.reaching.delete(c.chat))).page
    if (page) this.desk.update((s) => withOlder(s, c.chat, { messages: [...page.messages], more: page.more }))
  }

  directsRead(): void {
    this.desk.update(withDirectsRead)
  }

  /** What was written and is not answered yet. */
  pending(chat: string): { id: string; text: string; to: 'all' | 'agents' }[] {
    if (this.standing.get().state === 'live') return []
    return this.client.outbox.all()
      .filter((x): x is Extract<Command, { type: 'send' }> => x.type === 'send' && x.chat === chat && x.text !== undefined)
      .map((x) => ({ id: x.id, text: x.text ?? '', to: x.to ?? 'all' }))
  }

  toast(text: string, tone: Toast['tone']): void {
    const key = randomId()
    this.local.update((l) => ({ ...l, toasts: [...l.toasts, { key, text, tone }].slice(-4) }))
    setTimeout(() => this.untoast(key), tone === 'bad' ? 30_000 : 12_000)
  }

  untoast(key: string): void {
    this.local.update((l) => ({ ...l, toasts: l.toasts.filter((x) => x.key !== key) }))
  }

  private said(chat: string, text: string, to: 'all' | 'agents', seq: number): void {
    this.desk.update((s) => {
      const c = s.chats.get(chat)
      if (!c || c.messages.some((m) => m.message_seq === seq)) return s
      const m: Message = { message_seq: seq, text, to, sent_at: new Date(this.client.clock.ms()).toISOString(),
        author: { kind: 'agent', id: s.me, name: this.me.name, initials: '' } }
      return { ...s, chats: put(s.chats, chat, { ...c, messages: merge(c.messages, [m]), message_seq: Math.max(seq, c.message_seq) }) }
    })
  }

  private tellGone(): void {
    const gone = this.desk.get().gone
    if (!gone) return
    const name = gone.offer.customer.name
    const known = ['accepted_elsewhere', 'rona', 'customer_gone', 'cancelled'].includes(gone.reason)
    this.toast(t(`gone_${known ? gone.reason : 'other'}` as 'gone_other', { name }), 'warn')
    this.desk.update(({ gone: _, ...s }) => s)
  }

  /** A chat that was taken off cannot stay on the screen. */
  private keepSelection(): void {
    const s = this.desk.get()
    const selected = this.local.get().selected
    if (!s.ready) return
    if (selected && !s.chats.has(selected)) this.local.update(({ selected: _, ...l }) => l)
    if (!this.local.get().selected && s.chats.size > 0 && matchMedia('(min-width: 760px)').matches) {
      const first = inOrder(s)
      this.select((first.find((c) => c.focus === 'connected') ?? first[0])?.chat)
    }
  }

  /** Nor a dialog about what is gone: it would hide all else and show nothing. */
  private keepDialog(): void {
    const { dialog } = this.local.get()
    const s = this.desk.get()
    if (!s.ready || !dialog || !('chat' in dialog)) return
    if (!(dialog.kind === 'settled' ? s.settled : s.chats).has(dialog.chat)) this.open(undefined)
  }

  private touched(): void {
    this.local.update((l) => ({ ...l, unanswered: l.unanswered + 1 }))
  }

  /** Nobody types for ever: the word that he has stopped may be lost. */
  private forgetTyping(chat: string, by: string): void {
    const key = `${chat} ${by}`
    clearTimeout(this.typingTimers.get(key))
    this.typingTimers.set(key, setTimeout(() => this.desk.update((s) => deskAfter(s, { type: 'typing', chat, by, on: false })), 8000))
  }
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(key)) next.add(key)
  return next
}

function excuse(e: Refusal): string {
  const reason = e.detail['reason']
  if (typeof reason === 'string') return reasonText(reason)
  return refusals.has(e.code) ? refusals(e.code) : e.message
}
