import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Button, Dialog, Field } from '../ui/parts.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import { AgentDialog } from './agent-dialog.tsx'
import { AlertRow } from './alerts.tsx'
import { AssignDialog, ChatDialog, ForceEndDialog, RequeueDialog } from './chat-dialogs.tsx'
import { ExplainDialog } from './explain.tsx'
import { shortcuts } from './keys.ts'
import type { Model } from './model.ts'
import { PastDialog, ReplayDialog } from './replay.tsx'
import { TodayDialog } from './today.tsx'
import { t } from './words.ts'

/** The one dialog that is open, if any. */
export function Dialogs({ model }: { model: Model }): JSX.Element | null {
  const open = useStore(model.local, (l) => l.dialog)
  if (!open) return null
  const close = (): void => model.open(undefined)
  const key = JSON.stringify(open)
  switch (open.kind) {
    case 'queue': return <QueueDialog key={key} model={model} queue={open.queue} onClose={close} />
    case 'broadcast': return <BroadcastDialog key={key} model={model} queue={open.queue} onClose={close} />
    case 'agent': return <AgentDialog key={key} model={model} agent={open.agent} onClose={close} />
    case 'chat': return <ChatDialog key={key} model={model} chat={open.chat} onClose={close} />
    case 'assign': return <AssignDialog key={key} model={model} chat={open.chat} onClose={close} />
    case 'requeue': return <RequeueDialog key={key} model={model} chat={open.chat} onClose={close} />
    case 'force_end': return <ForceEndDialog key={key} model={model} chat={open.chat} onClose={close} />
    case 'explain': return <ExplainDialog key={key} model={model} chat={open.chat} onClose={close} />
    case 'past': return <PastDialog key={key} model={model} onClose={close} />
    case 'replay': return <ReplayDialog key={key} model={model} chat={open.chat} onClose={close} />
    case 'alerts': return <DoneDialog key={key} model={model} onClose={close} />
    case 'today': return <TodayDialog key={key} model={model} onClose={close} />
    case 'keys': return <KeysDialog key={key} onClose={close} />
  }
}

interface OfQueue { model: Model; queue: string; onClose: () => void }

const modes = ['open', 'closed', 'draining', 'auto'] as const

function QueueDialog({ model, queue, onClose }: OfQueue): JSX.Element {
  const q = useStore(model.wall, (s) => s.queues.find((x) => x.queue === queue))
  const now = q?.mode_set ? q.mode : 'auto'
  return (
    <Dialog title={q?.name ?? queue} closeLabel={t('close')} onClose={onClose} foot={<>
      <Button label={t('broadcast')} icon="sound" onPress={() => model.open({ kind: 'broadcast', queue })} />
    </>}>
      <fieldset class="choices"><legend>{t('mode')}</legend>
        {modes.map((mode) => <label key={mode}><input type="radio" name="mode" checked={now === mode} {...(now === mode && { 'data-first': '' })} onChange={() => { void model.do('queue_mode', { queue, mode }) }} />{t(`mode_${mode}`)}</label>)}
      </fieldset>
      <p class="muted small">{q?.mode_set ? t('setBy', { name: q.mode_set.by.name }) : t('modeAutoText')}</p>
      <p class="muted small">{t('modeText')}</p>
    </Dialog>
  )
}

function BroadcastDialog({ model, queue, onClose }: OfQueue): JSX.Element {
  const queues = useStore(model.wall, (s) => s.queues)
  const [to, setTo] = useState(queue)
  const [text, setText] = useState('')
  const [done, setDone] = useState<number>()
  const send = async (): Promise<void> => {
    const ok = await model.do('broadcast', { queue: to, text: text.trim() })
    if (ok) {
      setDone(ok.chats ?? 0)
      setText('')
    }
  }
  return (
    <Dialog title={t('broadcast')} closeLabel={t('close')} onClose={onClose} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('send')} kind="primary" disabled={text.trim() === ''} onPress={() => { void send() }} />
    </>}>
      <div class="field"><label for="to">{t('queue')}</label>
        <select id="to" class="input" value={to} onChange={(e) => setTo(e.currentTarget.value)}>{queues.map((q) => <option key={q.queue} value={q.queue}>{q.name}</option>)}</select></div>
      <Field id="broadcast-text" label={t('broadcastText')} value={text} onValue={(v) => { setText(v); setDone(undefined) }} rows={3} maxLength={1000} first />
      <p class="small" role="status">{done === undefined ? '' : t('broadcastDone', { n: done })}</p>
    </Dialog>
  )
}

/** Alerts that were acknowledged here and still hold. */
function DoneDialog({ model, onClose }: { model: Model; onClose: () => void }): JSX.Element {
  const alerts = useStore(model.wall, (s) => s.alerts)
  useSeconds()
  return (
    <Dialog title={t('alerts')} closeLabel={t('close')} onClose={onClose} wide>
      <p class="muted small">{t('acknowledgeText')}</p>
      <ul class="alerts">{[...alerts].map(([key, a]) => <AlertRow key={key} model={model} a={a} acknowledged />)}</ul>
    </Dialog>
  )
}

function KeysDialog({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t('keys')} closeLabel={t('close')} onClose={onClose} wide>
      <dl class="keys">
        {shortcuts.map((s) => <div key={s.shown}><dt><kbd>{s.shown}</kbd></dt><dd>{t(s.says)}</dd></div>)}
        <div><dt><kbd>↑ ↓</kbd></dt><dd>{t('k_rows')}</dd></div>
      </dl>
    </Dialog>
  )
}
