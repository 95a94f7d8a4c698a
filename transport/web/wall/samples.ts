import type { WallState } from '../shared/index.ts'

/** How many moments are kept: 15 minutes of one each two seconds. */
const most = 450
/** How many lines a plot has at most: more cannot be told apart. */
export const mostLines = 6

/** What the plots draw: numbers of the last minutes, sampled from the boards. */
export class Samples {
  readonly at: number[] = []
  readonly waiting = new Map<string, { name: string; values: (number | null)[] }>()
  readonly chats = { queued: [] as number[], active: [] as number[] }
  readonly agents = { free: [] as number[], busy: [] as number[], away: [] as number[] }
  private readonly watchers = new Set<() => void>()

  watch(f: () => void): () => void {
    this.watchers.add(f)
    return () => this.watchers.delete(f)
  }

  take(s: WallState, now: number): void {
    if (!s.ready) return
    this.at.push(now / 1000)
    for (const q of s.queues) {
      const line = this.waiting.get(q.queue) ?? { name: q.name, values: this.at.slice(1).map(() => null) }
      line.name = q.name
      this.waiting.set(q.queue, line)
    }
    for (const [id, line] of this.waiting) line.values.push(s.queues.find((q) => q.queue === id)?.waiting ?? null)
    this.chats.queued.push(s.queues.reduce((n, q) => n + q.waiting, 0))
    this.chats.active.push(s.agents.reduce((n, a) => n + a.chats.length, 0))
    const here = s.agents.filter((a) => a.presence.state === 'available')
    const busy = here.filter((a) => a.capacity.used >= a.capacity.total).length
    this.agents.free.push(here.length - busy)
    this.agents.busy.push(busy)
    this.agents.away.push(s.agents.filter((a) => a.presence.state !== 'available' && a.presence.state !== 'offline').length)
    if (this.at.length > most) this.forget()
    this.watchers.forEach((f) => f())
  }

  /** Drops the oldest moment. */
  private forget(): void {
    const all: unknown[][] = [this.at, this.chats.queued, this.chats.active, this.agents.free, this.agents.busy, this.agents.away]
    for (const line of this.waiting.values()) all.push(line.values)
    all.forEach((values) => values.shift())
  }

  /** The queues that are worth a line: the longest. */
  lines(): { name: string; values: (number | null)[] }[] {
    return [...this.waiting.values()].sort((a, b) => (b.values.at(-1) ?? 0) - (a.values.at(-1) ?? 0) || a.name.localeCompare(b.name)).slice(0, mostLines)
  }
}
