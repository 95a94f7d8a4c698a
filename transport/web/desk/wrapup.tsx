import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Debt } from '../shared/index.ts'
import { Button } from '../ui/parts.tsx'
import { Picker } from '../ui/picker.tsx'
import { useSeconds } from '../ui/use.ts'
import { count, span } from '../ui/words.ts'
import type { Model } from './model.ts'
import { t } from './words.ts'

const draftAfterMs = 800

/** What is owed for a chat. What is written is kept by the server, so nothing is lost by closing. */
export function WrapupForm({ model, debt }: { model: Model; debt: Debt }): JSX.Element {
  const [code, setCode] = useState(debt.code ?? '')
  const [notes, setNotes] = useState(debt.notes ?? '')
  const [busy, setBusy] = useState(false)
  const edited = useRef(false)
  useSeconds(debt.expires_at !== undefined)
  const left = notesRoom(model) - count(notes)

  useEffect(() => { // another window's draft, unless this one is being written
    if (edited.current) return
    setCode(debt.code ?? '')
    setNotes(debt.notes ?? '')
  }, [debt.code, debt.notes])
  useEffect(() => {
    if (!edited.current) return
    const timer = setTimeout(() => {
      edited.current = false
      void model.do('save_wrapup', { chat: debt.chat, ...(code && { code }), ...(notes && { notes }) })
    }, draftAfterMs)
    return () => clearTimeout(timer)
  }, [code, notes])

  const box = useRef<HTMLElement>(null)
  useEffect(() => { // it takes the place of what one wrote in, and so the keyboard too
    if (document.activeElement === document.body || document.activeElement?.id === 'composer') box.current?.querySelector<HTMLElement>('#wrapup-code')?.focus()
  }, [])

  const submit = async (): Promise<void> => {
    if (busy || left < 0 || (code === '' && debt.mode !== 'optional')) return
    setBusy(true)
    edited.current = false
    await model.do('wrapup', { chat: debt.chat, ...(code && { code }), ...(notes && { notes }) })
    setBusy(false)
  }
  const saved = !edited.current && (debt.code || debt.notes)
  return (
    <section class="wrapup" ref={box} aria-label={t('wrapup')}>
      <header><h3>{t('wrapup')}</h3>
        {debt.expires_at && <span class="badge warn tabular" role="timer">{t('closesIn', { t: span(model.client.clock.until(debt.expires_at)) })}</span>}
        {debt.expires_at && (debt.extensions_left ?? 0) > 0 && <Button label={t('extend', { n: debt.extensions_left ?? 0 })} small onPress={() => { void model.do('extend_wrapup', { chat: debt.chat }) }} />}
        <span class="grow" /><span class="small muted" role="status">{saved ? t('draftSaved') : ''}</span>
        <Button label={t('later')} icon="close" bare small kind="quiet" onPress={() => model.putOff(debt.chat, true)} />
      </header>
      <Filing model={model} debt={debt} code={code} notes={notes} onCode={(c) => { edited.current = true; setCode(c) }} onNotes={(n) => { edited.current = true; setNotes(n) }} />
      <footer>
        {code === '' && debt.mode !== 'optional' && <span class="small muted">{t('mandatory')}</span>}
        <Button label={t('submit')} kind="primary" disabled={busy || left < 0 || (code === '' && debt.mode !== 'optional')} onPress={() => { void submit() }} />
      </footer>
    </section>
  )
}

interface FilingProps { model: Model; debt: Debt; code: string; notes: string; onCode: (code: string) => void; onNotes: (notes: string) => void }

/** The fields of a wrap-up: a code of the queue, and notes where it takes any. */
export function Filing({ model, debt, code, notes, onCode, onNotes }: FilingProps): JSX.Element {
  const most = notesRoom(model)
  const left = most - count(notes)
  return (
    <div class="wrapup-fields">
      <Picker id="wrapup-code" label={t('code')} items={debt.codes} keyOf={(c) => c.code} textOf={(c) => `${c.name} ${c.code}`} noneLabel={t('none')} placeholder={t('search')}
        chosen={code} onChoose={(c) => onCode(c.code)} draw={(c) => <span>{c.name}</span>} />
      {debt.notes_enabled && <div class="field">
        <label for="wrapup-notes">{t('notes')}</label>
        <textarea id="wrapup-notes" class="input" rows={5} value={notes} aria-invalid={left < 0} onInput={(e) => onNotes(e.currentTarget.value)} />
        {left < most / 5 && <span class={`small tabular ${left < 0 ? 'late' : 'muted'}`}>{t('notesLeft', { n: left })}</span>}
      </div>}
    </div>
  )
}

function notesRoom(model: Model): number {
  return model.client.limits?.notes_chars ?? 4000
}
