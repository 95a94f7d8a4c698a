import type { Surroundings, Socket } from './surroundings.ts'
import type { ServerFrame, Welcome } from './wire.ts'

/** A close code after which the same client must not come back by itself. */
export function isFinal(code: number): boolean {
  return (code >= 4500 && code <= 4999) || [1000, 1002, 1003, 1007, 1009].includes(code)
}

/** Milliseconds until the next attempt: full jitter under a bound that doubles. */
export function backOff(tries: number, code: number, random: number): number {
  const bound = Math.min(20_000, 500 * 2 ** Math.min(tries, 10))
  const least = code === 1013 || code === 4029 ? 2_000 : 0
  return least + random * bound
}

/** The protocol's name for the websocket handshake. */
export const subprotocol = 'parley.v1'

/** After the last frame was due, in milliseconds. */
const lateMs = 5_000
/** For connecting and for the welcome. */
const greetMs = 15_000
const maxFramesOfMessage = 64

interface Ears {
  /** The socket is open: what to say as hello. */
  hello(): Promise<object>
  frame(frame: ServerFrame): void
  closed(code: number, reason: string): void
}

/** One websocket, from dialling to its end. It tells of its end exactly once. */
export class Link {
  private readonly socket: Socket
  private readonly world: Surroundings
  private readonly ears: Ears
  private stopWatch: () => void
  private beatMs = greetMs
  private over = false
  private queue: string[] = []
  private flushing = false
  welcomed = false

  constructor(url: string, world: Surroundings, ears: Ears) {
    this.world = world
    this.ears = ears
    this.stopWatch = world.after(greetMs, () => this.end(1006, 'no answer'))
    this.socket = world.dial(url, subprotocol)
    this.socket.onopen = () => { void this.greet() }
    this.socket.onmessage = (event) => this.hear(event.data)
    this.socket.onclose = (event) => this.end(event.code, event.reason)
    this.socket.onerror = () => {} // onclose follows
  }

  /** Sends a frame with others of the same moment in one message. */
  send(frame: object): void {
    if (this.over) return
    this.queue.push(JSON.stringify(frame))
    if (this.flushing) return
    this.flushing = true
    queueMicrotask(() => {
      this.flushing = false
      while (this.queue.length > 0 && !this.over) this.socket.send(this.nextMessage())
    })
  }

  /** Lines for one websocket message: at most 64, and well below 32 KiB. */
  private nextMessage(): string {
    let size = 0
    let n = 0
    while (n < this.queue.length && n < maxFramesOfMessage) {
      size += (this.queue[n] as string).length * 3
      if (n > 0 && size > 24_000) break
      n++
    }
    return this.queue.splice(0, n).join('\n')
  }

  /** Ends the link from here; closed is told with this code. */
  end(code: number, reason: string): void {
    if (this.over) return
    this.over = true
    this.stopWatch()
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null
    try {
      this.socket.close(1000)
    } catch {
      // It had closed already.
    }
    this.ears.closed(code, reason)
  }

  private async greet(): Promise<void> {
    try {
      const hello = await this.ears.hello()
      this.send(hello)
    } catch (e) {
      this.end(4501, e instanceof Error ? e.message : 'no token')
    }
  }

  private hear(data: unknown): void {
    if (this.over || typeof data !== 'string') return
    this.watch()
    for (const line of data.split('\n')) {
      if (line === '') continue
      let frame: ServerFrame
      try {
        frame = JSON.parse(line) as ServerFrame
      } catch {
        this.end(1006, 'not a frame')
        return
      }
      if (frame.type === 'welcome') this.greeted(frame)
      this.ears.frame(frame)
      if (this.over) return
    }
  }

  private greeted(welcome: Welcome): void {
    this.welcomed = true
    this.beatMs = welcome.heartbeat_s * 1000 + lateMs
    this.watch()
  }

  private watch(): void {
    this.stopWatch()
    this.stopWatch = this.world.after(this.beatMs, () => this.end(1006, 'heartbeat missed'))
  }
}
