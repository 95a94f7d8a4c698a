import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { DeskView, Message } from '../shared/index.ts'
import { Bubble } from '../ui/message.tsx'
import { Button, Dialog } from '../ui/parts.tsx'
import { dayOf } from '../ui/words.ts'
import type { Model } from './model.ts'
import { lineText, t } from './words.ts'

interface Part { chat: string; messages: readonly Message[]; more: boolean; previous?: string }

/** What was said to this customer before, chat by chat, the newest one last. */
export function EarlierDialog({ model, chat, onClose }: { model: Model; chat: DeskView; onClose: () => void }): JSX.Element {
  const [parts, setParts] = useState<readonly Part[]>([])
  const [wrong, setWrong] = useState(false)
  const load = async (of: string, before?: number): Promise<void> => {
    const page = (await model.do('history', { chat: of, limit: 100, ...(before !== undefined && { before }) }))?.page
    if (!page) return setWrong(true)
    setParts((have) => {
      const first = have[0]
      const joined = first?.chat === of ? [...page.messages, ...first.messages] : page.messages
      const rest = first?.chat === of ? have.slice(1) : have
      return [{ chat: of, messages: joined, more: page.more, ...(page.previous_chat && { previous: page.previous_chat }) }, ...rest]
    })
  }
  useEffect(() => { if (chat.previous_chat) void load(chat.previous_chat) }, [])
  const first = parts[0]
  const next = first?.more ? () => load(first.chat, first.messages[0]?.message_seq) : first?.previous ? () => load(first.previous as string) : undefined
  return (
    <Dialog title={`${t('earlier')}: ${chat.customer.name}`} closeLabel={t('close')} onClose={onClose} wide>
      {next && <Button label={t('olderOnes')} small onPress={() => { void next() }} />}
      {parts.length === 0 && !wrong && <p class="muted" aria-busy="true">…</p>}
      {parts.map((p) => <Talk key={p.chat} part={p} model={model} />)}
    </Dialog>
  )
}

function Talk({ part, model }: { part: Part; model: Model }): JSX.Element {
  const begun = part.messages[0]?.sent_at
  const title = begun ? dayOf(begun, t.lang) : t('noMessages')
  return (
    <article class="earlier" aria-label={title}>
      <h3 class="small muted">{title}</h3>
      {part.messages.map((m, i) => (m.author.kind === 'system' ? <div key={m.message_seq} class="notice"><span>{lineText(m)}</span></div>
        : <Bubble key={m.message_seq} message={m} mine={false} first={m.author.name !== part.messages[i - 1]?.author.name} who={m.author.name} lang={t.lang} token={model.token} fileLabel={t('file')} />))}
    </article>
  )
}
