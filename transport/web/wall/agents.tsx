import type { JSX } from 'preact'
import { tones } from '../desk/topbar.tsx'
import type { AgentRow } from '../shared/index.ts'
import { useSeconds, useStore } from '../ui/use.ts'
import { span } from '../ui/words.ts'
import { Board } from './board.tsx'
import type { Model } from './model.ts'
import { said, t } from './words.ts'

export function Agents({ model }: { model: Model }): JSX.Element {
  const agents = useStore(model.wall, (s) => s.agents)
  const total = useStore(model.wall, (s) => s.totals.agents)
  useSeconds()
  return (
    <Board id="agents" title={t('agents')} shown={agents.length} total={total} none={t('noAgents')} hint="Alt+2"
      columns={[[t('agent')], [t('presence')], [t('status'), 'opt'], [t('inState'), 'num'], [t('load'), 'num']]}>
      {agents.map((a) => <Row key={a.agent} model={model} a={a} />)}
    </Board>
  )
}

function Row({ model, a }: { model: Model; a: AgentRow }): JSX.Element {
  return (
    <tr>
      <th scope="row"><button type="button" class="rowname" onClick={() => model.open({ kind: 'agent', agent: a.agent })}>
        <span class={`dot ${tones[a.presence.state]}`} aria-hidden="true" /><span class="clip">{a.name}</span>
        {a.wrapups.length > 0 && <span class="badge warn">{t('wrapupsN', { n: a.wrapups.length })}</span>}</button></th>
      <td>{said('p_', a.presence.state)}{a.presence.reason ? <span class="muted small"> · {model.reasonOf(a.presence.reason)}</span> : null}</td>
      <td class="opt"><span class={`badge ${a.status === 'not_responding' ? 'bad' : a.status === 'interacting' ? 'accent' : ''}`}>{said('s_', a.status)}</span></td>
      <td class="num">{a.presence.state === 'offline' ? '–' : span(model.desk.client.clock.since(a.presence.since))}</td>
      <td class="num"><span class="wall-load" aria-hidden="true">{Array.from({ length: Math.min(a.capacity.total, 8) }, (_, i) => <i key={i} class={i < a.capacity.used ? 'used' : ''} />)}</span>
        {a.capacity.used}/{a.capacity.total}</td>
    </tr>
  )
}
