import type { JSX } from 'preact'
import type { DeskView } from '../shared/index.ts'
import { inOrder } from '../shared/index.ts'
import { Avatar, Button } from '../ui/parts.tsx'
import { useSeconds } from '../ui/use.ts'
import { span } from '../ui/words.ts'
import type { Model } from './model.ts'
import { said, t } from './words.ts'

/** The head of a chat that a supervisor looks into: how he does, and how else he could. */
export function Head({ model, chat, many }: { model: Model; chat: DeskView; many: number }): JSX.Element {
  useSeconds()
  const me = model.wall.get().me
  const mine = chat.owner === me
  const mode = chat.participants.find((p) => p.participant === me)?.mode
  const over = chat.phase === 'ended' || chat.phase === 'closed'
  const at = inOrder(model.desk.desk.get()).findIndex((c) => c.chat === chat.chat)
  const ways = [['monitor', 'monitor', 'Alt+M'], ['whisper', 'whisper', 'Alt+W'], ['talk', 'barge', 'Alt+G']] as const
  return (
    <header class="chat-head wall-head">
      <div class="wall-head-who">
        <Avatar initials={chat.customer.initials} kind="customer" />
        <div class="grow chat-title"><h2 class="clip">{chat.customer.name}</h2>
          <span class="small muted clip"><span class="badge accent">{mine ? t('yours') : said('as_', mode ?? 'monitor')}</span> {chat.queue.name} · <span class="tabular">{span(model.desk.client.clock.since(chat.received_at))}</span></span></div>
        {many > 1 && <Button label={t('nextChat', { n: at + 1, of: many })} icon="down" bare kind="quiet" hint="Alt+↓" onPress={() => model.desk.step(1)} />}
        <Button label={mine ? t('putAway') : t('stop')} icon="close" bare kind="quiet" hint="Alt+U" onPress={() => { close(model, chat) }} />
      </div>
      {!over && <div class="wall-ways">
        {!mine && ways.map(([as, how, hint]) => <Button key={how} label={t(how)} small pressed={mode === as} hint={hint} onPress={() => { void model.enter(how, chat.chat) }} />)}
        {!mine && <Button label={t('take_over')} small hint="Alt+T" onPress={() => { void model.enter('take_over', chat.chat) }} />}
        {mine && <Button label={t('endChat')} small kind="danger" onPress={() => { void model.do('end', { chat: chat.chat }) }} />}
        <Button label={t('everything')} small hint="Alt+O" onPress={() => model.open({ kind: 'chat', chat: chat.chat })} />
      </div>}
    </header>
  )
}

/** Ends the looking; a chat that is one's own, or owed, is only put out of sight. */
export function close(model: Model, chat: DeskView): void {
  if (chat.owner === model.wall.get().me || model.desk.desk.get().wrapups.has(chat.chat)) model.desk.select(undefined)
  else void model.leave(chat.chat)
}
