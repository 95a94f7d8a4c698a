import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Button, Dialog } from '../ui/parts.tsx'
import { useStore } from '../ui/use.ts'
import type { Model } from './model.ts'
import { named, t } from './words.ts'

interface Choice { state: 'available' | 'not_ready' | 'offline'; reason?: string; label: string; tone: string }

export function PresenceDialog({ model, onClose }: { model: Model; onClose: () => void }): JSX.Element {
  const p = useStore(model.desk, (s) => s.presence)
  const reasons = useStore(model.desk, (s) => s.reasons)
  const chats = useStore(model.desk, (s) => s.chats.size)
  const [after, setAfter] = useState(false)
  const choices: Choice[] = [
    { state: 'available', label: t('available'), tone: 'good' },
    { state: 'not_ready', label: t('not_ready'), tone: 'warn' },
    ...reasons.map((r): Choice => ({ state: 'not_ready', reason: r.code, label: `${t('not_ready')} · ${r.name}`, tone: 'warn' })),
    { state: 'offline', label: t('offline'), tone: '' },
  ]
  const take = (c: Choice): void => {
    onClose()
    void model.do('set_presence', { state: c.state, ...(c.reason && { reason: c.reason }), ...(after && c.state !== 'available' && { when: 'after' }) })
  }
  return (
    <Dialog title={t('presence')} closeLabel={t('close')} onClose={onClose}>
      <ul class="presences">
        {choices.map((c, i) => {
          const now = p.state === c.state && (p.reason ?? '') === (c.reason ?? '')
          return <li key={c.label}><button type="button" class={`button ${now ? 'now' : ''}`} aria-pressed={now} {...(i === 0 && { 'data-first': '' })} onClick={() => take(c)}>
            <span class={`dot ${c.tone}`} aria-hidden="true" />{c.label}</button></li>
        })}
      </ul>
      {chats > 0 && <label class="check"><input type="checkbox" checked={after} onChange={(e) => setAfter(e.currentTarget.checked)} />{t('afterLast')}</label>}
      <Channels model={model} />
    </Dialog>
  )
}

function Channels({ model }: { model: Model }): JSX.Element {
  const channels = useStore(model.desk, (s) => s.capacity.channels)
  return (
    <fieldset class="choices">
      <legend>{t('channels')}</legend>
      {Object.entries(channels).map(([name, c]) => (
        <label key={name}><input type="checkbox" checked={c.open} aria-label={t('takesChannel', { name })}
          onChange={(e) => { void model.do('set_channel', { channel: name, open: e.currentTarget.checked }) }} />
          {name}</label>
      ))}
    </fieldset>
  )
}

/** Going offline with chats: they are finished first. */
export function OfflineDialog({ model, onClose }: { model: Model; onClose: () => void }): JSX.Element {
  const drain = (): void => {
    onClose()
    void model.do('set_presence', { state: 'offline', drain: true })
  }
  return (
    <Dialog title={named('', 'offline')} closeLabel={t('close')} onClose={onClose} onSubmit={drain} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('drain')} kind="primary" first onPress={drain} />
    </>}><p>{t('liveChats')}</p></Dialog>
  )
}
