import type { Command } from './wire.ts'

/** A place for texts that outlives a reload, such as sessionStorage. */
export interface Keep {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

interface Entry { at: number; command: Command }

/** The server knows the answer to a command for a day. */
const answersKeptMs = 24 * 3600 * 1000

/**
 * What was ordered and is not answered yet, oldest first. It is written down
 * before it is sent, so that neither a reload nor a lost connection loses or
 * doubles it.
 */
export class Outbox {
  private entries: Entry[] = []
  private readonly keep: Keep | undefined
  private readonly key: string

  constructor(principal: string, keep?: Keep) {
    this.keep = keep
    this.key = `parley.outbox.${principal}`
  }

  /** Reads what an earlier page left unanswered. What is too old is forgotten. */
  load(now: number): void {
    let found: unknown
    try {
      found = JSON.parse(this.keep?.getItem(this.key) ?? '[]')
    } catch {
      found = []
    }
    if (!Array.isArray(found)) return
    this.entries = (found as Entry[]).filter((e) => typeof e?.command?.id === 'string' && now - e.at < answersKeptMs)
    this.save()
  }

  add(command: Command, now: number): void {
    this.entries.push({ at: now, command })
    this.save()
  }

  /** Takes a command out whose answer has come; false if it was not in. */
  answered(id: string): boolean {
    const i = this.entries.findIndex((e) => e.command.id === id)
    if (i < 0) return false
    this.entries.splice(i, 1)
    this.save()
    return true
  }

  all(): Command[] {
    return this.entries.map((e) => e.command)
  }

  private save(): void {
    try {
      if (this.entries.length === 0) this.keep?.removeItem(this.key)
      else this.keep?.setItem(this.key, JSON.stringify(this.entries))
    } catch {
      // A full or forbidden store: the commands still live as long as the page.
    }
  }
}
