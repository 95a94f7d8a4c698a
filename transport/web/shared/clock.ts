/**
 * The server's time as this page knows it. Countdowns are held against it, so
 * that a wrong clock on the desk does not lie.
 */
export class ServerClock {
  private offset = 0
  private readonly now: () => number

  constructor(now: () => number = Date.now) {
    this.now = now
  }

  set(serverTime: string): void {
    const t = Date.parse(serverTime)
    if (Number.isFinite(t)) this.offset = t - this.now()
  }

  ms(): number {
    return this.now() + this.offset
  }

  /** Whole seconds since then, never less than 0. */
  since(then: string): number {
    return Math.max(0, Math.floor((this.ms() - Date.parse(then)) / 1000))
  }

  /** Whole seconds until then, never less than 0. */
  until(then: string): number {
    return Math.max(0, Math.round((Date.parse(then) - this.ms()) / 1000))
  }
}
