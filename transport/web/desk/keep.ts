import { notice, put, type DeskState, type DeskView, type Direct, type Notice, type Settled } from '../shared/index.ts'
import { tabStore } from '../ui/session.ts'
import type { Local } from './model.ts'

/** What a window knows of a chat beside what the server says in a snapshot. */
type OfChat = Pick<DeskView, 'delivered' | 'away' | 'ended'> & { notices: readonly Notice[] }

/** What a window would lose when it is loaded again. */
interface Kept {
  selected?: string
  drafts: [string, string][]
  aside: string[]
  later: string[]
  chats: [string, OfChat][]
  settled?: readonly Settled[]
  directs: readonly Direct[]
  unreadDirects: number
}

const mostNotices = 50
const mostDirects = 200

/** Keeps it in the tab, as long as the tab lives and its agent does not sign out. */
export class Keeper {
  private readonly key: string
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly what: () => Kept

  constructor(principal: string, what: () => Kept) {
    this.key = `parley.kept.${principal}`
    this.what = what
    window.addEventListener('pagehide', this.save)
  }

  /** Something has changed: it is written down soon. */
  touch = (): void => { this.timer ??= setTimeout(this.save, 500) }

  load(): Kept | undefined {
    try {
      return JSON.parse(tabStore()?.getItem(this.key) ?? 'null') as Kept ?? undefined
    } catch {
      return undefined
    }
  }

  /** Forgets all of it: who comes next need not know. */
  forget(): void {
    window.removeEventListener('pagehide', this.save)
    clearTimeout(this.timer)
    tabStore()?.removeItem(this.key)
  }

  private readonly save = (): void => {
    clearTimeout(this.timer)
    this.timer = undefined
    try {
      tabStore()?.setItem(this.key, JSON.stringify(this.what()))
    } catch {
      // No room: the next load shows what the server says alone.
    }
  }
}

export function kept(s: DeskState, l: Local): Kept {
  return {
    ...(l.selected !== undefined && { selected: l.selected }),
    drafts: [...l.drafts], aside: [...l.aside], later: [...l.later],
    chats: [...s.chats.values()].map((c) => [c.chat, {
      notices: c.notices.slice(-mostNotices), ...(c.delivered !== undefined && { delivered: c.delivered }),
      ...(c.away !== undefined && { away: c.away }), ...(c.ended && { ended: c.ended }),
    }]),
    settled: [...s.settled.values()], directs: s.directs.slice(-mostDirects), unreadDirects: s.unreadDirects,
  }
}

/** The first state of a window, with what it knew before it was loaded again. */
export function withKept(s: DeskState, k: Kept): DeskState {
  let chats = s.chats
  for (const [id, was] of k.chats) {
    const c = chats.get(id)
    if (!c) continue
    const { away, ended, notices, ...rest } = was
    chats = put(chats, id, { ...c, ...rest, notices: notices.map(({ notice: _, ...n }) => notice(n)),
      ...(away !== undefined && c.customer.state === 'away' && { away }), ...(ended && c.phase === 'ended' && { ended }) })
  }
  const settled = new Map([...(k.settled ?? []).filter((d) => !s.wrapups.has(d.chat)).map((d) => [d.chat, d] as const), ...s.settled])
  return { ...s, chats, settled, directs: [...k.directs, ...s.directs], unreadDirects: k.unreadDirects + s.unreadDirects }
}
