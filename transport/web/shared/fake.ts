import type { Socket, Surroundings } from './surroundings.ts'

/** A socket that a test plays the server of. */
export class FakeSocket implements Socket {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: (() => void) | null = null
  readonly sent: Record<string, unknown>[] = []
  closed = false
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  send(data: string): void {
    for (const line of data.split('\n')) this.sent.push(JSON.parse(line) as Record<string, unknown>)
  }

  close(): void {
    this.closed = true
  }

  /** Several frames in one message, as the server may do. */
  says(...frames: object[]): void {
    this.onmessage?.({ data: frames.map((f) => JSON.stringify(f)).join('\n') })
  }

  ends(code: number): void {
    this.onclose?.({ code, reason: '' })
  }

  last(type: string): Record<string, unknown> | undefined {
    return this.sent.findLast((f) => f['type'] === type)
  }
}

/** A world with a clock that stands until the test moves it. */
export class FakeWorld implements Surroundings {
  readonly sockets: FakeSocket[] = []
  time = 1_000_000
  chance = 0.5
  private ids = 0
  private timers: { at: number; f: () => void }[] = []

  dial(url: string): FakeSocket {
    const s = new FakeSocket(url)
    this.sockets.push(s)
    return s
  }

  now(): number {
    return this.time
  }

  after(ms: number, f: () => void): () => void {
    const timer = { at: this.time + ms, f }
    this.timers.push(timer)
    return () => { this.timers = this.timers.filter((t) => t !== timer) }
  }

  random(): number {
    return this.chance
  }

  id(): string {
    return `id${++this.ids}`
  }

  wake(): () => void {
    return () => {}
  }

  /** Lets time pass, and what it was waited for happen in order. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms
    for (;;) {
      const due = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.timers = this.timers.filter((t) => t !== due)
      this.time = Math.max(this.time, due.at)
      due.f()
      await settled()
    }
    this.time = end
    await settled()
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket
  }
}

/** Lets everything that is only waiting for its turn have it. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

/** A welcome as the server sends it. */
export function welcome(more: object = {}): object {
  return { type: 'welcome', session: 's', role: 'agent', principal: 'alice', epoch: 'e1', seq: 0, resumed: false,
    server_time: '2026-01-12T09:00:00.000Z', heartbeat_s: 10, limits: { message_bytes: 32768, frames: 64, nesting: 16, id_chars: 64 }, ...more }
}
