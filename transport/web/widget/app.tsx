import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Button, Dialog, Field } from '../ui/parts.tsx'
import { remembered } from '../ui/session.ts'
import { useSeconds, useStore } from '../ui/use.ts'
import { ChatView } from './chat.tsx'
import type { Model } from './model.ts'
import { framed, tellParent } from './parent.ts'
import { t } from './words.ts'

export function App({ model }: { model: Model }): JSX.Element {
  const ready = useStore(model.chats, (s) => s.ready)
  const local = useStore(model.local, (l) => l)
  const chat = useStore(model.chats, (s) => model.current(s, local))
  const [ending, setEnding] = useState(false)
  const live = chat && chat.phase !== 'ended' && chat.phase !== 'closed'
  const names = chat?.agents.map((a) => a.name).join(', ')
  return (
    <main class="widget">
      <header class="widget-head">
        <div class="widget-title">
          <h1>{t('title')}</h1>
          {live && <p class="clip">{names ? t('with', { name: names }) : t('waiting')}</p>}
        </div>
        {live && <Button label={t('end')} icon="end" bare kind="quiet" onPress={() => setEnding(true)} />}
        {framed && <Button label={t('minimize')} icon="down" bare kind="quiet" onPress={() => tellParent({ type: 'parley:close' })} />}
      </header>
      <Connection model={model} />
      {chat ? <ChatView key={chat.chat} model={model} chat={chat} /> : ready ? <Start model={model} /> : <div class="widget-fill" aria-busy="true" />}
      {ending && live && (
        <Dialog title={t('endSure')} closeLabel={t('close')} onClose={() => setEnding(false)} foot={<>
          <Button label={t('cancel')} onPress={() => setEnding(false)} />
          <Button label={t('end')} kind="danger" first onPress={() => { model.end(chat.chat); setEnding(false) }} />
        </>}><p>{t('endText')}</p></Dialog>
      )}
    </main>
  )
}

function Connection({ model }: { model: Model }): JSX.Element | null {
  const s = useStore(model.standing, (x) => x)
  useSeconds(s.state === 'waiting')
  switch (s.state) {
    case 'live':
      return null
    case 'connecting':
      return <div class="note" role="status"><span>{t('connecting')}</span></div>
    case 'waiting':
      return <div class="note warn" role="status"><span>{t('offline', { n: Math.max(1, Math.ceil((s.until - Date.now()) / 1000)) })}</span>
        <Button label={t('retry')} small onPress={() => model.client.hurry()} /></div>
    case 'stopped':
      return <div class="note bad" role="alert"><span>{t('stopped')} {s.reason}</span>
        <Button label={t('reload')} small onPress={() => model.client.again()} /></div>
  }
}

function Start({ model }: { model: Model }): JSX.Element {
  const [name, setName] = useState(remembered('parley.name') ?? '')
  const [question, setQuestion] = useState('')
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string>()
  const begin = async (): Promise<void> => {
    if (busy || question.trim() === '') return
    setBusy(true)
    setWrong(await model.begin(name.trim(), question))
    setBusy(false)
  }
  return (
    <div class="widget-fill start">
      <form onSubmit={(e) => { e.preventDefault(); void begin() }}>
        <div><h2>{t('hello')}</h2><p class="muted">{t('hello2')}</p></div>
        <Field id="name" label={t('name')} value={name} onValue={setName} autocomplete="name" maxLength={100} />
        <Field id="question" label={t('question')} value={question} onValue={setQuestion} rows={4} maxLength={1000} required />
        {wrong && <p class="note bad" role="alert">{wrong}</p>}
        <button type="submit" class="button primary" disabled={busy || question.trim() === ''}>{busy ? t('starting') : t('start')}</button>
      </form>
    </div>
  )
}
