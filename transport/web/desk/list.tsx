import type { JSX } from 'preact'
import { inOrder, type DeskView } from '../shared/index.ts'
import { Icon } from '../ui/icons.tsx'
import { Avatar, Button } from '../ui/parts.tsx'
import { memo, useMedia, useStore } from '../ui/use.ts'
import { timeOf } from '../ui/words.ts'
import type { Model } from './model.ts'
import { SettledList } from './settled.tsx'
import { lineText, named, t } from './words.ts'

export function ChatList({ model }: { model: Model }): JSX.Element {
  const state = useStore(model.desk, (s) => s.chats)
  const selected = useStore(model.local, (l) => l.selected)
  const wrapups = useStore(model.desk, (s) => s.wrapups)
  const queues = useStore(model.desk, (s) => s.queues)
  const available = useStore(model.desk, (s) => s.presence.state === 'available')
  const narrow = useMedia('(max-width: 759px)')
  const chats = inOrder({ ...model.desk.get(), chats: state })
  return (
    <nav class="list" aria-label={t('chats')}>
      <div class="list-head"><h2>{t('chats')}</h2><span class="badge">{chats.length}</span></div>
      <ul>
        {chats.map((c, i) => <Row key={c.chat} model={model} chat={c} number={i + 1} selected={!narrow && selected === c.chat} due={wrapups.has(c.chat)} />)}
      </ul>
      {chats.length === 0 && <div class="list-none"><p class="muted small">{t('noChats')}</p>
        {narrow && !available && <Button label={t('beAvailable')} kind="primary" onPress={() => { void model.do('set_presence', { state: 'available' }) }} />}</div>}
      <SettledList model={model} />
      {queues.length > 0 && (
        <details class="pick">
          <summary>{t('pick')}</summary>
          {queues.map((q) => <Button key={q.id} label={t('pickOf', { name: q.name })} small onPress={() => { void model.do('pick', { queue: q.id }) }} />)}
        </details>
      )}
    </nav>
  )
}

interface RowProps { model: Model; chat: DeskView; number: number; selected: boolean; due: boolean }

const Row = memo(({ model, chat, number, selected, due }: RowProps): JSX.Element => {
  const last = chat.messages.findLast((m) => m.author.kind !== 'queue' && m.author.kind !== 'system') ?? chat.messages.at(-1)
  const away = chat.customer.state === 'away' && chat.phase === 'active'
  return (
    <li>
      <button type="button" class={`row ${selected ? 'selected' : ''}`} aria-current={selected ? 'true' : undefined} onClick={() => model.select(chat.chat)}
        title={number < 10 ? `Alt+${number}` : undefined}>
        <span class="row-face"><Avatar initials={chat.customer.initials} kind="customer" />
          {chat.unread > 0 && <span class="badge count burst"><span class="unseen">{t('unread', { n: chat.unread })}</span><span aria-hidden="true">{chat.unread}</span></span>}</span>
        <span class="row-text">
          <span class="row-top"><strong class="clip">{chat.customer.name}</strong>
            {last && <time class="small muted tabular" dateTime={last.sent_at}>{timeOf(last.sent_at, t.lang)}</time>}</span>
          <span class={`small clip ${chat.unread > 0 ? 'strong' : 'muted'}`}>
            {chat.typing.has('customer') ? t('typing', { name: chat.customer.name }) : last ? lineText(last) : chat.subject ?? chat.queue.name}</span>
          <span class="row-state"><State chat={chat} due={due} />{away && <span class="badge warn">{t('away')}</span>}<span class="badge">{chat.queue.name}</span></span>
        </span>
      </button>
    </li>
  )
})

/** One word on how the chat stands. */
export function State({ chat, due }: { chat: DeskView; due: boolean }): JSX.Element {
  if (due) return <span class="badge bad"><Icon name="note" size={12} />{t('wrapupDue')}</span>
  if (chat.phase === 'ended' || chat.phase === 'closed') return <span class="badge">{t('ended')}</span>
  if (chat.phase === 'interrupted') return <span class="badge bad">{t('label_interrupted')}</span>
  if (chat.label !== 'active') return <span class="badge accent">{named('label_', chat.label)}</span>
  if (chat.inactive) return <span class="badge">{t('inactive')}</span>
  return chat.focus === 'connected' ? <span class="badge good">{t('connected')}</span> : <span class="badge">{t('held')}</span>
}
