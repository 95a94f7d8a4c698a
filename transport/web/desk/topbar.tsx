import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { load, type PresenceState } from '../shared/index.ts'
import { Icon } from '../ui/icons.tsx'
import { Button } from '../ui/parts.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import { span } from '../ui/words.ts'
import type { Model } from './model.ts'
import { named, reasonText, t } from './words.ts'

export const tones: Record<PresenceState, string> = { available: 'good', not_ready: 'warn', draining: 'warn', rona: 'bad', offline: '' }

export function TopBar({ model, onLeave }: { model: Model; onLeave: () => void }): JSX.Element {
  const unread = useStore(model.desk, (s) => s.unreadDirects)
  const [sound, setSound] = useState(model.ringer.on)
  useEffect(() => { model.ringer.onTurned = setSound }, [model])
  return (
    <header class="topbar">
      <h1 class="brand"><Icon name="bubble" size={20} /><span>Parley</span></h1>
      <Presence model={model} />
      <Load model={model} />
      <Connection model={model} />
      <span class="grow" />
      <div class="topbar-tools">
        <span class="with-count">
          <Button label={unread ? `${t('direct')}, ${t('unread', { n: unread })}` : t('direct')} icon="people" bare kind="quiet" hint="Alt+C" onPress={() => model.open({ kind: 'direct' })} />
          {unread > 0 && <span class="badge count" aria-hidden="true">{unread}</span>}
        </span>
        <Button label={sound ? t('sound') : t('mute')} icon={sound ? 'sound' : 'mute'} bare kind="quiet" pressed={sound} onPress={() => {
          model.ringer.toggle()
          if (model.ringer.on) void model.ringer.askPermission()
        }} />
        <Button label={t('keys')} icon="keys" bare kind="quiet" hint="Alt+/" onPress={() => model.open({ kind: 'keys' })} />
        <Button label={t('signOut')} icon="out" bare kind="quiet" onPress={onLeave} />
      </div>
      <Rona model={model} />
    </header>
  )
}

export function Presence({ model }: { model: Model }): JSX.Element {
  const p = useStore(model.desk, (s) => s.presence)
  const next = useStore(model.desk, (s) => s.next)
  const reason = useStore(model.desk, (s) => (p.reason ? s.reasons.find((r) => r.code === p.reason)?.name ?? reasonText(p.reason) : undefined))
  useSeconds()
  return (
    <button type="button" class="presence-button" onClick={() => model.open({ kind: 'presence' })} title={`${t('presence')} (Alt+P)`} aria-haspopup="dialog">
      <span class={`dot ${tones[p.state]}`} aria-hidden="true" />
      <span class="presence-text"><strong>{model.me.name}</strong>
        <span class="small clip">{named('', p.state)}{reason ? ` · ${reason}` : ''}{next ? ` · ${t('next', { state: named('', next.state) })}` : ''}</span></span>
      <span class="small muted tabular" title={t('time')}>{span(model.client.clock.since(p.since))}</span>
      <Icon name="down" size={14} />
    </button>
  )
}

function Load({ model }: { model: Model }): JSX.Element {
  const total = useStore(model.desk, (s) => s.capacity.total)
  const used = useStore(model.desk, load)
  return <span class="load" role="img" aria-label={`${t('load')}: ${used} / ${total}`} title={`${t('load')}: ${used} / ${total}`}>
    {Array.from({ length: Math.min(total, 12) }, (_, i) => <i key={i} class={i < used ? 'used' : ''} />)}
    <span class="small muted tabular">{used}/{total}</span>
  </span>
}

export function Connection({ model }: { model: Model }): JSX.Element {
  const s = useStore(model.standing, (x) => x)
  useSeconds(s.state === 'waiting')
  const why: Record<number, string> = { 4501: t('expired'), 4505: t('replaced'), 4506: t('replaced'), 4507: t('signedOut') }
  switch (s.state) {
    case 'live':
      return <span class="badge good" role="status"><Icon name="check" size={12} /><span class="wide-only">{t('connected')}</span></span>
    case 'connecting':
      return <span class="badge warn" role="status">{t('connecting')}</span>
    case 'waiting':
      return <span class="linkstate" role="status"><span class="badge bad" title={t('kept')}>{t('offlineIn', { n: Math.max(1, Math.ceil((s.until - Date.now()) / 1000)) })}</span>
        <Button label={t('tryNow')} small onPress={() => model.client.hurry()} /></span>
    case 'stopped':
      return <span class="linkstate" role="alert"><span class="badge bad">{t('stopped', { why: why[s.code] ?? `${s.code} ${s.reason}` })}</span>
        <Button label={t('again')} small onPress={() => model.client.again()} /></span>
  }
}

/** Who did not answer has to say himself that he is back. */
export function Rona({ model }: { model: Model }): JSX.Element | null {
  const rona = useStore(model.desk, (s) => s.presence.state === 'rona')
  if (!rona) return null
  return (
    <div class="note bad rona" role="alert">
      <Icon name="warning" /><span><strong>{t('ronaTitle')}.</strong> {t('ronaText')}</span>
      <Button label={t('beAvailable')} small hint="Alt+V" onPress={() => { void model.do('set_presence', { state: 'available' }) }} />
    </div>
  )
}
