import {
  answered, Client, customerAfter, fileFlaw, merge, noCustomer, put, randomId, Refusal, Store, upload, withHistory,
  type AttachmentLimit, type Command, type CustomerState, type CustomerView, type Message, type Standing,
} from '../shared/index.ts'
import { devToken, isDev, remember, remembered, socketUrl, tabStore, tokenOfFragment } from '../ui/session.ts'
import { load, save, withKept } from './keep.ts'
import { tokenOfParent } from './parent.ts'
import { excuse, t } from './words.ts'

/** A message of this page that did not go through. */
export interface Failed { key: string; chat: string; text: string; why: string }

interface Local {
  readonly failed: readonly Failed[]
  readonly uploading: readonly { key: string; chat: string; name: string }[]
  readonly left: ReadonlySet<string> // chats that the customer is done with
  readonly rated: ReadonlyMap<string, number>
  readonly pending: number // rises whenever what is unanswered changes
}

/** Everything that the page knows and does. */
export class Model {
  readonly chats = new Store<CustomerState>(noCustomer)
  readonly standing: Store<Standing>
  readonly local: Store<Local>
  readonly client: Client
  readonly source: string
  private readonly queue: string | undefined
  private lastToken = ''
  private reaching = false // for older messages
  private typingTimer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    const query = new URLSearchParams(location.search)
    this.source = query.get('source') ?? 'web'
    this.queue = query.get('queue') ?? undefined
    const me = remembered('parley.customer') ?? `guest-${randomId().slice(0, 16)}`
    remember('parley.customer', me)
    let before = load(me)
    this.local = new Store<Local>({ failed: [], uploading: [], left: new Set(before?.left), rated: new Map(before?.rated), pending: 0 })
    this.client = new Client({
      url: socketUrl, principal: `customer.${me}`, token: () => this.freshToken(me), name: 'parley-widget',
      ...(tabStore() && { keep: tabStore() as Storage }),
    })
    this.standing = new Store<Standing>(this.client.standing)
    this.client.onStanding((s) => this.standing.set(s))
    this.client.onFrame((f) => {
      this.chats.update((s) => {
        const after = customerAfter(s, f)
        return f.type === 'snapshot' && before ? withKept(after, before) : after
      })
      if (f.type === 'snapshot') before = undefined
      if (f.type === 'typing' && f.on) this.forgetTyping()
      if (f.type === 'ok' || f.type === 'error' || f.type === 'welcome') this.touched()
    })
    window.addEventListener('pagehide', () => save(me, this.chats.get(), this.local.get()))
    this.client.start()
  }

  /** A token that is good for what is done right now. */
  token = async (): Promise<string> => this.lastToken

  private async freshToken(me: string): Promise<string> {
    const given = tokenOfFragment()
    if (given) return (this.lastToken = given)
    this.lastToken = isDev ? await devToken({ role: 'customer', subject: me, name: remembered('parley.name') ?? '' }) : await tokenOfParent(t('noToken'))
    return this.lastToken
  }

  /** The chat on the screen: the newest that the customer is not done with. */
  current(s: CustomerState, l: Local): CustomerView | undefined {
    const open = [...s.chats.values()].filter((c) => !l.left.has(c.chat))
    return open.sort((a, b) => b.received_at.localeCompare(a.received_at))[0]
  }

  async begin(name: string, question: string): Promise<string | undefined> {
    remember('parley.name', name)
    try {
      const ok = await this.client.command('start', {
        source: this.source, ...(this.queue && { queue: this.queue }), ...(name && { name }),
        attributes: { language: navigator.language, ...(question.trim() && { question: question.trim().slice(0, 300) }) },
      })
      if (ok.chat && question.trim()) this.send(ok.chat, question)
      return undefined
    } catch (e) {
      return e instanceof Refusal ? excuse(e.code, e.message) : String(e)
    }
  }

  send(chat: string, text: string): void {
    const sent = this.client.command('send', { chat, text })
    this.touched()
    sent.then((ok) => this.chats.update((s) => said(s, chat, text, ok.message_seq, this.client.clock.ms())), (e: unknown) => {
      const why = e instanceof Refusal && e.code !== 'ended' ? e.message : t('failed')
      this.local.update((l) => ({ ...l, failed: [...l.failed, { key: randomId(), chat, text, why }] }))
    })
  }

  /** Takes a failed message off, to be written anew. */
  forget(key: string): void {
    this.local.update((l) => ({ ...l, failed: l.failed.filter((f) => f.key !== key) }))
  }

  async attach({ chat, channel }: CustomerView, file: File): Promise<void> {
    const key = randomId()
    const flaw = fileFlaw(file, this.fileLimit(channel))
    if (flaw) {
      const why = flaw === 'type' ? t('badType') : t('tooBig')
      this.local.update((l) => ({ ...l, failed: [...l.failed, { key, chat, text: '', why: t('uploadFailed', { name: file.name, why }) }] }))
      return
    }
    this.local.update((l) => ({ ...l, uploading: [...l.uploading, { key, chat, name: file.name }] }))
    try {
      const a = await upload(this.lastToken, chat, file)
      await this.client.command('send', { chat, attachment: { id: a.id } })
    } catch (e) {
      const code = e instanceof Refusal ? e.code : ''
      const why = code === 'too_long' ? t('tooBig') : code === 'bad_state' ? t('badType') : e instanceof Error ? e.message : ''
      this.local.update((l) => ({ ...l, failed: [...l.failed, { key, chat, text: '', why: t('uploadFailed', { name: file.name, why }) }] }))
    }
    this.local.update((l) => ({ ...l, uploading: l.uploading.filter((u) => u.key !== key) }))
  }

  /** What files the chat takes, undefined for none; a chat that has just begun has not said its channel yet. */
  fileLimit(channel: string): AttachmentLimit | undefined {
    const all = this.client.limits?.attachments ?? {}
    return channel === '' ? Object.values(all)[0] : all[channel]
  }

  async rate(chat: string, score: number, text: string): Promise<string | undefined> {
    try {
      await this.client.command('rate', { chat, score, ...(text.trim() && { text: text.trim() }) })
      this.local.update((l) => ({ ...l, rated: put(l.rated, chat, score) }))
      return undefined
    } catch (e) {
      return e instanceof Refusal ? excuse(e.code, e.message) : String(e)
    }
  }

  answerEnd(chat: string, yes: boolean): void {
    this.client.command(yes ? 'confirm_end' : 'decline_end', { chat }).catch(() => {})
    this.chats.update((s) => answered(s, chat))
  }

  end(chat: string): void {
    this.client.command('end', { chat }).catch(() => {})
  }

  done(chat: string): void {
    this.local.update((l) => ({ ...l, left: new Set(l.left).add(chat) }))
  }

  async older(c: CustomerView): Promise<void> {
    const first = c.messages[0]?.message_seq
    if (!c.more || first === undefined || this.reaching) return
    this.reaching = true
    const ok = await this.client.command('history', { chat: c.chat, before: first }).finally(() => { this.reaching = false })
    if (ok.page) this.chats.update((s) => withHistory(s, c.chat, ok.page as NonNullable<typeof ok.page>))
  }

  /** Messages that are on their way, and not shown as said yet. */
  pending(c: CustomerView): { id: string; text: string }[] {
    const texts = new Set(c.messages.slice(-10).filter((m) => m.author.kind === 'customer').map((m) => m.text))
    return this.client.outbox.all()
      .filter((x): x is Extract<Command, { type: 'send' }> => x.type === 'send' && x.chat === c.chat && x.text !== undefined)
      .filter((x, i) => i > 0 || !texts.has(x.text) || this.standing.get().state !== 'live')
      .map((x) => ({ id: x.id, text: x.text ?? '' }))
  }

  private touched(): void {
    this.local.update((l) => ({ ...l, pending: l.pending + 1 }))
  }

  /** Nobody types for ever: the word that he has stopped may be lost. */
  private forgetTyping(): void {
    clearTimeout(this.typingTimer)
    this.typingTimer = setTimeout(() => this.chats.update((s) => ({
      ...s, chats: new Map([...s.chats].map(([id, c]) => [id, c.typing ? { ...c, typing: false } : c])),
    })), 8000)
  }
}

/** A message of one's own, drawn as soon as the server has it. */
function said(s: CustomerState, chat: string, text: string, seq: number | undefined, now: number): CustomerState {
  const c = s.chats.get(chat)
  if (!c || seq === undefined || c.messages.some((m) => m.message_seq === seq)) return s
  const m: Message = { message_seq: seq, author: { kind: 'customer', id: 'customer', name: '', initials: '' }, text, to: 'all', sent_at: new Date(now).toISOString() }
  return { ...s, chats: put(s.chats, chat, { ...c, messages: merge(c.messages, [m]), message_seq: Math.max(c.message_seq, seq) }) }
}
