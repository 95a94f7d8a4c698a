import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Settled } from '../shared/index.ts'
import { Button, Dialog } from '../ui/parts.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import type { Model } from './model.ts'
import { t } from './words.ts'
import { Filing } from './wrapup.tsx'

const forMs = 5 * 60_000 // as long as the server lets it be, unless it is configured otherwise

/** Wrap-ups that the clock has filed a moment ago: each can be put right. */
export function SettledList({ model }: { model: Model }): JSX.Element | null {
  const settled = useStore(model.desk, (s) => s.settled)
  useSeconds(settled.size > 0)
  const now = model.client.clock.ms()
  const old = [...settled.values()].filter((d) => now - Date.parse(d.at) > forMs).map((d) => d.chat)
  useEffect(() => { if (old.length > 0) model.forgetSettled(...old) }, [old.length])
  if (settled.size === 0) return null
  return (
    <ul class="settled">
      {[...settled.values()].map((d) => <li key={d.chat} class="note warn">
        <span>{t('settled', { name: d.name })}</span>
        <Button label={t('putRight')} small hint="Alt+W" onPress={() => model.open({ kind: 'settled', chat: d.chat })} />
        <Button label={t('close')} icon="close" bare small kind="quiet" onPress={() => model.forgetSettled(d.chat)} />
      </li>)}
    </ul>
  )
}

/** Gives the code and the notes that the clock could not know. */
export function SettledDialog({ model, debt, onClose }: { model: Model; debt: Settled; onClose: () => void }): JSX.Element {
  const [code, setCode] = useState(debt.code ?? '')
  const [notes, setNotes] = useState(debt.notes ?? '')
  const [busy, setBusy] = useState(false)
  const submit = async (): Promise<void> => {
    if (busy || code === '') return
    setBusy(true)
    if (await model.putRight(debt.chat, code, notes)) onClose()
    setBusy(false)
  }
  return (
    <Dialog title={`${t('wrapup')}: ${debt.name}`} closeLabel={t('close')} onClose={onClose} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('submit')} kind="primary" disabled={busy || code === ''} onPress={() => { void submit() }} />
    </>}>
      <p class="muted small">{t('settledText')}</p>
      <Filing model={model} debt={debt} code={code} notes={notes} onCode={setCode} onNotes={setNotes} />
    </Dialog>
  )
}
