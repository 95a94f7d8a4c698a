import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Button, Dialog } from '../ui/parts.tsx'
import { useStore } from '../ui/use.ts'
import { dateOf, span, timeOf } from '../ui/words.ts'
import type { Model } from './model.ts'
import { momentName, pastChats, replayOf, happened, type Moment, type Said, type Segment } from './past.ts'
import { said, t } from './words.ts'

/** Chats that have ended, to be looked at again. */
export function PastDialog({ model, onClose }: { model: Model; onClose: () => void }): JSX.Element {
  const queues = useStore(model.wall, (s) => s.queues)
  const agents = useStore(model.wall, (s) => s.agents)
  const [queue, setQueue] = useState('')
  const [agent, setAgent] = useState('')
  const [customer, setCustomer] = useState<Segment>()
  const [rows, setRows] = useState<Segment[]>()
  const [next, setNext] = useState<string>()
  const [wrong, setWrong] = useState('')
  const load = async (cursor?: string): Promise<void> => {
    try {
      const page = await pastChats(await model.desk.token(), { queue, agent, ...(customer && { customer: customer.customer }), ...(cursor && { cursor }) })
      setRows((r) => (cursor ? [...(r ?? []), ...page.chats] : page.chats))
      setNext(page.next)
      setWrong('')
    } catch (e) {
      setWrong(t('failed', { why: e instanceof Error ? e.message : String(e) }))
    }
  }
  useEffect(() => { void load() }, [queue, agent, customer])
  return (
    <Dialog title={t('past')} closeLabel={t('close')} onClose={onClose} wide>
      <div class="wall-filters">
        <label class="field"><span class="label">{t('queue')}</span><select class="input" value={queue} data-first="" onChange={(e) => setQueue(e.currentTarget.value)}>
          <option value="">{t('all')}</option>{queues.map((q) => <option key={q.queue} value={q.queue}>{q.name}</option>)}</select></label>
        <label class="field"><span class="label">{t('agent')}</span><select class="input" value={agent} onChange={(e) => setAgent(e.currentTarget.value)}>
          <option value="">{t('all')}</option>{agents.map((a) => <option key={a.agent} value={a.agent}>{a.name}</option>)}</select></label>
      </div>
      {customer && <p class="note"><span>{t('chatsOf', { name: customer.name || customer.customer })}</span>
        <Button label={t('all')} small onPress={() => setCustomer(undefined)} /></p>}
      {wrong && <p class="note bad" role="alert">{wrong}</p>}
      {rows?.length === 0 && <p class="muted">{t('none')}</p>}
      <ul class="past-list">
        {rows?.map((s) => <li key={s.chat} class="past-row"><button type="button" class="row" onClick={() => model.open({ kind: 'replay', chat: s.chat })}>
          <span class="row-text"><span class="row-top"><strong class="clip">{s.name || s.customer}</strong><time class="small muted tabular" dateTime={s.ended_at}>{dateOf(s.ended_at, t.lang)}</time></span>
            <span class="small muted clip">{[queues.find((q) => q.queue === s.queue)?.name ?? s.queue, s.agents.join(', '), said('end_', s.reason), t('messagesN', { n: s.messages })].filter(Boolean).join(' · ')}</span></span>
        </button>
          {s.previous_chat && !customer && <Button label={t('chatsOf', { name: s.name || s.customer })} icon="user" bare kind="quiet" onPress={() => setCustomer(s)} />}</li>)}
      </ul>
      {next && <Button label={t('older')} onPress={() => { void load(next) }} />}
    </Dialog>
  )
}

interface Found { records: Moment[]; messages: Said[] }

/** A chat as it was at any moment: one record of its journal after the other. */
export function ReplayDialog({ model, chat, onClose }: { model: Model; chat: string; onClose: () => void }): JSX.Element {
  const [found, setFound] = useState<Found>()
  const [wrong, setWrong] = useState('')
  const [at, setAt] = useState(0)
  const [plays, setPlays] = useState(false)
  useEffect(() => {
    model.desk.token().then((token) => replayOf(token, chat)).then((f) => { setFound(f); setAt(f.records.length - 1) },
      (e: unknown) => setWrong(t('failed', { why: e instanceof Error ? e.message : String(e) })))
  }, [chat])
  const last = (found?.records.length ?? 1) - 1
  useEffect(() => {
    if (!plays) return
    if (at >= last) { setPlays(false); return }
    const timer = setTimeout(() => setAt(at + 1), 900)
    return () => clearTimeout(timer)
  }, [plays, at, last])
  const m = found?.records[at]
  return (
    <Dialog title={t('replay')} closeLabel={t('close')} onClose={onClose} wide>
      {wrong && <p class="note bad" role="alert">{wrong}</p>}
      {found && m && <>
        <div class="replay-bar">
          <Button label={plays ? t('pause') : t('play')} small onPress={() => { if (at >= last) setAt(0); setPlays(!plays) }} />
          <input type="range" min={0} max={last} value={at} data-first="" aria-label={t('moment')} aria-valuetext={momentName(m)} onInput={(e) => { setPlays(false); setAt(Number(e.currentTarget.value)) }} />
          <span class="small tabular">{at + 1}/{last + 1} · {span((Date.parse(m.at) - Date.parse(found.records[0]?.at ?? m.at)) / 1000)}</span>
        </div>
        <Then m={m} model={model} />
        <ol class="replay-said" aria-label={t('conversation')} tabIndex={0}>
          {found.messages.filter((x) => x.sent_at <= m.at).map((x) => <li key={x.message_seq} class={x.to === 'agents' ? 'aside' : ''}>
            <strong>{x.name || said('', x.author)}</strong> <time class="small muted tabular" dateTime={x.sent_at}>{timeOf(x.sent_at, t.lang)}</time><br />{x.erased ? t('erased') : x.joined ? t('joinedLine', { name: x.joined }) : x.text}</li>)}
        </ol>
      </>}
    </Dialog>
  )
}

/** What happened at one moment, and how the chat stood after it. */
function Then({ m, model }: { m: Moment; model: Model }): JSX.Element {
  const owner = model.wall.get().agents.find((a) => a.agent === m.owner)?.name ?? m.owner
  return (
    <div class="replay-then">
      <ul class="replay-events">{m.events.map((e, i) => <li key={i}><details><summary>{happened(e.type)}{typeof e.event['Note'] === 'string' && e.event['Note'] !== '' && <span class="muted">: “{e.event['Note']}”</span>}</summary><pre class="small" tabIndex={0}>{JSON.stringify(e.event, null, 1)}</pre></details></li>)}
        {m.events.length === 0 && <li class="muted">{t('noEvents')}</li>}</ul>
      <dl class="facts">
        <div><dt>{t('at')}</dt><dd class="tabular">{new Date(m.at).toLocaleString(t.lang, { dateStyle: 'short', timeStyle: 'medium' })}</dd></div>
        <div><dt>{t('state')}</dt><dd>{said('phase_', String(m.phase))}</dd></div>
        <div><dt>{t('agent')}</dt><dd>{owner || '–'}</dd></div>
        <div><dt>{t('config')}</dt><dd>{m.config}</dd></div>
        <div><dt>{t('hash')}</dt><dd><code>{m.state_hash}</code></dd></div>
      </dl>
    </div>
  )
}
