import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Button } from './parts.tsx'

interface LinesProps<T> {
  items: readonly T[]
  /** Whose lines they are: how high they are is remembered for when they are shown again. */
  of: string
  keyOf: (item: T) => string
  draw: (item: T, before: T | undefined) => JSX.Element
  label: string
  newerLabel: string
  /** The reader has come near the beginning of what is there. */
  onStart?: () => void
  /** The reader stands at the end, or no longer. */
  onEnd?: (at: boolean) => void
}

const guess = 48 // pixels of a line that has not been measured
const beyond = 600 // pixels drawn above and below the window
const nearEnd = 32
const mostLists = 50 // lists of which the heights are remembered
const soonMs = 60 // after the first drawing, which is of what is seen alone

/** What was measured of a list; it holds for one width. */
interface Measured { width: number; heights: Map<string, number> }
const lists = new Map<string, Measured>()
let lastHeight = 800 // of the window of lines that was measured last

function measuredOf(list: string): Measured {
  const known = lists.get(list) ?? { width: 0, heights: new Map<string, number>() }
  lists.delete(list) // the one that was shown longest ago is the first
  lists.set(list, known)
  for (const old of lists.keys()) {
    if (lists.size <= mostLists) break
    lists.delete(old)
  }
  return known
}

/**
 * A long list of lines of any height, of which only those near the window are in
 * the document. It stays at the end while the reader is there, and otherwise
 * keeps still what he reads, whatever comes before or after it.
 */
export function Lines<T>(p: LinesProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const inner = useRef<HTMLDivElement>(null)
  const known = useMemo(() => measuredOf(p.of), [])
  const anchor = useRef<{ key: string; delta: number } | undefined>(undefined)
  const atEnd = useRef(true)
  const put = useRef(0) // where it was scrolled to from here, not by the reader
  const [view, setView] = useState({ top: 0, height: lastHeight, end: true })
  const [sizes, measured] = useState(0) // rises with every height that was learnt

  const [reach, setReach] = useState(0)

  const tops = useMemo(() => offsets(p.items, p.keyOf, known.heights), [p.items, sizes])
  const latest = useRef(tops)
  latest.current = tops
  const total = tops[p.items.length] as number
  const top = atEnd.current ? Math.max(0, total - view.height) : view.top
  const from = Math.max(0, indexAt(tops, top - reach))
  const to = Math.min(p.items.length, indexAt(tops, top + view.height + reach) + 1)

  const look = (): void => {
    const b = box.current
    if (!b) return
    // What has grown below a reader who stands at the end did not move him from it.
    const end = b.scrollHeight - b.scrollTop - b.clientHeight < nearEnd || (atEnd.current && b.scrollTop >= put.current - 1)
    if (end !== atEnd.current) p.onEnd?.(end)
    atEnd.current = end
    const i = indexAt(latest.current, b.scrollTop)
    const item = p.items[i]
    anchor.current = item ? { key: p.keyOf(item), delta: b.scrollTop - (latest.current[i] as number) } : undefined
    setView((v) => (Math.abs(v.top - b.scrollTop) < beyond / 3 && v.height === b.clientHeight && v.end === end ? v : { top: b.scrollTop, height: b.clientHeight, end }))
    if (b.scrollTop < beyond) p.onStart?.()
  }

  useLayoutEffect(() => {
    let changed = false
    for (const el of inner.current?.children ?? []) {
      const key = (el as HTMLElement).dataset['key']
      const h = (el as HTMLElement).offsetHeight
      if (key && h > 0 && known.heights.get(key) !== h) {
        known.heights.set(key, h)
        changed = true
      }
    }
    const b = box.current
    if (!b) return
    if (changed) measured((n) => n + 1) // places follow when it is drawn again
    else if (atEnd.current) {
      b.scrollTop = b.scrollHeight
      put.current = b.scrollTop
    } else if (anchor.current) keepStill(b, p, tops, anchor.current)
  })

  useEffect(() => {
    const b = box.current
    if (!b) return
    const fit = (): void => {
      if (known.width === b.clientWidth) return
      if (known.width > 0) {
        known.heights.clear()
        measured((n) => n + 1)
      }
      known.width = b.clientWidth
    }
    fit()
    const watch = new ResizeObserver(() => {
      fit()
      lastHeight = b.clientHeight
      setView((v) => (v.height === b.clientHeight ? v : { ...v, height: b.clientHeight }))
    })
    watch.observe(b)
    look()
    p.onEnd?.(atEnd.current)
    const further = setTimeout(() => setReach(beyond), soonMs)
    return () => {
      clearTimeout(further)
      watch.disconnect()
    }
  }, [])

  const toEnd = (): void => {
    atEnd.current = true
    p.onEnd?.(true)
    setView((v) => ({ ...v, end: true }))
    box.current?.focus()
  }

  return (
    <div class="thread">
      <div class="thread-scroll" ref={box} onScroll={look} tabIndex={0} role="log" aria-live="off" aria-label={p.label}>
        <div style={{ height: `${tops[from] as number}px` }} />
        <div ref={inner}>
          {p.items.slice(from, to).map((item, i) => (
            <div class="thread-item" key={p.keyOf(item)} data-key={p.keyOf(item)}><Item item={item} before={p.items[from + i - 1]} draw={p.draw} /></div>
          ))}
        </div>
        <div style={{ height: `${total - (tops[to] as number)}px` }} />
      </div>
      {!view.end && <div class="newer"><Button label={p.newerLabel} icon="down" small onPress={toEnd} /></div>}
    </div>
  )
}

/** One line, drawn anew when it is another one or is drawn otherwise, and not because something scrolls. */
function Item<T>({ item, before, draw }: { item: T; before: T | undefined; draw: LinesProps<T>['draw'] }): JSX.Element {
  return useMemo(() => draw(item, before), [item, before, draw])
}

/** Where each item begins, and after the last one where all ends. */
function offsets<T>(items: readonly T[], keyOf: (item: T) => string, heights: ReadonlyMap<string, number>): Float64Array {
  const tops = new Float64Array(items.length + 1)
  let at = 0
  items.forEach((item, i) => {
    tops[i] = at
    at += heights.get(keyOf(item)) ?? guess
  })
  tops[items.length] = at
  return tops
}

/** The item that covers a place. */
function indexAt(tops: Float64Array, place: number): number {
  let low = 0
  let high = tops.length - 1
  while (low < high) {
    const mid = (low + high + 1) >> 1
    if ((tops[mid] as number) <= place) low = mid
    else high = mid - 1
  }
  return Math.min(low, Math.max(0, tops.length - 2))
}

function keepStill<T>(b: HTMLElement, p: LinesProps<T>, tops: Float64Array, a: { key: string; delta: number }): void {
  const i = p.items.findIndex((item) => p.keyOf(item) === a.key)
  if (i < 0) return
  const should = (tops[i] as number) + a.delta
  if (Math.abs(b.scrollTop - should) > 1) b.scrollTop = should
}
