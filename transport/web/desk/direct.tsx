import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Dialog } from '../ui/parts.tsx'
import { useStore } from '../ui/use.ts'
import { timeOf } from '../ui/words.ts'
import { useTargets } from './targets.tsx'
import type { Model } from './model.ts'
import { tones } from './topbar.tsx'
import { named, t } from './words.ts'

/** Talk among agents, outside of any chat. */
export function DirectDialog({ model, onClose }: { model: Model; onClose: () => void }): JSX.Element {
  const directs = useStore(model.desk, (s) => s.directs)
  const me = useStore(model.desk, (s) => s.me)
  const rows = useTargets(model, 'agent').filter((r) => r.agent !== me)
  const partner = (d: { from: { id: string }; to: string }): string => (d.from.id === me ? d.to : d.from.id)
  const [agent, setAgent] = useState(() => { const last = directs.at(-1); return last ? partner(last) : '' })
  const [text, setText] = useState('')
  const end = useRef<HTMLLIElement>(null)
  const said = directs.filter((d) => partner(d) === agent)
  useEffect(() => { model.directsRead() }, [directs.length])
  useEffect(() => { end.current?.scrollIntoView({ block: 'nearest' }) }, [said.length, agent])
  const name = rows.find((r) => r.agent === agent)?.name ?? agent
  const send = async (): Promise<void> => {
    const words = text.trim()
    if (!agent || !words) return
    setText('')
    if (!await model.do('direct', { agent, text: words })) setText(words)
  }
  return (
    <Dialog title={t('direct')} closeLabel={t('close')} onClose={onClose} onSubmit={() => { void send() }} wide>
      <div class="direct">
        <ul class="direct-who" aria-label={t('direct')}>
          {rows.map((r) => <li key={r.agent}>
            <button type="button" class={`button quiet ${r.agent === agent ? 'now' : ''}`} aria-pressed={r.agent === agent} onClick={() => setAgent(r.agent ?? '')}>
              <span class={`dot ${r.state ? tones[r.state] : ''}`} aria-hidden="true" /><span class="clip">{r.name}</span>
              <span class="unseen">{r.state ? named('', r.state) : ''}</span></button></li>)}
        </ul>
        <div class="direct-talk">
          {agent ? <ol class="direct-said" tabIndex={0} aria-label={name}>
            {said.map((d, i) => <li key={`${d.at}${i}`} class={d.from.id === me ? 'line mine' : 'line theirs'} ref={i === said.length - 1 ? end : null}>
              <div class="line-body"><div class="bubble">{d.text}</div><div class="line-foot">{timeOf(d.at, t.lang)}</div></div></li>)}
          </ol> : <p class="muted">{t('directNone')}</p>}
          {agent && <input class="input" aria-label={t('directTo', { name })} placeholder={t('directTo', { name })} value={text} maxLength={4000} data-first
            onInput={(e) => setText(e.currentTarget.value)} />}
        </div>
      </div>
    </Dialog>
  )
}
