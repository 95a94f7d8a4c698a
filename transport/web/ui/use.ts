import { h, type JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Store } from '../shared/index.ts'

/** The part of a store that a component shows; it is drawn again when that part changes. */
export function useStore<S, T>(store: Store<S>, pick: (s: S) => T): T {
  const [, redraw] = useState(0)
  const value = pick(store.get())
  const last = useRef<T>(value)
  last.current = value
  const picker = useRef(pick)
  picker.current = pick
  useLayoutEffect(() => {
    const look = (): void => { if (picker.current(store.get()) !== last.current) redraw((n) => n + 1) }
    look()
    return store.watch(look)
  }, [store])
  return value
}

/** A component that is drawn again when what it is given is another, and not because what is around it was. */
export function memo<P extends object>(component: (p: P) => JSX.Element): (p: P) => JSX.Element {
  return (p) => useMemo(() => h(component, p), Object.values(p))
}

/** Draws again each second while on. */
export function useSeconds(on = true): void {
  const [, tick] = useState(0)
  useEffect(() => {
    if (!on) return
    const timer = setInterval(() => tick((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [on])
}

/** Whether a media query holds. */
export function useMedia(query: string): boolean {
  const [holds, set] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const m = matchMedia(query)
    const look = (): void => set(m.matches)
    look()
    m.addEventListener('change', look)
    return () => m.removeEventListener('change', look)
  }, [query])
  return holds
}
