import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Dialog } from '../ui/parts.tsx'
import { span } from '../ui/words.ts'
import type { Model } from './model.ts'
import { wholeReport, type Whole } from './past.ts'
import { percent, t } from './words.ts'

interface Found { queues: Whole[]; agents: Whole[] }

/** How the day has gone: waits, handling and occupancy, by queue and by agent. */
export function TodayDialog({ model, onClose }: { model: Model; onClose: () => void }): JSX.Element {
  const [found, setFound] = useState<Found>()
  const [wrong, setWrong] = useState('')
  useEffect(() => {
    const begin = new Date()
    begin.setHours(0, 0, 0, 0)
    const load = async (): Promise<Found> => {
      const token = await model.desk.token()
      const [queues, agents] = await Promise.all([wholeReport(token, 'queues', begin), wholeReport(token, 'agents', begin)])
      return { queues, agents }
    }
    load().then(setFound, (e: unknown) => setWrong(t('failed', { why: e instanceof Error ? e.message : String(e) })))
  }, [model])
  const { queues, agents } = model.wall.get()
  const queue = (id = ''): string => queues.find((q) => q.queue === id)?.name ?? id
  const agent = (id = ''): string => agents.find((a) => a.agent === id)?.name ?? id
  return (
    <Dialog title={t('today')} closeLabel={t('close')} onClose={onClose} wide>
      {wrong && <p class="note bad" role="alert">{wrong}</p>}
      {!found && !wrong && <p class="muted" aria-busy="true">…</p>}
      {found && <>
        <Table title={t('queues')} columns={[t('queue'), t('answered'), t('asa'), t('level'), t('abandonment'), t('aht')]} none={found.queues.length === 0}>
          {found.queues.map((q) => <Row key={q.queue} name={queue(q.queue)} cells={[q.answered, seconds(q.asa_s), percent(q.service_level), percent(q.abandonment), seconds(q.aht_s)]} />)}
        </Table>
        <Table title={t('agents')} columns={[t('agent'), t('served'), t('aht'), t('occupancy'), t('missed'), t('rejected')]} none={found.agents.length === 0}>
          {found.agents.map((a) => <Row key={a.agent} name={agent(a.agent)} cells={[a.segments, seconds(a.aht_s), percent(a.occupancy), a.rona, a.rejected]} />)}
        </Table>
      </>}
    </Dialog>
  )
}

function Table({ title, columns, none, children }: { title: string; columns: string[]; none: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <section class="day-table">
      <h3>{title}</h3>
      {none ? <p class="muted small">{t('none')}</p> : <div class="day-scroll" tabIndex={0} role="group" aria-label={title}><table>
        <thead><tr>{columns.map((c, i) => <th key={c} scope="col" class={i > 0 ? 'num' : ''}>{c}</th>)}</tr></thead>
        <tbody>{children}</tbody>
      </table></div>}
    </section>
  )
}

function Row({ name, cells }: { name: string; cells: (string | number)[] }): JSX.Element {
  return <tr><th scope="row">{name}</th>{cells.map((c, i) => <td key={i} class="num">{c}</td>)}</tr>
}

function seconds(s: number | undefined): string {
  return s === undefined ? '–' : span(s)
}
