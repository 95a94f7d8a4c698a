import type { JSX } from 'preact'
import { Connection, Presence, Rona } from '../desk/topbar.tsx'
import { Icon } from '../ui/icons.tsx'
import { Button } from '../ui/parts.tsx'
import { useStore } from '../ui/use.ts'
import type { Model } from './model.ts'
import { t } from './words.ts'

export function TopBar({ model, onLeave }: { model: Model; onLeave: () => void }): JSX.Element {
  const first = useStore(model.wall, (s) => s.queues[0]?.queue)
  const served = useStore(model.desk.desk, (s) => s.capacity.total > 0) // one who may be offered chats
  return (
    <header class="topbar">
      <h1 class="brand"><Icon name="bubble" size={20} /><span>Parley</span></h1>
      {served ? <Presence model={model.desk} /> : <span class="wall-who clip"><strong>{model.desk.me.name}</strong> <span class="small muted wide-only">{t('supervisor')}</span></span>}
      <Connection model={model.desk} />
      <Figures model={model} />
      <span class="grow" />
      <div class="topbar-tools">
        <Button label={t('broadcast')} icon="sound" bare kind="quiet" hint="Alt+B" disabled={!first} onPress={() => { if (first) model.open({ kind: 'broadcast', queue: first }) }} />
        <Button label={t('today')} icon="chart" bare kind="quiet" hint="Alt+F" onPress={() => model.open({ kind: 'today' })} />
        <Button label={t('past')} icon="clock" bare kind="quiet" hint="Alt+P" onPress={() => model.open({ kind: 'past' })} />
        <Button label={t('keys')} icon="keys" bare kind="quiet" hint="Alt+/" onPress={() => model.open({ kind: 'keys' })} />
        <Button label={t('signOut')} icon="out" bare kind="quiet" onPress={onLeave} />
      </div>
      <Rona model={model.desk} />
    </header>
  )
}

/** The three numbers that one looks for from afar. */
function Figures({ model }: { model: Model }): JSX.Element {
  const queues = useStore(model.wall, (s) => s.queues)
  const agents = useStore(model.wall, (s) => s.agents)
  const all: [string, number][] = [
    [t('waiting'), queues.reduce((n, q) => n + q.waiting, 0)],
    [t('inChats'), agents.reduce((n, a) => n + a.chats.length, 0)],
    [t('available'), agents.filter((a) => a.presence.state === 'available').length],
  ]
  return <dl class="figures">{all.map(([k, n]) => <div key={k}><dt class="small muted">{k}</dt><dd class="tabular">{n}</dd></div>)}</dl>
}
