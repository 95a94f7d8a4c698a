import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { tones } from '../desk/topbar.tsx'
import { Button, Dialog } from '../ui/parts.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import { span } from '../ui/words.ts'
import type { Model } from './model.ts'
import { said, t } from './words.ts'

/** Everything about one agent, and what can be ordered of him. */
export function AgentDialog({ model, agent, onClose }: { model: Model; agent: string; onClose: () => void }): JSX.Element {
  const a = useStore(model.wall, (s) => s.agents.find((x) => x.agent === agent))
  const chats = useStore(model.wall, (s) => s.chats)
  const [sure, setSure] = useState(false)
  useSeconds()
  if (!a) return <Dialog title={agent} closeLabel={t('close')} onClose={onClose}><p>{t('gone')}</p></Dialog>
  const force = (state: 'available' | 'not_ready' | 'offline') => () => { void model.do('force_presence', { agent, state }); setSure(false) }
  const nameOf = (id: string): string => chats.find((c) => c.chat === id)?.customer.name ?? model.nameOf(id)
  return (
    <Dialog title={a.name} closeLabel={t('close')} onClose={onClose}>
      <p class="wall-line"><span class={`dot ${tones[a.presence.state]}`} aria-hidden="true" />{said('p_', a.presence.state)}{a.presence.reason && ` · ${model.reasonOf(a.presence.reason)}`}
        <span class="muted tabular">{span(model.desk.client.clock.since(a.presence.since))}</span><span class="badge">{said('s_', a.status)}</span></p>
      <div><h3 class="small">{t('setPresence')}</h3>
        <div class="wall-acts">
          <Button label={said('p_', 'available')} first disabled={a.presence.state === 'available'} onPress={force('available')} />
          <Button label={said('p_', 'not_ready')} disabled={a.presence.state === 'not_ready'} onPress={force('not_ready')} />
          {sure ? <Button label={t('logoutSure')} kind="danger" onPress={force('offline')} />
            : <Button label={t('logout')} disabled={a.presence.state === 'offline'} onPress={() => setSure(true)} />}
        </div>
        {sure && <p class="small muted" role="status">{t('logoutText')}</p>}
      </div>
      <div><h3 class="small">{t('chats')} ({a.capacity.used}/{a.capacity.total})</h3>
        {a.chats.length === 0 ? <p class="muted small">{t('noChats')}</p>
          : <div class="wall-acts">{a.chats.map((id) => <Button key={id} label={nameOf(id)} small icon="bubble" onPress={() => model.open({ kind: 'chat', chat: id })} />)}</div>}
      </div>
      {a.wrapups.length > 0 && <div><h3 class="small">{t('wrapups')}</h3>{a.wrapups.map((id) => <ForceWrapup key={id} model={model} agent={agent} chat={id} name={nameOf(id)} />)}</div>}
    </Dialog>
  )
}

/** Files another one's wrap-up. */
function ForceWrapup({ model, agent, chat, name }: { model: Model; agent: string; chat: string; name: string }): JSX.Element {
  const codes = useStore(model.wall, (s) => s.codes)
  const [code, setCode] = useState('')
  return (
    <form class="wall-file" onSubmit={(e) => { e.preventDefault(); if (code.trim()) void model.do('force_wrapup', { agent, chat, code: code.trim() }) }}>
      <label class="clip small" for={`code-${chat}`}>{t('wrapupOf', { name })}</label>
      {codes.length > 0
        ? <select id={`code-${chat}`} class="input" value={code} onChange={(e) => setCode(e.currentTarget.value)}><option value="">{t('code')}</option>{codes.map((c) => <option key={c.code} value={c.code}>{c.name}</option>)}</select>
        : <input id={`code-${chat}`} class="input" value={code} placeholder={t('code')} onInput={(e) => setCode(e.currentTarget.value)} />}
      <button type="submit" class="button small" disabled={!code.trim()}>{t('file')}</button>
    </form>
  )
}
