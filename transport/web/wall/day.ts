import type { ReportLine } from './past.ts'

/** A queue's service level over the day: one value a quarter of an hour, and that of the whole day. */
export interface DayLine { readonly name: string; readonly values: (number | null)[]; readonly now: number | undefined }

const againMs = 5 * 60_000

/** How the day has gone so far, asked for again every few minutes. */
export class Day {
  /** Where the quarters begin, in seconds, up to the present one. */
  at: number[] = []
  private queues = new Map<string, { within: number[]; of: number[] }>()
  private readonly watchers = new Set<() => void>()
  private readonly timer: ReturnType<typeof setInterval>
  private readonly ask: (from: Date) => Promise<readonly ReportLine[]>

  constructor(ask: (from: Date) => Promise<readonly ReportLine[]>) {
    this.ask = ask
    this.timer = setInterval(this.load, againMs)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  watch(f: () => void): () => void {
    this.watchers.add(f)
    return () => this.watchers.delete(f)
  }

  /** Asks for the day. Without an answer what was there stays. */
  readonly load = async (): Promise<void> => {
    const begin = new Date()
    begin.setHours(0, 0, 0, 0)
    const lines = await this.ask(begin).catch(() => undefined)
    if (lines) this.take(begin.getTime(), Date.now(), lines)
  }

  take(begin: number, now: number, lines: readonly ReportLine[]): void {
    const quarter = 900_000
    const slots = Math.floor((now - begin) / quarter) + 1
    this.at = Array.from({ length: slots }, (_, i) => (begin + i * quarter) / 1000)
    this.queues = new Map()
    for (const l of lines) {
      const i = Math.floor((Date.parse(l.start) - begin) / quarter)
      const q = this.queues.get(l.queue) ?? { within: [], of: [] }
      q.within[i] = l.answered_within
      q.of[i] = l.answered + l.abandoned - l.abandoned_within
      this.queues.set(l.queue, q)
    }
    this.watchers.forEach((f) => f())
  }

  /** The lines of these queues that had anything today, in their order. */
  lines(queues: readonly { queue: string; name: string }[]): DayLine[] {
    return queues.flatMap(({ queue, name }) => {
      const q = this.queues.get(queue)
      if (!q) return []
      const whole = sum(q.of)
      const values = this.at.map((_, i) => share(q.within[i] ?? 0, q.of[i] ?? 0) ?? null)
      return whole > 0 ? [{ name, values, now: share(sum(q.within), whole) }] : []
    })
  }
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((n, v) => n + (v ?? 0), 0)
}

/** Parts in the hundred, or undefined of nothing. */
function share(part: number, of: number): number | undefined {
  return of > 0 ? Math.round((100 * part) / of) : undefined
}
