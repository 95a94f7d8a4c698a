/** What a client needs of the machine it runs on; tests bring their own. */
export interface Surroundings {
  dial(url: string, protocol: string): Socket
  now(): number
  /** Calls f after ms milliseconds; the result takes it back. */
  after(ms: number, f: () => void): () => void
  random(): number
  /** An id that nobody else takes. */
  id(): string
  /** Calls f whenever a new attempt to connect has better prospects. */
  wake(f: () => void): () => void
}

/** The part of a WebSocket that is used. */
export interface Socket {
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  onerror: (() => void) | null
  send(data: string): void
  close(code?: number, reason?: string): void
}

/** The browser's, and Node's from version 22. */
export const browser: Surroundings = {
  dial: (url, protocol) => new WebSocket(url, protocol) as unknown as Socket,
  now: () => Date.now(),
  after: (ms, f) => {
    const timer = setTimeout(f, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
  id: () => randomId(),
  wake: (f) => {
    if (typeof window === 'undefined') return () => {}
    const seen = () => { if (document.visibilityState === 'visible') f() }
    window.addEventListener('online', f)
    document.addEventListener('visibilitychange', seen)
    return () => {
      window.removeEventListener('online', f)
      document.removeEventListener('visibilitychange', seen)
    }
  },
}

/** 128 random bits, also where randomUUID is not offered (a page without TLS). */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}
