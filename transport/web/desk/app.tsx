import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Icon } from '../ui/icons.tsx'
import { Button } from '../ui/parts.tsx'
import { useStore } from '../ui/use.ts'
import { Around } from './around.tsx'
import { Conversation } from './conversation.tsx'
import { Dialogs } from './dialogs.tsx'
import { listen } from './keys.ts'
import { ChatList } from './list.tsx'
import { Model, type Me } from './model.ts'
import { Panel } from './panel.tsx'
import { forgetMe, rememberedMe, SignIn } from './signin.tsx'
import { TopBar } from './topbar.tsx'
import { t } from './words.ts'

export function App(): JSX.Element {
  const [model, setModel] = useState<Model | undefined>(() => {
    const me = rememberedMe()
    return me && new Model(me)
  })
  const enter = (me: Me): void => {
    const m = new Model(me)
    m.ringer.touched()
    setModel(m)
  }
  const leave = (): void => {
    model?.stop()
    forgetMe()
    setModel(undefined)
  }
  return model ? <Desk model={model} onLeave={leave} /> : <SignIn onMe={enter} />
}

function Desk({ model, onLeave }: { model: Model; onLeave: () => void }): JSX.Element {
  const selected = useStore(model.local, (l) => l.selected)
  const chat = useStore(model.desk, (s) => (selected ? s.chats.get(selected) : undefined))
  const dialog = useStore(model.local, (l) => l.dialog !== undefined)
  useEffect(() => listen(model), [model])
  useEffect(() => {
    const touch = (): void => model.ringer.touched()
    window.addEventListener('pointerdown', touch)
    window.addEventListener('keydown', touch)
    return () => {
      window.removeEventListener('pointerdown', touch)
      window.removeEventListener('keydown', touch)
    }
  }, [model])
  useTitle(model)
  const due = useStore(model.desk, (s) => chat !== undefined && s.wrapups.has(chat.chat))
  useEffect(() => { // what had the keyboard has gone: a chat, a form, an offer
    const timer = setTimeout(() => {
      if (document.activeElement === document.body && model.desk.get().ready) document.querySelector<HTMLElement>('main')?.focus()
    }, 0)
    return () => clearTimeout(timer)
  }, [chat?.chat, due, dialog])
  return (
    <div class={`desk ${chat ? 'with-chat' : ''}`}>
      <TopBar model={model} onLeave={onLeave} />
      <ChatList model={model} />
      {chat ? <Conversation model={model} chat={chat} /> : <Empty model={model} />}
      {chat && <Panel model={model} chat={chat} />}
      <Around model={model} open={dialog}><Dialogs model={model} /></Around>
    </div>
  )
}

function Empty({ model }: { model: Model }): JSX.Element {
  const any = useStore(model.desk, (s) => s.chats.size > 0)
  const available = useStore(model.desk, (s) => s.presence.state === 'available')
  const ready = useStore(model.desk, (s) => s.ready)
  return (
    <main class="conversation empty" tabIndex={-1}>
      {ready && <>
        <span class="empty-face" aria-hidden="true"><Icon name="bubble" size={40} /></span>
        <h2>{any ? t('choose') : t('noChats')}</h2>
        {!any && !available && <>
          <p class="muted">{t('noChatsText')}</p>
          <Button label={t('beAvailable')} kind="primary" onPress={() => { void model.do('set_presence', { state: 'available' }) }} />
        </>}
      </>}
    </main>
  )
}

/** What the window's tab says: an offer, else how much is unread. */
function useTitle(model: Model): void {
  const offer = useStore(model.desk, (s) => s.offers.values().next().value)
  const unread = useStore(model.desk, (s) => [...s.chats.values()].reduce((n, c) => n + c.unread, 0))
  useEffect(() => {
    document.title = offer ? `● ${t('newOffer', { name: offer.customer.name, queue: offer.queue.name })}` : unread > 0 ? `(${unread}) ${t('title')}` : t('title')
  }, [offer, unread])
}
