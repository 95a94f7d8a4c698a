import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'

interface PickerProps<T> {
  id: string
  label: string
  items: readonly T[]
  keyOf: (item: T) => string
  /** What the search looks at. */
  textOf: (item: T) => string
  draw: (item: T) => JSX.Element
  chosen?: string
  onChoose: (item: T) => void
  noneLabel: string
  usable?: (item: T) => boolean
  placeholder?: string
  first?: boolean
}

/** A list that is searched by typing, and chosen from with arrows and Enter. */
export function Picker<T>(p: PickerProps<T>): JSX.Element {
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const found = useMemo(() => {
    const parts = fold(query).split(/\s+/).filter(Boolean)
    return p.items.filter((i) => parts.every((part) => fold(p.textOf(i)).includes(part)))
  }, [p.items, query])
  const active = Math.min(at, found.length - 1)
  const optionId = (i: number): string => `${p.id}-${i}`
  const choose = (item: T | undefined): void => { if (item !== undefined && (p.usable?.(item) ?? true)) p.onChoose(item) }
  const keys = (e: KeyboardEvent): void => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: found.length - 1 }[e.key]
    if (to !== undefined && (e.key.startsWith('Arrow') || query === '')) {
      e.preventDefault()
      const next = Math.max(0, Math.min(found.length - 1, to))
      setAt(next)
      document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' })
    }
    if (e.key === 'Enter' && !e.isComposing) {
      e.preventDefault()
      choose(found[active])
    }
  }
  return (
    <div class="field">
      <label for={p.id}>{p.label}</label>
      <input id={p.id} class="input" type="text" role="combobox" autocomplete="off" value={query} placeholder={p.placeholder}
        aria-expanded="true" aria-controls={`${p.id}-list`} aria-autocomplete="list" {...(active >= 0 && { 'aria-activedescendant': optionId(active) })}
        {...(p.first && { 'data-first': '' })} onInput={(e) => { setQuery(e.currentTarget.value); setAt(0) }} onKeyDown={keys} />
      <ul class="picker" id={`${p.id}-list`} role="listbox" aria-label={p.label}>
        {found.map((item, i) => (
          <li key={p.keyOf(item)} id={optionId(i)} role="option" aria-selected={p.chosen === p.keyOf(item)} aria-disabled={!(p.usable?.(item) ?? true)}
            class={`${i === active ? 'active' : ''} ${p.chosen === p.keyOf(item) ? 'chosen' : ''}`} onClick={() => { setAt(i); choose(item) }}>
            {p.draw(item)}
          </li>
        ))}
        {found.length === 0 && <li role="option" aria-selected="false" aria-disabled="true" class="muted">{p.noneLabel}</li>}
      </ul>
    </div>
  )
}

/** For comparing: without case and accents. */
function fold(s: string): string {
  return s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
