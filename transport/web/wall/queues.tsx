import type { JSX } from 'preact'
import type { QueueRow } from '../shared/index.ts'
import { useSeconds, useStore } from '../ui/use.ts'
import { span } from '../ui/words.ts'
import { Board } from './board.tsx'
import type { Model } from './model.ts'
import { percent, t } from './words.ts'

export const modeTone = { open: 'good', closed: 'bad', draining: 'warn' } as const

export function Queues({ model }: { model: Model }): JSX.Element {
  const queues = useStore(model.wall, (s) => s.queues)
  const total = useStore(model.wall, (s) => s.totals.queues)
  useSeconds()
  return (
    <Board id="queues" title={t('queues')} shown={queues.length} total={total} none={t('noQueues')} hint="Alt+1"
      columns={[[t('queue')], [t('waiting'), 'num'], [t('oldest'), 'num'], [t('level'), 'num'], [t('abandonment'), 'num opt'], [t('ewt'), 'num opt'], [t('agentsHere'), 'num'], [t('freeUnits'), 'num opt']]}>
      {queues.map((q) => <Row key={q.queue} model={model} q={q} />)}
    </Board>
  )
}

function Row({ model, q }: { model: Model; q: QueueRow }): JSX.Element {
  const waits = q.oldest_since ? model.desk.client.clock.since(q.oldest_since) : undefined
  const late = waits !== undefined && q.service_level_s !== undefined && waits > q.service_level_s
  return (
    <tr>
      <th scope="row"><button type="button" class="rowname" onClick={() => model.open({ kind: 'queue', queue: q.queue })}>
        <span class={`dot ${modeTone[q.mode]}`} aria-hidden="true" /><span class="clip">{q.name}</span>
        {q.mode !== 'open' && <span class={`badge ${modeTone[q.mode]}`}>{t(`mode_${q.mode}`)}</span>}
        {q.mode_set && <span class="badge wide-only">{t('byHand')}</span>}</button></th>
      <td class={`num ${q.waiting > 0 ? 'strong' : ''}`}>{q.waiting}</td>
      <td class={`num ${late ? 'late' : ''}`}>{waits === undefined ? '–' : span(waits)}</td>
      <td class={`num ${(q.service_level ?? 1) < 0.8 ? 'late' : ''}`} title={t('levelOf', { s: q.service_level_s ?? 0 })}>{percent(q.service_level)}</td>
      <td class="num opt">{percent(q.abandonment)}</td>
      <td class="num opt">{q.wait_s ? `${span(q.wait_s.low)}–${span(q.wait_s.high)}` : '–'}</td>
      <td class="num">{q.agents_available}/{q.agents_signed_in}</td>
      <td class="num opt">{q.free_units}</td>
    </tr>
  )
}
