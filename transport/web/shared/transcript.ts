import type { Message } from './wire.ts'

/** Something that happened, shown between messages. */
export interface Notice {
  notice: string
  /** The message after which it stands. */
  after: number
  at: string
  kind: 'joined' | 'left' | 'owner' | 'queued' | 'ended' | 'interrupted' | 'transfer' | 'invite' | 'declined' | 'proposed' | 'away' | 'back' | 'rated'
  name?: string
  detail?: string
  /** What somebody said with it. */
  said?: string
}

/** A line of a transcript: a message, or a notice. */
export type Line = Message | Notice

export function isNotice(line: Line): line is Notice {
  return 'notice' in line
}

/** Where a line stands, for sorting and as a key. */
export function lineKey(line: Line): string {
  return isNotice(line) ? `n${line.notice}` : `m${line.message_seq}`
}

/** Adds messages in order, each once; news of one that is there replaces it. */
export function merge(have: readonly Message[], more: readonly Message[]): readonly Message[] {
  const last = have.at(-1)
  const first = more[0]
  if (!first) return have
  if (!last || first.message_seq > last.message_seq) return [...have, ...more]
  if ((more.at(-1) as Message).message_seq < (have[0] as Message).message_seq) return [...more, ...have]
  const by = new Map<number, Message>()
  for (const m of have) by.set(m.message_seq, m)
  for (const m of more) by.set(m.message_seq, m)
  return [...by.values()].sort((a, b) => a.message_seq - b.message_seq)
}

/** Messages with the notices between them. What both say is said once. */
export function weave(all: readonly Message[], notices: readonly Notice[]): readonly Line[] {
  if (notices.length === 0) return all
  const messages = all.filter((m) => !isEcho(m, notices))
  const lines: Line[] = []
  const from = messages[0]?.message_seq ?? 0
  let i = 0
  for (const n of notices) {
    while (i < messages.length && (messages[i] as Message).message_seq <= n.after) lines.push(messages[i++] as Message)
    if (n.after >= from - 1 || i > 0) lines.push(n)
  }
  while (i < messages.length) lines.push(messages[i++] as Message)
  return lines
}

/** A message of the system about somebody whose coming a notice tells already. */
function isEcho(m: Message, notices: readonly Notice[]): boolean {
  return m.author.kind === 'system' && notices.some((n) =>
    n.kind === 'joined' && n.name !== undefined && n.name === m.joined && Math.abs(n.after - m.message_seq) <= 1)
}

let notices = 0

/** Makes a notice with a key of its own. */
export function notice(n: Omit<Notice, 'notice'>): Notice {
  return { notice: String(++notices), ...n }
}
