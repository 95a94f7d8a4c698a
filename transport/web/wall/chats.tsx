import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { ChatRow } from '../shared/index.ts'
import { useSeconds, useStore } from '../ui/use.ts'
import { span } from '../ui/words.ts'
import { Board } from './board.tsx'
import type { Model } from './model.ts'
import { said, t } from './words.ts'

/** How many rows are drawn: who looks for one among more filters. */
const mostRows = 200

export function Chats({ model }: { model: Model }): JSX.Element {
  const chats = useStore(model.wall, (s) => s.chats)
  const total = useStore(model.wall, (s) => s.totals.chats)
  const filter = useStore(model.local, (l) => l.filter)
  const waitingOnly = useStore(model.local, (l) => l.waitingOnly)
  const found = useMemo(() => matching(chats, filter, waitingOnly), [chats, filter, waitingOnly])
  useSeconds()
  const shown = found.slice(0, mostRows)
  const narrowed = filter.trim() !== '' || waitingOnly
  return (
    <Board id="chats" title={t('chats')} shown={shown.length} total={narrowed ? found.length : total} none={t('noChats')} hint="Alt+3"
      columns={[[t('customer')], [t('queue'), 'opt'], [t('state')], [t('agent')], [t('age'), 'num']]}
      tools={<span class="board-tools">
        <input class="input" type="search" aria-label={t('filter')} placeholder={t('filter')} value={filter} onInput={(e) => { const v = e.currentTarget.value; model.local.update((l) => ({ ...l, filter: v })) }} />
        <label class="check small"><input type="checkbox" checked={waitingOnly} onChange={(e) => { const on = e.currentTarget.checked; model.local.update((l) => ({ ...l, waitingOnly: on })) }} />{t('waitingOnly')}</label>
      </span>}>
      {shown.map((c) => <Row key={c.chat} model={model} c={c} />)}
    </Board>
  )
}

/** Those that match, the longest waiting first and then the newest. */
function matching(chats: readonly ChatRow[], filter: string, waitingOnly: boolean): ChatRow[] {
  const parts = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const text = (c: ChatRow): string => `${c.customer.name} ${c.queue?.name ?? ''} ${c.owner?.name ?? ''} ${c.chat}`.toLowerCase()
  const waits = (c: ChatRow): boolean => c.phase === 'queued' || c.phase === 'new'
  return chats.filter((c) => (!waitingOnly || waits(c)) && parts.every((p) => text(c).includes(p)))
    .sort((a, b) => Number(Boolean(b.assist)) - Number(Boolean(a.assist)) || Number(waits(b)) - Number(waits(a)) || a.received_at.localeCompare(b.received_at))
}

function Row({ model, c }: { model: Model; c: ChatRow }): JSX.Element {
  return (
    <tr>
      <th scope="row"><button type="button" class="rowname" onClick={() => model.open({ kind: 'chat', chat: c.chat })}>
        <span class="clip">{c.customer.name}</span>{c.assist && <span class="badge bad">{t('calls')}</span>}
        {c.rating && <span class="badge">★ {c.rating.score}</span>}</button></th>
      <td class="opt clip">{c.queue?.name ?? '–'}</td>
      <td><ChatState c={c} /></td>
      <td class="clip">{c.owner?.name ?? '–'}</td>
      <td class="num">{span(model.desk.client.clock.since(c.received_at))}</td>
    </tr>
  )
}

export function ChatState({ c }: { c: ChatRow }): JSX.Element {
  const tone = c.phase === 'queued' || c.phase === 'new' ? 'warn' : c.phase === 'interrupted' ? 'bad' : c.phase === 'active' ? 'good' : ''
  const more = c.label && c.label !== 'active' ? said('label_', c.label) : said('phase_', c.phase)
  return <span class={`badge ${c.label && c.label !== 'active' ? 'accent' : tone}`}>{more}</span>
}
