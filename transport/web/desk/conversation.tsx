import type { JSX } from 'preact'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { isNotice, lineKey, weave, type DeskView, type Line, type Notice } from '../shared/index.ts'
import { Composer } from '../ui/composer.tsx'
import { Icon } from '../ui/icons.tsx'
import { Lines } from '../ui/lines.tsx'
import { Bubble, receipt } from '../ui/message.tsx'
import { Announcer, Button } from '../ui/parts.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import { span, timeOf } from '../ui/words.ts'
import { ChatHead } from './head.tsx'
import type { Model } from './model.ts'
import { lineText, reasonText, t } from './words.ts'
import { WrapupForm } from './wrapup.tsx'

/** A line of the transcript, on its way, or being uploaded. */
type Row = Line | { pending: string; text: string; to: 'all' | 'agents' } | { uploading: string; name: string }

function keyOf(r: Row): string {
  return 'pending' in r ? `p${r.pending}` : 'uploading' in r ? `u${r.uploading}` : lineKey(r)
}

/** A chat with its transcript; head stands in the place of the desk's own. */
export function Conversation({ model, chat, head }: { model: Model; chat: DeskView; head?: JSX.Element }): JSX.Element {
  const uploading = useStore(model.local, (l) => l.uploading)
  const later = useStore(model.local, (l) => l.later.has(chat.chat))
  useStore(model.local, (l) => l.unanswered)
  const live = useStore(model.standing, (s) => s.state === 'live')
  const debt = useStore(model.desk, (s) => s.wrapups.get(chat.chat))
  const lines = useMemo(() => weave(chat.messages, chat.notices), [chat.messages, chat.notices])
  const [atEnd, setAtEnd] = useState(true)
  useReading(model, chat, live && atEnd)
  const tail: readonly Row[] = [
    ...model.pending(chat.chat).map((p) => ({ pending: p.id, text: p.text, to: p.to })),
    ...uploading.filter((u) => u.chat === chat.chat).map((u) => ({ uploading: u.key, name: u.name })),
  ]
  // What was told of the chat is what its lines show beside themselves; its other news draws none of them again.
  const draw = useCallback((r: Row, before: Row | undefined) => <RowView row={r} before={before} chat={chat} model={model} />,
    [model, chat.chat, chat.delivered, chat.read, chat.customer.name])
  const rows = useMemo((): readonly Row[] => (tail.length > 0 ? [...lines, ...tail] : lines), [lines, tail.map(keyOf).join()])
  const last = chat.messages.at(-1)
  const typing = [...chat.typing].map((id) => chat.participants.find((p) => p.participant === id)?.name ?? id)
  const Frame = head ? 'div' : 'main' // a page has one main part
  return (
    <Frame class="conversation" tabIndex={-1}>
      {head ?? <ChatHead model={model} chat={chat} />}
      <Warnings model={model} chat={chat} live={live} />
      <Lines key={chat.chat} of={chat.chat} items={rows} keyOf={keyOf} label={t('conversation')} newerLabel={t('newer')} onEnd={setAtEnd}
        onStart={() => { void model.older(chat).catch(() => {}) }} draw={draw} />
      <div class="typing">{typing.length > 0 && <><span class="dots" aria-hidden="true"><i /><i /><i /></span>{t('typing', { name: typing.join(', ') })}</>}</div>
      <Announcer key={chat.chat} text={last && last.author.id !== model.desk.get().me ? [last.author.name, lineText(last)].filter(Boolean).join(': ') : ''} />
      {debt && !later && <WrapupForm key={chat.chat} model={model} debt={debt} />}
      {debt && later && <div class="note bad"><span>{t('wrapupDue')}</span>
        <Button label={t('wrapup')} small hint="Alt+W" onPress={() => model.putOff(chat.chat, false)} /></div>}
      {!debt && chat.phase !== 'ended' && chat.phase !== 'closed' && <Writing key={chat.chat} model={model} chat={chat} />}
    </Frame>
  )
}

function Writing({ model, chat }: { model: Model; chat: DeskView }): JSX.Element {
  const text = useStore(model.local, (l) => l.drafts.get(chat.chat) ?? '')
  const wants = useStore(model.local, (l) => l.aside.has(chat.chat))
  const mode = model.mode(chat)
  const aside = wants || mode !== 'talk'
  const limit = model.client.limits?.text?.[chat.channel]
  const files = model.client.limits?.attachments?.[chat.channel]
  return (
    <Composer id="composer" text={text} onText={(v) => model.draft(chat.chat, v)} autofocus {...(limit && { limit })} toAgents={aside}
      disabled={chat.phase === 'interrupted' || mode === 'monitor'} onSend={(v) => { void model.send(chat, v) }}
      onTyping={(on) => { if (!aside) model.client.hint('typing', { chat: chat.chat, on }) }}
      {...(files && { accept: files.media_types, onFiles: (all: File[]) => all.forEach((f) => { void model.attach(chat, f) }) })}
      words={{ label: t('message'), placeholder: aside ? t('placeholderSide') : t('placeholder', { name: chat.customer.name }), send: t('send'), attach: t('attach'),
        left: t('leftChars'), over: t('over'), reserved: t('reserved'), hint: t('enter') }}
      tools={<div class="composer-tools">
        <Button label={t('sideNote')} icon="note" small kind="quiet" pressed={aside} hint="Alt+N" disabled={mode !== 'talk'} onPress={() => model.toggleAside(chat.chat)} />
        <Button label={t('template')} icon="template" small kind="quiet" hint="Alt+M" onPress={() => model.open({ kind: 'template', chat: chat.chat })} />
      </div>} />
  )
}

/** What is on the screen of somebody who looks is read. */
function useReading(model: Model, chat: DeskView, can: boolean): void {
  const [looks, setLooks] = useState(document.hasFocus())
  useEffect(() => {
    const look = (): void => setLooks(document.hasFocus() && document.visibilityState === 'visible')
    for (const e of ['focus', 'blur']) window.addEventListener(e, look)
    document.addEventListener('visibilitychange', look)
    return () => {
      for (const e of ['focus', 'blur']) window.removeEventListener(e, look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
  useEffect(() => {
    if (can && looks && chat.unread > 0) model.client.hint('read', { chat: chat.chat, upto: chat.message_seq })
  }, [can, looks, chat.unread, chat.message_seq])
}

interface RowProps { row: Row; before: Row | undefined; chat: DeskView; model: Model }

function RowView({ row, before, chat, model }: RowProps): JSX.Element {
  const me = model.desk.get().me
  const shared = { lang: t.lang, token: model.token, fileLabel: t('file') }
  if ('pending' in row) {
    return <Bubble message={{ text: row.text, to: row.to, sent_at: new Date(model.client.clock.ms()).toISOString(), author: { kind: 'agent', name: '', initials: '' } }}
      mine first {...shared} fate={{ icon: 'clock', label: t('pending') }} />
  }
  if ('uploading' in row) return <div class="notice"><span role="status">{t('uploading', { name: row.name })}</span></div>
  if (isNotice(row)) return <div class="notice"><span>{noticeText(row, chat)} · {timeOf(row.at, t.lang)}</span></div>
  if (row.author.kind === 'system') return <div class="notice"><span>{lineText(row)} · {timeOf(row.sent_at, t.lang)}</span></div>
  const mine = row.author.id === me
  const same = before && !('pending' in before) && !('uploading' in before) && !isNotice(before) && before.author.id === row.author.id &&
    before.author.kind === row.author.kind && before.to === row.to
  const fate = receipt(row.message_seq, row.to === 'all' ? chat.delivered ?? 0 : 0, row.to === 'all' ? chat.read?.['customer'] ?? 0 : 0,
    { sent: t('sent'), delivered: t('delivered'), read: t('read') })
  const who = `${mine ? t('you') : row.author.name}${row.to === 'agents' ? ` · ${t('sideNote')}` : ''}${row.template ? ` · ${row.template}` : ''}`
  return <Bubble message={row} mine={mine} first={!same} {...shared} who={who}
    {...(mine && { fate })} />
}

function noticeText(n: Notice, chat: DeskView): string {
  const name = n.name ?? chat.customer.name
  const why = `${n.detail ? reasonText(n.detail) : ''}${n.said ? `: “${n.said}”` : ''}`
  switch (n.kind) {
    case 'transfer': return n.detail === 'cancelled' ? t('n_cancelled') : t('n_transfer', { why })
    case 'joined': case 'left': case 'owner': case 'ended': case 'interrupted': case 'invite': case 'declined': case 'proposed':
      return t(`n_${n.kind}`, { name, why })
    case 'rated': {
      const [score = '', ...said] = (n.detail ?? '').split(' ')
      return `${t('n_rated', { name, n: score })}${said.length > 0 ? `: ${said.join(' ')}` : ''}`
    }
    default: return why
  }
}

/** What the agent has to know about the chat right now. */
function Warnings({ model, chat, live }: { model: Model; chat: DeskView; live: boolean }): JSX.Element {
  const clock = model.client.clock
  const over = chat.phase === 'ended' || chat.phase === 'closed'
  const me = model.desk.get().me
  useSeconds(Boolean(chat.idle || chat.waits || chat.interrupted || chat.away))
  return (
    <div class="warnings">
      {!live && <div class="note warn"><Icon name="warning" /><span>{t('kept')}</span></div>}
      {chat.interrupted && <div class="note bad" role="alert"><Icon name="warning" /><span>{t('interrupted')}
        {chat.interrupted.closes_at && <> {t('endsIn', { t: span(clock.until(chat.interrupted.closes_at)) })}</>}</span>
        <Button label={t('end')} small onPress={() => { void model.do('end', { chat: chat.chat }) }} /></div>}
      {!over && chat.idle && <div class="note warn"><Icon name="clock" /><span>{t('idle')}
        {chat.idle.closes_at && <> {t('endsIn', { t: span(clock.until(chat.idle.closes_at)) })}</>}</span></div>}
      {!over && chat.waits && <div class="note warn"><Icon name="clock" /><span class="tabular">{t('waits', { t: span(clock.since(chat.waits)) })}</span></div>}
      {!over && chat.customer.state === 'away' && chat.away && <div class="note"><Icon name="info" /><span class="tabular">{t('customerAway', { t: span(clock.since(chat.away)) })}</span></div>}
      {!over && chat.proposed && <div class="note"><Icon name="info" /><span>{t('proposed')}</span></div>}
      {!over && chat.asked.map((a) => <div key={a.id} class="note"><Icon name="people" /><span>{t(`asked_${a.kind}`, { name: a.name })}</span>
        {(a.by === me || chat.owner === me) && <Button label={t('takeBack')} small onPress={() => { void model.takeBack(a) }} />}</div>)}
    </div>
  )
}
