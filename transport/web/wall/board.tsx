import type { ComponentChildren, JSX } from 'preact'
import { t } from './words.ts'

interface BoardProps {
  id: string
  title: string
  shown: number
  total: number
  none: string
  hint: string
  columns: readonly (readonly [title: string, kind?: string])[]
  tools?: ComponentChildren
  children: ComponentChildren
}

/** A table of rows whose first cell is a button; arrows go from one to the next. */
export function Board(p: BoardProps): JSX.Element {
  const keys = (e: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key]
    if (by === undefined || e.altKey || !(e.target instanceof HTMLElement) || !e.target.classList.contains('rowname')) return
    const all = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.rowname')]
    e.preventDefault()
    all[all.indexOf(e.target) + by]?.focus()
  }
  return (
    <section class="board" id={p.id} aria-labelledby={`${p.id}-title`} tabIndex={-1} onKeyDown={keys}>
      <header><h2 id={`${p.id}-title`} title={p.hint}>{p.title}</h2><span class="badge tabular">{p.total}</span>{p.tools}</header>
      {p.shown === 0 ? <p class="muted small board-none">{p.none}</p> : (
        <table>
          <thead><tr>{p.columns.map(([title, kind]) => <th key={title} scope="col" class={kind}>{title}</th>)}</tr></thead>
          <tbody>{p.children}</tbody>
        </table>)}
      {p.total > p.shown && p.shown > 0 && <p class="muted small board-none">{t('more', { n: p.total - p.shown })}</p>}
    </section>
  )
}

/** Puts the keyboard on a board: on its first row, else on itself. */
export function focusBoard(id: string): void {
  const board = document.getElementById(id)
  const at = board?.querySelector<HTMLElement>('.rowname, button') ?? board
  at?.focus()
  board?.scrollIntoView({ block: 'nearest' })
}
