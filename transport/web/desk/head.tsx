import type { JSX } from 'preact'
import type { DeskView } from '../shared/index.ts'
import type { IconName } from '../ui/icons.tsx'
import { Avatar, Button } from '../ui/parts.tsx'
import { useMedia, useSeconds, useStore } from '../ui/use.ts'
import { span } from '../ui/words.ts'
import { State } from './list.tsx'
import type { Model } from './model.ts'
import { t } from './words.ts'

interface Action { label: string; icon: IconName; hint?: string; danger?: boolean; does: () => void }

export function ChatHead({ model, chat }: { model: Model; chat: DeskView }): JSX.Element {
  const due = useStore(model.desk, (s) => s.wrapups.has(chat.chat))
  const wide = useMedia('(min-width: 1500px)')
  const narrow = useMedia('(max-width: 759px)')
  useSeconds()
  const over = chat.phase === 'ended' || chat.phase === 'closed'
  const id = chat.chat
  const all = over ? [] : actions(model, chat)
  return (
    <header class="chat-head">
      {narrow && <Button label={t('back')} icon="back" bare kind="quiet" onPress={() => model.select(undefined)} />}
      <Avatar initials={chat.customer.initials} kind="customer" />
      <div class="grow chat-title">
        <h2 class="clip">{chat.customer.name}</h2>
        <span class="small muted clip"><State chat={chat} due={due} /> {!narrow && <>{chat.queue.name} · </>}<span class="tabular">{span(model.client.clock.since(chat.received_at))}</span></span>
      </div>
      {!narrow && <div class="chat-actions">
        {all.map((a) => <Button key={a.label} label={a.label} icon={a.icon} bare={!wide} small={wide} {...(a.hint && { hint: a.hint })} kind={a.danger ? 'danger' : 'quiet'} onPress={a.does} />)}
      </div>}
      {narrow && all.length > 0 && <details key={id} class="menu" onKeyDown={(e) => { if (e.key === 'Escape') close(e.currentTarget) }} onClick={(e) => { if (e.target instanceof HTMLButtonElement) close(e.currentTarget) }}>
        <summary class="button icon quiet" aria-label={t('menu')}>⋮</summary>
        <div class="menu-items">{all.map((a) => <Button key={a.label} label={a.label} icon={a.icon} kind="quiet" onPress={a.does} />)}</div>
      </details>}
      <span class="panel-toggle"><Button label={t('details2')} icon="info" bare kind="quiet" onPress={() => model.open({ kind: 'details', chat: chat.chat })} /></span>
    </header>
  )
}

/** Folds a menu, and gives the keyboard back to what opened it. */
function close(menu: HTMLDetailsElement): void {
  menu.open = false
  menu.querySelector('summary')?.focus()
}

/** What this agent can do with the chat as it stands. */
function actions(model: Model, chat: DeskView): Action[] {
  const me = model.desk.get().me
  const id = chat.chat
  const mine = chat.owner === me
  const others = chat.participants.filter((p) => p.kind !== 'customer' && p.participant !== me && p.state === 'joined' && p.mode === 'talk')
  const consulted = chat.participants.some((p) => p.mode === 'consult' && p.state === 'joined')
  const open = (kind: 'transfer' | 'invite' | 'consult' | 'assist' | 'end') => () => model.open({ kind, chat: id })
  const list: (Action | false)[] = [
    mine && { label: t('transfer'), icon: 'transfer', hint: 'Alt+T', does: open('transfer') },
    mine && { label: t('invite'), icon: 'people', hint: 'Alt+I', does: open('invite') },
    mine && !consulted && { label: t('consult'), icon: 'ear', hint: 'Alt+K', does: open('consult') },
    consulted && { label: t('endConsult'), icon: 'ear', does: () => { void model.do('end_consult', { chat: id }) } },
    { label: t('assist'), icon: 'flag', hint: 'Alt+S', does: open('assist') },
    mine && others.length === 0 && !chat.proposed && { label: t('proposeEnd'), icon: 'help', does: () => { void model.do('propose_end', { chat: id }) } },
    (others.length > 0 || chat.asked.length > 0) && { label: t('leave'), icon: 'out', does: () => { void model.do('leave', { chat: id }) } },
    others.length > 0 && { label: t('endConference'), icon: 'check', does: () => { void model.do('end_conference', { chat: id }) } },
    mine && { label: others.length > 0 ? t('endAll') : t('end'), icon: 'end', hint: 'Alt+X', danger: true, does: open('end') },
  ]
  return list.filter((a): a is Action => a !== false)
}
