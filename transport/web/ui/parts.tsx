import { createContext, type ComponentChildren, type JSX } from 'preact'
import { useContext, useEffect, useRef } from 'preact/hooks'
import { Icon, type IconName } from './icons.tsx'

interface ButtonProps {
  label: string
  onPress: (e: MouseEvent) => void
  icon?: IconName
  /** Only the icon is shown; the label is still there to be read out. */
  bare?: boolean
  kind?: 'primary' | 'danger' | 'quiet'
  small?: boolean
  disabled?: boolean
  /** The key that does the same, for whoever points at it. */
  hint?: string
  pressed?: boolean
  expanded?: boolean
  id?: string
  /** Where the keyboard is when the dialog opens. */
  first?: boolean
}

export function Button(p: ButtonProps): JSX.Element {
  const names = ['button', p.kind, p.bare && 'icon', p.small && 'small'].filter(Boolean).join(' ')
  const title = p.hint ? `${p.label} (${p.hint})` : p.bare ? p.label : undefined
  return (
    <button type="button" class={names} onClick={p.onPress} disabled={p.disabled} title={title} id={p.id} {...(p.first && { 'data-first': '' })}
      aria-label={p.bare ? p.label : undefined} aria-pressed={p.pressed} aria-expanded={p.expanded} aria-keyshortcuts={p.hint}>
      {p.icon && <Icon name={p.icon} />}
      {!p.bare && p.label}
    </button>
  )
}

export function Avatar({ initials, kind, large }: { initials: string; kind?: 'customer' | 'agent'; large?: boolean }): JSX.Element {
  return <span class={`avatar ${kind ?? 'agent'} ${large ? 'large' : ''}`} aria-hidden="true">{initials || '?'}</span>
}

interface DialogProps {
  title: string
  closeLabel: string
  onClose: () => void
  children: ComponentChildren
  foot?: ComponentChildren
  wide?: boolean
  onSubmit?: () => void
}

/** What a page says at any time, for a dialog that hides all else to say it too. */
export const InDialog = createContext<ComponentChildren>(null)

/**
 * A modal dialog of the browser's own: focus stays inside, Escape closes it, and
 * focus goes back to where it was.
 */
export function Dialog(p: DialogProps): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    dialog?.showModal()
    const usual = '.dialog-body input, .dialog-body textarea, .dialog-body button, .dialog-foot button'
    const chosen = dialog?.querySelector<HTMLElement>('[data-first]') ?? dialog?.querySelector<HTMLElement>(usual)
    chosen?.focus()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const cancel = (e: Event): void => { e.preventDefault(); p.onClose() }
  return (
    <dialog class={`dialog ${p.wide ? 'wide' : ''}`} ref={ref} aria-label={p.title} onCancel={cancel}>
      <div class="dialog-head">
        <h2>{p.title}</h2>
        <Button label={p.closeLabel} icon="close" bare small kind="quiet" onPress={p.onClose} />
      </div>
      <form method="dialog" class="dialog-body" onSubmit={(e) => { e.preventDefault(); p.onSubmit?.() }}>
        {p.children}
        {p.onSubmit && <button type="submit" hidden tabIndex={-1} />}
      </form>
      {useContext(InDialog)}
      {p.foot && <div class="dialog-foot">{p.foot}</div>}
    </dialog>
  )
}

interface FieldProps {
  id: string
  label: string
  value: string
  onValue: (v: string) => void
  placeholder?: string
  rows?: number
  maxLength?: number
  first?: boolean
  required?: boolean
  autocomplete?: string
}

/** A labelled field of one line, or of several. */
export function Field(p: FieldProps): JSX.Element {
  const shared = {
    id: p.id, class: 'input', value: p.value, placeholder: p.placeholder, maxLength: p.maxLength, required: p.required,
    ...(p.first && { 'data-first': '' }),
  }
  return (
    <div class="field">
      <label for={p.id}>{p.label}</label>
      {p.rows
        ? <textarea {...shared} rows={p.rows} onInput={(e) => p.onValue(e.currentTarget.value)} />
        : <input {...shared} type="text" autocomplete={p.autocomplete ?? 'off'} onInput={(e) => p.onValue(e.currentTarget.value)} />}
    </div>
  )
}

/** Reads out what changes, without showing it. */
export function Announcer({ text, now }: { text: string; now?: boolean }): JSX.Element {
  return <div class="unseen" role={now ? 'alert' : 'status'} aria-live={now ? 'assertive' : 'polite'}>{text}</div>
}
