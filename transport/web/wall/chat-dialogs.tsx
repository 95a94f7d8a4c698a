import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { tones } from '../desk/topbar.tsx'
import { Button, Dialog, Field } from '../ui/parts.tsx'
import { Picker } from '../ui/picker.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import { dateOf, span } from '../ui/words.ts'
import { ChatState } from './chats.tsx'
import type { Model } from './model.ts'
import { modeTone } from './queues.tsx'
import { said, t } from './words.ts'

interface OfChat { model: Model; chat: string; onClose: () => void }

/** A chat, and all that a supervisor can do about it. */
export function ChatDialog({ model, chat, onClose }: OfChat): JSX.Element {
  const c = useStore(model.wall, (s) => s.chats.find((x) => x.chat === chat))
  const inside = useStore(model.desk.desk, (s) => s.chats.has(chat))
  useSeconds()
  const waits = c?.phase === 'queued' || c?.phase === 'new'
  const enter = (how: 'monitor' | 'whisper' | 'barge' | 'take_over') => () => { void model.enter(how, chat) }
  const open = (kind: 'assign' | 'requeue' | 'force_end' | 'explain' | 'replay') => () => model.open({ kind, chat })
  return (
    <Dialog title={c?.customer.name ?? t('chat')} closeLabel={t('close')} onClose={onClose} wide>
      {c ? <dl class="facts">
        <div><dt>{t('state')}</dt><dd><ChatState c={c} /></dd></div>
        <div><dt>{t('queue')}</dt><dd>{c.queue?.name ?? '–'}</dd></div>
        <div><dt>{t('agent')}</dt><dd>{c.owner?.name ?? '–'}</dd></div>
        <div><dt>{t('age')}</dt><dd class="tabular">{span(model.desk.client.clock.since(c.received_at))} · {dateOf(c.received_at, t.lang)}</dd></div>
        {c.assist && <div><dt>{t('calls')}</dt><dd>{c.assist.from.name}: {c.assist.text ?? '–'}</dd></div>}
        {c.rating && <div><dt>{t('rating')}</dt><dd>★ {c.rating.score} {c.rating.text ?? ''}</dd></div>}
        <div><dt>{t('id')}</dt><dd>{c.chat}</dd></div>
      </dl> : <p class="muted">{t('gone')}</p>}
      {c && <><div class="wall-acts">
        {inside && <Button label={t('open')} kind="primary" first onPress={() => { model.desk.select(chat); onClose() }} />}
        <Button label={t('monitor')} icon="ear" first={!inside} onPress={enter('monitor')} />
        <Button label={t('whisper')} icon="note" onPress={enter('whisper')} />
        <Button label={t('barge')} icon="bubble" onPress={enter('barge')} />
        <Button label={t('take_over')} icon="user" onPress={enter('take_over')} />
      </div>
      <div class="wall-acts">
        <Button label={t('assign')} icon="transfer" onPress={open('assign')} />
        <Button label={t('requeue')} icon="clock" onPress={open('requeue')} />
        <Button label={t('force_end')} icon="end" onPress={open('force_end')} />
      </div></>}
      {waits && <Priority model={model} chat={chat} />}
      <div class="wall-acts">
        <Button label={t('explain')} icon="help" onPress={open('explain')} />
        <Button label={t('replay')} icon="clock" onPress={open('replay')} />
      </div>
    </Dialog>
  )
}

/** Who waits can be put before others, or behind. */
function Priority({ model, chat }: { model: Model; chat: string }): JSX.Element {
  const [value, setValue] = useState('0')
  const n = Number(value)
  const right = value.trim() !== '' && Number.isInteger(n) && n >= -1000 && n <= 1000
  const [done, setDone] = useState(false)
  const set = async (): Promise<void> => { setDone(Boolean(await model.do('set_priority', { chat, priority: n }))) }
  return (
    <form class="wall-file" onSubmit={(e) => { e.preventDefault(); if (right) void set() }}>
      <label for="priority" class="small">{t('priority')}</label>
      <input id="priority" class="input" type="number" min={-1000} max={1000} step={1} value={value} aria-invalid={!right} onInput={(e) => { setValue(e.currentTarget.value); setDone(false) }} />
      <button type="submit" class="button small" disabled={!right}>{t('set')}</button>
      <span class="small muted" role="status">{done ? t('done') : ''}</span>
    </form>
  )
}

/** Gives a chat to an agent, who does not have to accept. */
export function AssignDialog({ model, chat, onClose }: OfChat): JSX.Element {
  const agents = useStore(model.wall, (s) => s.agents)
  const owner = useStore(model.wall, (s) => s.chats.find((c) => c.chat === chat)?.owner?.id)
  const [agent, setAgent] = useState<string>()
  const [force, setForce] = useState(false)
  const go = async (): Promise<void> => {
    if (agent && await model.do('assign', { chat, agent, ...(force && { force }) })) onClose()
  }
  return (
    <Dialog title={t('assign')} closeLabel={t('close')} onClose={onClose} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('assign')} kind="primary" disabled={!agent} onPress={() => { void go() }} />
    </>}>
      <Picker id="assign" label={t('agent')} first items={agents.filter((a) => a.agent !== owner)} keyOf={(a) => a.agent} textOf={(a) => `${a.name} ${a.agent}`} noneLabel={t('none')}
        usable={(a) => force || (a.presence.state === 'available' && a.status !== 'alerting')} {...(agent && { chosen: agent })} onChoose={(a) => setAgent(a.agent)}
        draw={(a) => <><span class={`dot ${tones[a.presence.state]}`} aria-hidden="true" /><span class="grow clip">{a.name}</span>
          <span class="small muted tabular">{a.presence.state === 'available' ? said('s_', a.status) : said('p_', a.presence.state)} · {a.capacity.used}/{a.capacity.total}</span></>} />
      <label class="check"><input type="checkbox" checked={force} onChange={(e) => setForce(e.currentTarget.checked)} />{t('assignForce')}</label>
    </Dialog>
  )
}

export function RequeueDialog({ model, chat, onClose }: OfChat): JSX.Element {
  const queues = useStore(model.wall, (s) => s.queues)
  const [queue, setQueue] = useState<string>()
  const go = async (): Promise<void> => {
    if (queue && await model.do('requeue', { chat, queue })) onClose()
  }
  return (
    <Dialog title={t('requeue')} closeLabel={t('close')} onClose={onClose} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('requeue')} kind="primary" disabled={!queue} onPress={() => { void go() }} />
    </>}>
      <p class="muted small">{t('requeueText')}</p>
      <Picker id="requeue" label={t('queue')} first items={queues} keyOf={(q) => q.queue} textOf={(q) => `${q.name} ${q.queue}`} noneLabel={t('none')}
        {...(queue && { chosen: queue })} onChoose={(q) => setQueue(q.queue)}
        draw={(q) => <><span class={`dot ${modeTone[q.mode]}`} aria-hidden="true" /><span class="grow clip">{q.name}</span><span class="small muted tabular">{t('waitingN', { n: q.waiting })}</span></>} />
    </Dialog>
  )
}

export function ForceEndDialog({ model, chat, onClose }: OfChat): JSX.Element {
  const [reason, setReason] = useState('')
  const go = async (): Promise<void> => {
    if (reason.trim() && await model.do('force_end', { chat, reason: reason.trim() })) onClose()
  }
  return (
    <Dialog title={t('force_end')} closeLabel={t('close')} onClose={onClose} onSubmit={() => { void go() }} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('force_end')} kind="danger" disabled={!reason.trim()} onPress={() => { void go() }} />
    </>}><p>{t('forceEndText')}</p><Field id="reason" label={t('reason')} value={reason} onValue={setReason} maxLength={200} first required /></Dialog>
  )
}
