import type { JSX } from 'preact'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { isNotice, lineKey, weave, type CustomerView, type Line, type Message, type Notice } from '../shared/index.ts'
import { Composer } from '../ui/composer.tsx'
import { Icon } from '../ui/icons.tsx'
import { Lines } from '../ui/lines.tsx'
import { Bubble, receipt } from '../ui/message.tsx'
import { Announcer, Button, Field } from '../ui/parts.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import { span } from '../ui/words.ts'
import type { Failed, Model } from './model.ts'
import { tellParent } from './parent.ts'
import { t } from './words.ts'

/** A line of the page: of the transcript, on its way, or failed. */
type Row = Line | { pending: string; text: string } | { failed: Failed } | { uploading: string; name: string }

function keyOf(r: Row): string {
  if ('pending' in r) return `p${r.pending}`
  if ('failed' in r) return `f${r.failed.key}`
  if ('uploading' in r) return `u${r.uploading}`
  return lineKey(r)
}

export function ChatView({ model, chat }: { model: Model; chat: CustomerView }): JSX.Element {
  const local = useStore(model.local, (l) => l)
  const [text, setText] = useState('')
  const over = chat.phase === 'ended' || chat.phase === 'closed'
  const limit = model.client.limits?.text?.[chat.channel] ?? Object.values(model.client.limits?.text ?? {})[0]
  const files = model.fileLimit(chat.channel)
  useReading(model, chat)
  const lines = useMemo(() => weave(chat.messages, chat.notices), [chat.messages, chat.notices])
  const tail: Row[] = [
    ...model.pending(chat).map((p) => ({ pending: p.id, text: p.text })),
    ...local.failed.filter((f) => f.chat === chat.chat).map((failed) => ({ failed })),
    ...local.uploading.filter((u) => u.chat === chat.chat).map((u) => ({ uploading: u.key, name: u.name })),
  ]
  const rows = useMemo((): readonly Row[] => (tail.length > 0 ? [...lines, ...tail] : lines), [lines, tail.map(keyOf).join()])
  const draw = useCallback((r: Row, before: Row | undefined) => <RowView row={r} before={before} chat={chat} model={model} onAgain={setText} />,
    [model, chat.chat, chat.delivered, readByAgent(chat), chat.agents, chat.end_reason])
  const agent = chat.agents[0]?.name ?? t('somebody')
  const last = chat.messages.at(-1)
  return (
    <div class="widget-fill">
      {chat.phase === 'queued' && <Waiting chat={chat} />}
      <Lines key={chat.chat} of={chat.chat} items={rows} keyOf={keyOf} label={t('conversation')} newerLabel={t('newer')} onStart={() => { void model.older(chat).catch(() => {}) }}
        draw={draw} />
      <div class="typing">{chat.typing && <><span class="dots" aria-hidden="true"><i /><i /><i /></span>{t('typing', { name: agent })}</>}</div>
      <Announcer text={last && last.author.kind !== 'customer' ? [last.author.name, lineText(last)].filter(Boolean).join(': ') : ''} />
      {!over && chat.idle && <Idle model={model} chat={chat} />}
      {!over && chat.asked && <div class="note" role="alert"><span>{t('asked', { name: chat.asked })}</span>
        <Button label={t('yes')} small onPress={() => model.answerEnd(chat.chat, true)} />
        <Button label={t('no')} small onPress={() => model.answerEnd(chat.chat, false)} /></div>}
      {over ? <Over model={model} chat={chat} /> : (
        <Composer id="message" text={text} onText={setText} disabled={chat.phase === 'interrupted'} autofocus
          {...(limit && { limit: { max_chars: limit.max_chars } })}
          onSend={(v) => { model.send(chat.chat, v); setText('') }} onTyping={(on) => model.client.hint('typing', { chat: chat.chat, on })}
          {...(files && { accept: files.media_types, onFiles: (all: File[]) => all.forEach((f) => { void model.attach(chat, f) }) })}
          words={{ label: t('message'), placeholder: t('placeholder'), send: t('send'), attach: t('attach'), left: t('leftChars'), over: t('over'), reserved: t('reserved'), hint: t('enter') }} />
      )}
    </div>
  )
}

/** What is seen is read; what is not seen is counted for the site around. */
function useReading(model: Model, chat: CustomerView): void {
  const live = useStore(model.standing, (s) => s.state === 'live')
  const [seen, setSeen] = useState(document.visibilityState === 'visible')
  useEffect(() => {
    const look = (): void => setSeen(document.visibilityState === 'visible')
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  const read = chat.read?.customer ?? 0
  const unread = chat.messages.filter((m) => m.message_seq > read && m.author.kind !== 'customer').length
  useEffect(() => {
    tellParent({ type: 'parley:unread', count: unread })
    if (live && seen && unread > 0 && chat.phase !== 'closed') model.client.hint('read', { chat: chat.chat, upto: chat.message_seq })
  }, [live, seen, unread, chat.message_seq])
}

interface RowProps { row: Row; before: Row | undefined; chat: CustomerView; model: Model; onAgain: (text: string) => void }

function RowView({ row, before, chat, model, onAgain }: RowProps): JSX.Element {
  const now = new Date(model.client.clock.ms()).toISOString()
  const me = { kind: 'customer', name: '', initials: '' } as const
  if ('pending' in row) {
    return <Bubble message={{ text: row.text, author: me, sent_at: now, to: 'all' }} mine first lang={t.lang} token={model.token} fileLabel={t('file')}
      fate={{ icon: 'clock', label: t('pending') }} />
  }
  if ('failed' in row) {
    const again = (): void => { model.forget(row.failed.key); onAgain(row.failed.text) }
    return <div class="failed-row"><Bubble message={{ text: row.failed.text || row.failed.why, author: me, sent_at: now, to: 'all' }} mine first lang={t.lang}
      token={model.token} fileLabel={t('file')} fate={{ icon: 'warning', label: row.failed.why, bad: true }} />
      <Button label={t('close')} icon="close" bare small kind="quiet" onPress={again} /></div>
  }
  if ('uploading' in row) return <div class="notice"><span role="status">{t('uploading', { name: row.name })}</span></div>
  if (isNotice(row)) return <div class="notice"><span>{noticeText(row, chat)}</span></div>
  if (row.author.kind === 'system') return <div class="notice"><span>{lineText(row)}</span></div>
  const mine = row.author.kind === 'customer'
  const same = before && !('pending' in before) && !('failed' in before) && !('uploading' in before) && !isNotice(before) &&
    before.author.kind === row.author.kind && before.author.name === row.author.name
  const fate = mine ? receipt(row.message_seq, chat.delivered, readByAgent(chat), { sent: t('sent'), delivered: t('delivered'), read: t('read') }) : undefined
  return <Bubble message={row} mine={mine} first={!same} lang={t.lang} token={model.token} fileLabel={t('file')} {...(!mine && { who: row.author.name })} {...(fate && { fate })} />
}

/** How far the agent has read: who answers has read what came before. */
function readByAgent(chat: CustomerView): number {
  const answer = chat.messages.findLast((m) => m.author.kind === 'agent')?.message_seq ?? 0
  return Math.max(chat.read?.agent ?? 0, answer)
}

/** What a line says; the system's own in the customer's language. */
function lineText(m: Message): string {
  return m.joined ? t('joined', { name: m.joined }) : m.text ?? m.attachment?.name ?? ''
}

function noticeText(n: Notice, chat: CustomerView): string {
  const name = n.name ?? ''
  switch (n.kind) {
    case 'joined': return t('joined', { name })
    case 'owner': return t('changed', { name })
    case 'left': return t('left', { name })
    case 'away': return t('away', { name })
    case 'back': return t('back', { name })
    case 'queued': return t('queuedAgain')
    case 'interrupted': return t('interrupted')
    default: return endText(chat)
  }
}

function endText(c: CustomerView): string {
  switch (c.end_reason) {
    case 'agent': return c.agents[0] ? t('endedAgent', { name: c.agents[0].name }) : t('ended')
    case 'customer_idle': return t('endedIdle')
    case 'max_wait': case 'transfer_failed': return t('endedWait')
    case 'queue_refused': case 'source_removed': return t('endedClosed')
    default: return t('ended')
  }
}

function Waiting({ chat }: { chat: CustomerView }): JSX.Element {
  const w = chat.wait_s
  const minutes = (s: number): number => Math.max(1, Math.ceil(s / 60))
  const estimate = !w ? '' : minutes(w.low) === minutes(w.high) ? t('waitShort', { b: minutes(w.high) }) : t('wait', { a: minutes(w.low), b: minutes(w.high) })
  return (
    <div class="waiting" role="status">
      <span class="waiting-ring" aria-hidden="true"><Icon name="clock" size={20} /></span>
      <div>
        <strong>{chat.position === undefined ? t('waiting') : chat.position === 1 ? t('next') : t('place', { n: chat.position })}</strong>
        <p class="muted small">{estimate || chat.queue?.name}</p>
      </div>
    </div>
  )
}

function Idle({ model, chat }: { model: Model; chat: CustomerView }): JSX.Element {
  useSeconds()
  const ends = chat.idle?.closes_at
  return (
    <div class="note warn" role="alert">
      <span>{ends ? t('idleUntil', { t: span(model.client.clock.until(ends)) }) : t('idle')}</span>
      <Button label={t('here')} small onPress={() => model.send(chat.chat, t('here'))} />
    </div>
  )
}

function Over({ model, chat }: { model: Model; chat: CustomerView }): JSX.Element {
  const rated = useStore(model.local, (l) => l.rated.get(chat.chat))
  const served = chat.messages.some((m) => m.author.kind === 'agent') || chat.notices.some((n) => n.kind === 'joined')
  return (
    <div class="over">
      <strong>{endText(chat)}</strong>
      {served && (rated ? <p role="status">{t('thanks')}</p> : <Rating model={model} chat={chat.chat} />)}
      <Button label={t('again')} kind={served && !rated ? 'quiet' : 'primary'} onPress={() => model.done(chat.chat)} />
    </div>
  )
}

function Rating({ model, chat }: { model: Model; chat: string }): JSX.Element {
  const [score, setScore] = useState(0)
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState<string>()
  return (
    <form class="rating" onSubmit={(e) => { e.preventDefault(); void model.rate(chat, score, text).then(setWrong) }}>
      <fieldset>
        <legend>{t('rate')}</legend>
        {[1, 2, 3, 4, 5].map((n) => (
          <label key={n} class={n <= score ? 'star on' : 'star'}>
            <input type="radio" name="score" class="unseen" checked={score === n} onChange={() => setScore(n)} />
            <Icon name="star" size={28} fill={n <= score} /><span class="unseen">{t('stars', { n })}</span>
          </label>
        ))}
      </fieldset>
      {score > 0 && <Field id="comment" label={t('comment')} value={text} onValue={setText} rows={2} maxLength={1000} />}
      {wrong && <p class="note bad" role="alert">{wrong}</p>}
      {score > 0 && <button type="submit" class="button primary">{t('submit')}</button>}
    </form>
  )
}
