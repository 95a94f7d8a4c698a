import type { Role } from '../shared/index.ts'

/** A person whom a development server lets one be. */
export interface Person { role: Role; subject: string; name: string }

/** Whether the server has said that one may choose who one is. */
export const isDev = document.documentElement.dataset['mode'] === 'dev'

export const socketUrl = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/ws`

export async function devPeople(): Promise<Person[]> {
  const answer = await fetch('/v1/dev/people')
  if (!answer.ok) throw new Error(await answer.text())
  return ((await answer.json()) as { people: Person[] }).people
}

export async function devToken(p: Person): Promise<string> {
  const answer = await fetch('/v1/dev/token', { method: 'POST', body: JSON.stringify(p) })
  if (!answer.ok) throw new Error(await answer.text())
  return ((await answer.json()) as { token: string }).token
}

/** The token in the address's fragment, which is taken out of it at once. */
export function tokenOfFragment(): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined
  if (token) history.replaceState(null, '', location.pathname + location.search)
  return token
}

/** What a token says of its bearer; only the server knows whether it is true. */
export function claims(token: string): { sub?: string; role?: Role; name?: string; exp?: number } {
  try {
    const text = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0)))) as object
  } catch {
    return {}
  }
}

/** A text in the browser's store, or none where there is no store. */
export function remembered(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

export function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Nothing is remembered then.
  }
}

/** Where unanswered commands are kept over a reload, if anywhere. */
export function tabStore(): Storage | undefined {
  try {
    return sessionStorage
  } catch {
    return undefined
  }
}
