import { timeOf } from '../ui/words.ts'
import { happenings } from './happenings.ts'
import { t } from './words.ts'

export interface Segment {
  chat: string; customer: string; name?: string; queue?: string; agents: string[]; started_at: string; ended_at: string; reason: string; messages: number
  previous_chat?: string
}
/** What a report says of a queue in a quarter of an hour, as far as the wall shows it. */
export interface ReportLine { queue: string; start: string; answered: number; answered_within: number; abandoned: number; abandoned_within: number }
export interface Moment {
  seq: number; at: string; config: number; by: { role?: string; id?: string; name?: string } & Record<string, unknown>
  events: { type: string; event: Record<string, unknown> }[]; phase: string | number; owner?: string; state_hash: string; erased?: boolean
}
export interface Said { message_seq: number; author: string; name?: string; to: string; sent_at: string; text: string; joined?: string; erased?: boolean }

async function ask<T>(token: string, path: string): Promise<T> {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` } })
  if (!answer.ok) {
    const said = await answer.json().catch(() => ({})) as { detail?: string; title?: string }
    throw new Error(said.detail ?? said.title ?? String(answer.status))
  }
  return await answer.json() as T
}

export async function pastChats(token: string, filter: { queue?: string; agent?: string; customer?: string; cursor?: string }): Promise<{ chats: Segment[]; next?: string }> {
  const query = new URLSearchParams({ limit: '50' })
  for (const [k, v] of Object.entries(filter)) if (v) query.set(k, v)
  return ask(token, `/v1/past/chats?${query}`)
}

/** Each queue's quarters of an hour since then. */
export async function dayReport(token: string, from: Date): Promise<ReportLine[]> {
  return (await ask<{ lines: ReportLine[] }>(token, `/v1/past/reports/queues?${new URLSearchParams({ from: from.toISOString() })}`)).lines
}

/** How it went since then, in one line a queue or an agent; what there was nothing of is absent. */
export interface Whole {
  queue?: string; agent?: string; answered: number; abandoned: number; segments: number; rona: number; rejected: number
  service_level?: number; asa_s?: number; abandonment?: number; aht_s?: number; occupancy?: number
}

export async function wholeReport(token: string, of: 'queues' | 'agents', from: Date): Promise<Whole[]> {
  return (await ask<{ lines: Whole[] }>(token, `/v1/past/reports/${of}?${new URLSearchParams({ from: from.toISOString(), step: 'all' })}`)).lines
}

/** A chat record by record, and what was said in it. */
export async function replayOf(token: string, chat: string): Promise<{ records: Moment[]; messages: Said[] }> {
  const at = `/v1/past/chats/${encodeURIComponent(chat)}`
  const [replay, transcript] = await Promise.all([ask<{ records: Moment[] | null }>(token, `${at}/replay`), ask<{ messages: Said[] }>(token, `${at}/transcript`)])
  return { records: replay.records ?? [], messages: transcript.messages }
}

/** What happened, in words; an event that is new here as its name says. */
export function happened(type: string): string {
  return happenings.has(type) ? happenings(type) : type.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}

export function momentName(m: Moment): string {
  return `${timeOf(m.at, t.lang)} ${m.events.map((e) => happened(e.type)).join(', ')}`
}
