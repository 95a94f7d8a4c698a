import type { Message } from '../shared/index.ts'
import { speak } from '../ui/words.ts'
import { cs } from './words-cs.ts'
import { en, type Key } from './words-en.ts'
import { reasons } from './reasons.ts'
import { it } from './words-it.ts'
import { ja } from './words-ja.ts'

export type { Key } from './words-en.ts'

export const t = speak<Key>({ en, ja, it, cs })
document.documentElement.lang = t.lang
document.title = t('title')

/** A reason of the protocol, in words. */
export function reasonText(reason: string): string {
  return reasons.has(reason) ? reasons(reason) : named('', reason)
}

/** A text whose key is made of parts, or the last part as it is. */
export function named(prefix: string, value: string): string {
  const key = `${prefix}${value}`
  return key in en ? t(key as Key) : value.replaceAll('_', ' ')
}

/** What a line of a transcript says; the system's own lines in the reader's language. */
export function lineText(m: Pick<Message, 'text' | 'attachment' | 'joined'>): string {
  return m.joined ? t('n_joined', { name: m.joined }) : m.text ?? m.attachment?.name ?? ''
}
