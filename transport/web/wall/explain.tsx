import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Decision } from '../shared/index.ts'
import { Dialog } from '../ui/parts.tsx'
import { timeOf } from '../ui/words.ts'
import { strategies, wonBy } from './decisions.ts'
import type { Model } from './model.ts'
import { t, why } from './words.ts'

/** Why this agent was asked, and why each other one was not. */
export function ExplainDialog({ model, chat, onClose }: { model: Model; chat: string; onClose: () => void }): JSX.Element {
  const [found, setFound] = useState<Decision[]>()
  useEffect(() => { void model.do('explain', { chat }).then((ok) => setFound(ok?.decisions ?? [])) }, [model, chat])
  return (
    <Dialog title={t('explain')} closeLabel={t('close')} onClose={onClose} wide>
      {found?.length === 0 && <p class="muted">{t('noDecisions')}</p>}
      {found?.map((d) => <One key={`${d.offer ?? ''}${d.decided_at}${d.queue}`} model={model} d={d} />)}
    </Dialog>
  )
}

function One({ model, d }: { model: Model; d: Decision }): JSX.Element {
  const s = model.wall.get()
  const agent = (id: string): string => s.agents.find((a) => a.agent === id)?.name ?? id
  const queue = s.queues.find((q) => q.queue === d.queue)?.name ?? d.queue
  return (
    <article class="decision" aria-label={`${timeOf(d.decided_at, t.lang)} ${queue}`}>
      <h3>{d.winner ? t('chosen', { name: agent(d.winner) }) : t('nobody')}</h3>
      {d.winner_why && <p>{wonBy(d.winner_why)}</p>}
      <dl class="facts">
        <div><dt>{t('queue')}</dt><dd>{queue}</dd></div>
        <div><dt>{t('decidedAt')}</dt><dd class="tabular">{new Date(d.decided_at).toLocaleString(t.lang)}</dd></div>
        <div><dt>{t('strategy')}</dt><dd>{strategies.has(d.strategy) ? strategies(d.strategy) : d.strategy}{d.step ? ` · ${t('step', { n: d.step })}` : ''}</dd></div>
        {d.config_version !== undefined && <div><dt>{t('config')}</dt><dd class="tabular">{d.config_version}</dd></div>}
      </dl>
      {d.passed_over.length > 0 && <table><thead><tr><th scope="col">{t('notChosen')}</th><th scope="col">{t('because')}</th></tr></thead>
        <tbody>{d.passed_over.map((p) => <tr key={p.agent}><th scope="row">{agent(p.agent)}</th><td>{why(p.why)}</td></tr>)}</tbody></table>}
      {d.more && <p class="small muted">{Object.entries(d.more).map(([k, n]) => `${why(k)}: +${n}`).join(', ')}</p>}
    </article>
  )
}
