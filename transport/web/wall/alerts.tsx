import type { JSX } from 'preact'
import { calls, type Alert, type Call } from '../shared/index.ts'
import { Icon } from '../ui/icons.tsx'
import { Button } from '../ui/parts.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import { span } from '../ui/words.ts'
import { fresh, type Model } from './model.ts'
import { alertText, t } from './words.ts'

/** What somebody should look at now: calls for help, and what the engine found. */
export function Alerts({ model }: { model: Model }): JSX.Element | null {
  const state = useStore(model.wall, (s) => s)
  const seen = useStore(model.local, (l) => l.seen)
  const alerts = fresh(state, seen)
  const asked = calls(state)
  const done = state.alerts.size - alerts.length
  useSeconds(alerts.length + asked.length > 0)
  return (
    <section class="board alerts" id="alerts" aria-labelledby="alerts-title" tabIndex={-1}>
      <header><h2 id="alerts-title" title="Alt+4">{t('alerts')}</h2>
        <span class={`badge tabular ${alerts.length + asked.length > 0 ? 'bad' : 'good'}`}>{alerts.length + asked.length}</span>
        {done > 0 && <Button label={t('acknowledgedN', { n: done })} small kind="quiet" onPress={() => model.open({ kind: 'alerts' })} />}</header>
      {alerts.length + asked.length === 0 && <p class="muted small board-none">{t('noAlerts')}</p>}
      <ul>
        {asked.map((c) => <CallRow key={c.chat} model={model} c={c} />)}
        {alerts.map((a) => <AlertRow key={`${a.kind}${a.chat}${a.agent}${a.queue}`} model={model} a={a} />)}
      </ul>
    </section>
  )
}

function CallRow({ model, c }: { model: Model; c: Call }): JSX.Element {
  return (
    <li class="note bad"><Icon name="flag" />
      <span><strong>{t('callOf', { agent: c.from.name, name: c.customer })}</strong>{c.text && <> {c.text}</>} <span class="tabular small">{span(model.desk.client.clock.since(c.since))}</span></span>
      <div class="wall-acts"><Button label={t('whisper')} small onPress={() => { void model.enter('whisper', c.chat) }} />
        <Button label={t('open')} small onPress={() => model.open({ kind: 'chat', chat: c.chat })} /></div></li>
  )
}

export function AlertRow({ model, a, acknowledged }: { model: Model; a: Alert; acknowledged?: boolean }): JSX.Element {
  const look = (): void => {
    if (a.chat) model.open({ kind: 'chat', chat: a.chat })
    else if (a.agent) model.open({ kind: 'agent', agent: a.agent })
    else if (a.queue) model.open({ kind: 'queue', queue: a.queue })
  }
  return (
    <li class={`note ${a.kind === 'sla' || a.kind === 'strikes' ? 'warn' : 'bad'}`}><Icon name="warning" />
      <span>{alertText(model, a)} <span class="tabular small">{span(model.desk.client.clock.since(a.since))}</span></span>
      <div class="wall-acts"><Button label={t('open')} small onPress={look} />
        {!acknowledged && <Button label={t('acknowledge')} small onPress={() => model.acknowledge(a)} />}</div></li>
  )
}
