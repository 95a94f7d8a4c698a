import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { DeskView, Template } from '../shared/index.ts'
import { flaw } from '../ui/composer.tsx'
import { Button, Dialog, Field } from '../ui/parts.tsx'
import { Picker } from '../ui/picker.tsx'
import { useStore } from '../ui/use.ts'
import type { Model } from './model.ts'
import { t } from './words.ts'

/** A template with its marks filled in, as it will be sent. */
export function filled(text: string, params: ReadonlyMap<string, string>): string {
  return text.replace(/<(\w+)>/g, (mark, name: string) => params.get(name) || mark)
}

export function TemplateDialog({ model, chat, onClose }: { model: Model; chat: DeskView; onClose: () => void }): JSX.Element {
  const all = useStore(model.desk, (s) => s.templates)
  const usable = all.filter((x) => !x.channels || x.channels.includes(chat.channel))
  const [chosen, setChosen] = useState<Template>()
  const [params, setParams] = useState<ReadonlyMap<string, string>>(new Map([['name', chat.customer.name]]))
  const limit = model.client.limits?.text?.[chat.channel]
  const wanted = chosen?.params ?? []
  const values = wanted.map((name) => params.get(name)?.trim() ?? '')
  const text = chosen ? filled(chosen.text, params) : ''
  const wrong = limit && (flaw(text, { max_chars: limit.max_chars }) ?? values.map((v) => flaw(v, limit)).find(Boolean))
  const ready = chosen && values.every((v) => v !== '') && !wrong
  const send = async (): Promise<void> => {
    if (!chosen || !ready) return
    const template = { name: chosen.name, params: Object.fromEntries(wanted.map((n) => [n, params.get(n)?.trim() ?? ''])) }
    if (await model.do('send', { chat: chat.chat, template })) onClose()
  }
  return (
    <Dialog title={t('templateTitle')} closeLabel={t('close')} onClose={onClose} onSubmit={() => { void send() }} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('send')} kind="primary" disabled={!ready} onPress={() => { void send() }} />
    </>}>
      <Picker id="template" label={t('template')} first items={usable} keyOf={(x) => x.name} textOf={(x) => `${x.name} ${x.text}`} noneLabel={t('none')} placeholder={t('search')}
        {...(chosen && { chosen: chosen.name })} onChoose={setChosen} draw={(x) => <span class="grow clip"><strong>{x.name}</strong> <span class="muted">{x.text}</span></span>} />
      {wanted.map((name) => <Field key={name} id={`param-${name}`} label={name} value={params.get(name) ?? ''} onValue={(v) => setParams(new Map(params).set(name, v))} />)}
      {chosen && <div class="field"><span class="label">{t('preview')}</span><p class="bubble">{text}</p></div>}
      {wrong && <p class="note bad" role="alert">{wrong.over ? t('over', { n: wrong.over }) : t('reserved', { c: wrong.reserved ?? '' })}</p>}
    </Dialog>
  )
}
