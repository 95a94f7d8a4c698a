// The page in a frame of another site asks that site for what it needs. Who may
// be that site is decided by the server: frame-ancestors of the page's policy.

export const framed = window.parent !== window

/** Says something to the site around; none of it is secret. */
export function tellParent(message: { type: 'parley:ready' | 'parley:close' | 'parley:token?' } | { type: 'parley:unread'; count: number }): void {
  if (framed) window.parent.postMessage(message, '*')
}

const patienceMs = 10_000

/** A token from the site around, whose own backend gives it. */
export function tokenOfParent(none: string): Promise<string> {
  if (!framed) return Promise.reject(new Error(none))
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer)
      window.removeEventListener('message', hear)
    }
    const hear = (e: MessageEvent): void => {
      const data = e.data as { type?: unknown; token?: unknown } | null
      if (e.source !== window.parent || data?.type !== 'parley:token' || typeof data.token !== 'string') return
      done()
      resolve(data.token)
    }
    const timer = setTimeout(() => { done(); reject(new Error(none)) }, patienceMs)
    window.addEventListener('message', hear)
    tellParent({ type: 'parley:token?' })
  })
}
