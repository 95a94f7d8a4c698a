import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Around } from '../desk/around.tsx'
import { Conversation } from '../desk/conversation.tsx'
import { Dialogs as DeskDialogs } from '../desk/dialogs.tsx'
import type { Me } from '../desk/model.ts'
import { forgetMe, rememberedMe, SignIn, type Place } from '../desk/signin.tsx'
import { Announcer } from '../ui/parts.tsx'
import { useStore } from '../ui/use.ts'
import { Agents } from './agents.tsx'
import { Alerts } from './alerts.tsx'
import { Chats } from './chats.tsx'
import { Dialogs } from './dialogs.tsx'
import { Head } from './head.tsx'
import { listen } from './keys.ts'
import { fresh, Model } from './model.ts'
import { Plots } from './plots.tsx'
import { Queues } from './queues.tsx'
import { TopBar } from './topbar.tsx'
import { alertText, t } from './words.ts'

const theWall: Place = {
  kept: 'parley.wall', roles: ['supervisor', 'admin'], offered: 'supervisor', title: t('title'), choose: t('chooseSupervisor'), badToken: t('badToken'),
}

export function App(): JSX.Element {
  const [model, setModel] = useState<Model | undefined>(() => {
    const me = rememberedMe(theWall)
    return me && new Model(me)
  })
  const leave = (): void => {
    model?.stop()
    forgetMe(theWall)
    setModel(undefined)
  }
  return model ? <Wall model={model} onLeave={leave} /> : <SignIn place={theWall} onMe={(me: Me) => setModel(new Model(me))} />
}

function Wall({ model, onLeave }: { model: Model; onLeave: () => void }): JSX.Element {
  const selected = useStore(model.desk.local, (l) => l.selected)
  const chat = useStore(model.desk.desk, (s) => (selected ? s.chats.get(selected) : undefined))
  const any = useStore(model.desk.desk, (s) => s.chats.size)
  const own = useStore(model.local, (l) => l.dialog !== undefined)
  const desks = useStore(model.desk.local, (l) => l.dialog !== undefined)
  const dialog = own || desks
  useEffect(() => listen(model), [model])
  useTitle(model)
  useEffect(() => { // what had the keyboard has gone
    const timer = setTimeout(() => { if (document.activeElement === document.body) document.querySelector<HTMLElement>('main')?.focus() }, 0)
    return () => clearTimeout(timer)
  }, [chat?.chat, dialog])
  return (
    <div class={`wall ${chat ? 'with-chat' : ''}`}>
      <TopBar model={model} onLeave={onLeave} />
      <main class="boards" tabIndex={-1}>
        <Alerts model={model} />
        <Plots model={model} />
        <Queues model={model} />
        <Agents model={model} />
        <Chats model={model} />
      </main>
      {chat && <aside class="beside" aria-label={t('conversation')}>
        <Conversation key={chat.chat} model={model.desk} chat={chat} head={<Head model={model} chat={chat} many={any} />} />
      </aside>}
      <Around model={model.desk} open={dialog}>
        <Dialogs model={model} />
        <DeskDialogs model={model.desk} />
      </Around>
      <Spoken model={model} />
    </div>
  )
}

/** The newest alert, for who does not see it come. */
function Spoken({ model }: { model: Model }): JSX.Element {
  const alerts = useStore(model.wall, (s) => s.alerts)
  const seen = useStore(model.local, (l) => l.seen)
  const last = fresh({ ...model.wall.get(), alerts }, seen).at(-1)
  return <Announcer text={last ? alertText(model, last) : ''} />
}

function useTitle(model: Model): void {
  const alerts = useStore(model.wall, (s) => s.alerts)
  const seen = useStore(model.local, (l) => l.seen)
  const n = fresh({ ...model.wall.get(), alerts }, seen).length
  useEffect(() => { document.title = n > 0 ? `(${n}) ${t('title')}` : t('title') }, [n])
}
