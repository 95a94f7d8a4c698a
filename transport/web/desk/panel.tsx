import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { DeskView, Participant } from '../shared/index.ts'
import { Avatar, Button } from '../ui/parts.tsx'
import { useStore } from '../ui/use.ts'
import { dateOf } from '../ui/words.ts'
import type { Model } from './model.ts'
import { t } from './words.ts'

export function Panel({ model, chat }: { model: Model; chat: DeskView }): JSX.Element {
  return <aside class="panel" aria-label={t('details')}><Details model={model} chat={chat} /></aside>
}

/** Who the customer is, and who else is there. */
export function Details({ model, chat }: { model: Model; chat: DeskView }): JSX.Element {
  const facts: [string, string | undefined][] = [
    [t('queue'), chat.queue.name], [t('source'), chat.source?.name], [t('channel'), chat.channel], [t('subject'), chat.subject],
    [t('received'), dateOf(chat.received_at, t.lang)], [t('started'), chat.started_at && dateOf(chat.started_at, t.lang)],
  ]
  // What was asked at the start is the first of the messages, too.
  const asides = Object.entries(chat.customer.attributes).filter(([k, v]) => k !== 'question' || !chat.messages.some((m) => m.text === v))
  const live = chat.phase !== 'ended' && chat.phase !== 'closed'
  return (
    <div class="details">
      <div class="details-who"><Avatar initials={chat.customer.initials} kind="customer" large />
        <div><h3>{chat.customer.name}</h3><span class={`badge ${chat.customer.state === 'away' ? 'warn' : 'good'}`}>{chat.customer.state === 'away' ? t('away') : t('customer')}</span></div></div>
      <dl class="facts">{facts.filter(([, v]) => v).map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
      {chat.customer.auth === 'anon' && <p class="muted small">{t('unsigned')}</p>}
      {live && chat.previous_chat && <Button label={t('earlier')} icon="clock" hint="Alt+E" onPress={() => model.open({ kind: 'earlier', chat: chat.chat })} />}
      {(live || asides.length > 0) && <h3>{t('facts')}</h3>}
      <dl class="facts">{asides.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
      {live && <AddFact key={chat.chat} model={model} chat={chat} />}
      {live && <h3>{t('people')}</h3>}
      <ul class="people-list" hidden={!live}>{chat.participants.filter((p) => p.state !== 'left').map((p) => <Person key={p.participant} model={model} chat={chat} p={p} live={live} />)}</ul>
    </div>
  )
}

function Person({ model, chat, p, live }: { model: Model; chat: DeskView; p: Participant; live: boolean }): JSX.Element {
  const me = useStore(model.desk, (s) => s.me)
  const can = live && chat.owner === me && p.participant !== me && p.kind === 'agent' && p.state === 'joined'
  const tag = p.owner ? t('owner') : p.state === 'invited' ? t('invited') : p.mode !== 'talk' ? t(`mode_${p.mode}`) : ''
  return (
    <li>
      <Avatar initials={p.name.split(/\s+/).map((x) => x[0] ?? '').join('').slice(0, 2)} kind={p.kind === 'customer' ? 'customer' : 'agent'} />
      <span class="grow clip">{p.name}{p.participant === me ? ` (${t('you')})` : ''}</span>
      {tag && <span class="badge">{tag}</span>}
      {can && p.mode === 'talk' && <Button label={t('makeOwner')} icon="user" bare small kind="quiet" onPress={() => { void model.do('hand_over', { chat: chat.chat, participant: p.participant }) }} />}
      {can && <Button label={t('dropOut')} icon="close" bare small kind="quiet" onPress={() => { void model.do('drop', { chat: chat.chat, participant: p.participant }) }} />}
    </li>
  )
}

function AddFact({ model, chat }: { model: Model; chat: DeskView }): JSX.Element {
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const add = async (): Promise<void> => {
    if (!name.trim() || !value.trim()) return
    if (await model.do('set_attributes', { chat: chat.chat, set: { [name.trim()]: value.trim() } })) {
      setName('')
      setValue('')
    }
  }
  return (
    <details class="add-fact">
      <summary class="small">{t('addFact')}</summary>
      <form onSubmit={(e) => { e.preventDefault(); void add() }}>
        <input class="input" aria-label={t('factName')} placeholder={t('factName')} value={name} onInput={(e) => setName(e.currentTarget.value)} />
        <input class="input" aria-label={t('factValue')} placeholder={t('factValue')} value={value} onInput={(e) => setValue(e.currentTarget.value)} />
        <button type="submit" class="button small" disabled={!name.trim() || !value.trim()}>{t('save')}</button>
      </form>
    </details>
  )
}
