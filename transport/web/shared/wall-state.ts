import type { AgentRow, Alert, ChatRow, Choice, Ref, QueueRow, ServerFrame } from './wire.ts'

/** An agent's call for help, as it came. */
export interface Call { chat: string; from: Ref; text?: string; customer: string; since: string }

/** All that a supervisor's wall shows: what the snapshot said, and the boards and alerts since. */
export interface WallState {
  readonly ready: boolean
  readonly me: string
  readonly queues: readonly QueueRow[]
  readonly agents: readonly AgentRow[]
  readonly chats: readonly ChatRow[]
  /** How many rows there are of each board, of which the server shows the first 500. */
  readonly totals: { readonly queues: number; readonly agents: number; readonly chats: number }
  readonly alerts: ReadonlyMap<string, Alert>
  readonly codes: readonly Choice[]
  readonly versions: Readonly<Partial<Record<'queues' | 'agents' | 'chats', number>>>
}

export const noWall: WallState = {
  ready: false, me: '', queues: [], agents: [], chats: [], totals: { queues: 0, agents: 0, chats: 0 },
  alerts: new Map(), codes: [], versions: {},
}

/** What an alert is about: another of the same replaces it. */
export function alertKey(a: Alert): string {
  return `${a.kind} ${a.chat ?? a.agent ?? a.queue ?? ''}`
}

/** The state after a frame. */
export function wallAfter(s: WallState, f: ServerFrame): WallState {
  switch (f.type) {
    case 'welcome': // boards count anew on each connection
      return { ...s, me: f.principal, versions: {} }
    case 'snapshot': {
      if (f.role !== 'supervisor' && f.role !== 'admin') return s
      return {
        ...s, ready: true, queues: f.queues, agents: f.agents, chats: f.chats, codes: f.self?.wrapup_codes ?? s.codes,
        totals: { queues: f.queues.length, agents: f.agents.length, chats: f.chats.length },
        alerts: new Map(f.alerts.map((a) => [alertKey(a), a])),
      }
    }
    case 'alert': {
      const { type: _t, seq: _s, at: _a, over, ...alert } = f
      const alerts = new Map(s.alerts)
      if (over) alerts.delete(alertKey(alert))
      else alerts.set(alertKey(alert), alert)
      return { ...s, alerts }
    }
    case 'counters': {
      if (f.version < (s.versions[f.of] ?? 0)) return s
      return { ...s, [f.of]: f[f.of] ?? [], totals: { ...s.totals, [f.of]: f.total }, versions: { ...s.versions, [f.of]: f.version } }
    }
    default:
      return s
  }
}

/** Who has called for help and nobody has come yet, the longest waiting first. */
export function calls(s: WallState): Call[] {
  return s.chats.flatMap((c) => (c.assist ? [{ chat: c.chat, from: c.assist.from, customer: c.customer.name, since: c.assist.since,
    ...(c.assist.text && { text: c.assist.text }) }] : [])).sort((a, b) => a.since.localeCompare(b.since))
}
