import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Commands, DeskView, TargetRow } from '../shared/index.ts'
import { Button, Dialog, Field } from '../ui/parts.tsx'
import { Picker } from '../ui/picker.tsx'
import { useStore } from '../ui/use.ts'
import type { Model } from './model.ts'
import { tones } from './topbar.tsx'
import { named, t } from './words.ts'

type Kind = 'agent' | 'queue'

/** Counts the looks at targets, to know the last one. */
let looks = 0

/** Rows of where a chat could go, as long as they are looked at. */
export function useTargets(model: Model, kind: Kind, chat?: string): readonly TargetRow[] {
  const live = useStore(model.standing, (s) => s.state === 'live')
  const targets = useStore(model.desk, (s) => s.targets)
  useEffect(() => {
    if (!live) return
    const mine = ++looks
    model.desk.update(({ targets: _, ...s }) => s)
    model.client.hint('watch_targets', { on: true, kind, ...(chat && { chat }) })
    // Who looks at the other list next has the watch: it is not ended behind him.
    return () => { setTimeout(() => { if (looks === mine) model.client.hint('watch_targets', { on: false }) }, 0) }
  }, [live, kind, chat])
  const rows = targets?.kind === kind ? targets.rows : undefined
  return useMemo(() => [...(rows ?? [])].sort((a, b) => Number(b.usable) - Number(a.usable) || a.name.localeCompare(b.name)), [rows])
}

interface PickTargetProps { model: Model; chat: DeskView; kind: Kind; chosen: TargetRow | undefined; onChoose: (r: TargetRow) => void }

function PickTarget({ model, chat, kind, chosen, onChoose }: PickTargetProps): JSX.Element {
  const rows = useTargets(model, kind, chat.chat)
  const [usable, setUsable] = useState(true)
  const key = (r: TargetRow): string => r.agent ?? r.queue ?? ''
  return (
    <>
      <Picker id="target" label={t('target')} first items={usable ? rows.filter((r) => r.usable) : rows} keyOf={key} noneLabel={t('none')} placeholder={t('search')}
        textOf={(r) => `${r.name} ${key(r)} ${r.skills?.join(' ') ?? ''}`} usable={(r) => r.usable} onChoose={onChoose} {...(chosen && { chosen: key(chosen) })}
        draw={(r) => <>
          <span class={`dot ${r.state ? tones[r.state] : r.mode === 'open' ? 'good' : 'bad'}`} aria-hidden="true" />
          <span class="grow clip">{r.name}{r.skills?.length ? <span class="muted small"> {r.skills.join(', ')}</span> : null}</span>
          <span class="small muted tabular">{r.state ? `${named('', r.state)} · ${t('free', { n: r.free ?? 0 })}`
            : `${r.mode === 'open' ? '' : `${t('closed')} · `}${t('waitingN', { n: r.waiting ?? 0 })} · ${t('agentsN', { n: r.available ?? 0 })}`}</span>
        </>} />
      <label class="check"><input type="checkbox" checked={usable} onChange={(e) => setUsable(e.currentTarget.checked)} />{t('onlyUsable')}</label>
    </>
  )
}

interface ChatDialogProps { model: Model; chat: DeskView; onClose: () => void }

export function TransferDialog({ model, chat, onClose }: ChatDialogProps): JSX.Element {
  const [kind, setKind] = useState<Kind>('agent')
  const [chosen, setChosen] = useState<TargetRow>()
  const [mode, setMode] = useState<'usual' | 'blind'>('usual')
  const [onFail, setOnFail] = useState<NonNullable<Commands['transfer']['on_fail']>>('return_to_queue')
  const [note, setNote] = useState('')
  const turn = (k: Kind): void => { setKind(k); setChosen(undefined) }
  const go = async (): Promise<void> => {
    if (!chosen) return
    const to = kind === 'agent' ? { agent: chosen.agent ?? '' } : { queue: chosen.queue ?? '' }
    const order: Commands['transfer'] = { chat: chat.chat, to, mode: mode === 'blind' ? 'blind' : kind === 'agent' ? 'warm' : 'stay',
      ...(note.trim() && { note: note.trim() }), ...(mode === 'blind' && { on_fail: onFail }) }
    if (await model.ask(chat.chat, 'transfer', chosen.name, () => model.do('transfer', order))) onClose()
  }
  return (
    <Dialog title={`${t('transfer')}: ${chat.customer.name}`} closeLabel={t('close')} onClose={onClose} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('transfer')} kind="primary" disabled={!chosen} onPress={() => { void go() }} />
    </>}>
      <div class="tabs" role="tablist">
        {(['agent', 'queue'] as const).map((k) => <button key={k} type="button" role="tab" aria-selected={kind === k} onClick={() => turn(k)}>{k === 'agent' ? t('toAgent') : t('toQueue')}</button>)}
      </div>
      <PickTarget key={kind} model={model} chat={chat} kind={kind} chosen={chosen} onChoose={setChosen} />
      <fieldset class="choices"><legend>{t('mode')}</legend>
        <label><input type="radio" name="mode" checked={mode === 'usual'} onChange={() => setMode('usual')} />{kind === 'agent' ? t('warm') : t('stay')}</label>
        <label><input type="radio" name="mode" checked={mode === 'blind'} onChange={() => setMode('blind')} />{t('blind')}</label>
      </fieldset>
      {mode === 'blind' && <fieldset class="choices"><legend>{t('onFail')}</legend>
        {(['return_to_queue', 'return_to_sender', 'end'] as const).map((f) => (
          <label key={f}><input type="radio" name="fail" checked={onFail === f} onChange={() => setOnFail(f)} />{f === 'end' ? t('failEnd') : t(f)}</label>))}
      </fieldset>}
      <Field id="note" label={t('note')} value={note} onValue={setNote} rows={2} maxLength={4000} />
    </Dialog>
  )
}

/** Asks an agent into the conversation, or aside. */
export function AskDialog({ model, chat, kind, onClose }: ChatDialogProps & { kind: 'invite' | 'consult' }): JSX.Element {
  const [chosen, setChosen] = useState<TargetRow>()
  const [note, setNote] = useState('')
  const go = async (): Promise<void> => {
    const agent = chosen?.agent
    if (!agent) return
    const order = () => (kind === 'invite' ? model.do('invite', { chat: chat.chat, agent, ...(note.trim() && { note: note.trim() }) }) : model.do('consult', { chat: chat.chat, agent }))
    if (await model.ask(chat.chat, kind, chosen.name, order)) onClose()
  }
  return (
    <Dialog title={kind === 'invite' ? t('inviteTitle') : t('consultTitle')} closeLabel={t('close')} onClose={onClose} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={kind === 'invite' ? t('invite') : t('consult')} kind="primary" disabled={!chosen} onPress={() => { void go() }} />
    </>}>
      <PickTarget model={model} chat={chat} kind="agent" chosen={chosen} onChoose={setChosen} />
      {kind === 'invite' && <Field id="note" label={t('note')} value={note} onValue={setNote} rows={2} maxLength={4000} />}
    </Dialog>
  )
}
