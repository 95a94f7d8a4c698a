import { notice, put, type CustomerState, type CustomerView } from '../shared/index.ts'
import { tabStore } from '../ui/session.ts'

/** What a window would lose when it is loaded again: what was noticed, and a chat that is over. */
interface Kept { chats: Omit<CustomerView, 'away' | 'typing'>[]; left: string[]; rated: [string, number][] }

const mostMessages = 100
const mostNotices = 50

export function load(principal: string): Kept | undefined {
  try {
    return JSON.parse(tabStore()?.getItem(key(principal)) ?? 'null') as Kept ?? undefined
  } catch {
    return undefined
  }
}

export function save(principal: string, s: CustomerState, local: { left: ReadonlySet<string>; rated: ReadonlyMap<string, number> }): void {
  const chats = [...s.chats.values()].filter((c) => !local.left.has(c.chat)).map(({ away: _a, typing: _t, ...c }) => (
    { ...c, messages: isOver(c) ? c.messages.slice(-mostMessages) : [], notices: c.notices.slice(-mostNotices) }))
  try {
    tabStore()?.setItem(key(principal), JSON.stringify({ chats, left: [...local.left], rated: [...local.rated] } satisfies Kept))
  } catch {
    // No room: the next load shows what the server says alone.
  }
}

/** The first picture of all, with what this window knew before. */
export function withKept(s: CustomerState, k: Kept): CustomerState {
  let { chats } = s
  for (const was of k.chats) {
    const now = chats.get(was.chat)
    const notices = was.notices.map(({ notice: _, ...n }) => notice(n))
    if (now) chats = put(chats, was.chat, { ...now, notices, delivered: Math.max(now.delivered, was.delivered) })
    else if (isOver(was)) chats = put(chats, was.chat, { ...was, notices, away: new Set<string>(), typing: false, more: false })
  }
  return { ...s, chats }
}

function isOver(c: { phase: string }): boolean {
  return c.phase === 'ended' || c.phase === 'closed'
}

const key = (principal: string): string => `parley.kept.${principal}`
