import type { Alert } from '../shared/index.ts'
import { speak } from '../ui/words.ts'
import type { Model } from './model.ts'
import { cs } from './words-cs.ts'
import { en, type Key } from './words-en.ts'
import { it } from './words-it.ts'
import { ja } from './words-ja.ts'

export type { Key } from './words-en.ts'

export const t = speak<Key>({ en, ja, it, cs })
document.documentElement.lang = t.lang
document.title = t('title')

/** A text whose key is made of parts, or the last part as it is. */
export function said(prefix: string, value: string): string {
  const key = `${prefix}${value}`
  return key in en ? t(key as Key) : value.replaceAll('_', ' ')
}

/** A reason of a decision. What the engine says in its own words stays as it is. */
export function why(reason: string): string {
  const [code, ...rest] = reason.split(': ')
  return `why_${code}` in en ? [t(`why_${code}` as Key), ...rest].join(': ') : reason
}

export function percent(share: number | undefined): string {
  return share === undefined ? '–' : new Intl.NumberFormat(t.lang, { style: 'percent', maximumFractionDigits: 0 }).format(share)
}

export function alertText(model: Model, a: Alert): string {
  const s = model.wall.get()
  const agent = s.agents.find((x) => x.agent === a.agent)?.name ?? a.agent ?? ''
  const queue = s.queues.find((x) => x.queue === a.queue)?.name ?? a.queue ?? ''
  const customer = s.chats.find((x) => x.chat === a.chat)?.customer.name ?? a.chat ?? ''
  return t(`a_${a.kind}`, { agent, queue, about: customer || agent || queue })
}
