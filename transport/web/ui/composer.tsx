import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { TextLimit } from '../shared/index.ts'
import { Button } from './parts.tsx'
import { count } from './words.ts'

interface ComposerProps {
  id: string
  text: string
  onText: (t: string) => void
  onSend: (t: string) => void
  onTyping: (on: boolean) => void
  onFiles?: (files: File[]) => void
  /** The types of files that may be chosen. */
  accept?: readonly string[]
  disabled?: boolean
  limit?: TextLimit
  toAgents?: boolean
  words: { label: string; placeholder: string; send: string; attach: string; left: string; over: string; reserved: string; hint: string }
  tools?: ComponentChildren
  autofocus?: boolean
}

/** What is wrong with a text on its channel, before the server would say so. */
export function flaw(text: string, limit: TextLimit | undefined): { over?: number; reserved?: string } | undefined {
  if (!limit) return undefined
  const over = count(text) - limit.max_chars
  if (over > 0) return { over }
  const reserved = [...text].find((c) => limit.reserved?.includes(c))
  return reserved ? { reserved } : undefined
}

/** How often it is told that somebody types, and when he has stopped. */
const typingAgainMs = 3000
const typingOverMs = 5000

export function Composer(p: ComposerProps): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const typing = useTyping(p.onTyping)
  const wrong = flaw(p.text, p.limit)
  const ready = !p.disabled && !wrong && p.text.trim() !== ''

  useLayoutEffect(() => {
    const a = area.current
    if (!a) return
    a.style.height = ''
    if (p.text === '') return // as high as its style says: nothing need be measured
    a.style.height = 'auto'
    a.style.height = `${Math.min(a.scrollHeight + 2, 144)}px`
  }, [p.text])
  useEffect(() => { if (p.autofocus) area.current?.focus() }, [p.id, p.autofocus])

  const send = (): void => {
    if (!ready) return
    typing.stop()
    p.onSend(p.text)
    area.current?.focus()
  }
  const keys = (e: KeyboardEvent): void => {
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return
    e.preventDefault()
    send()
  }
  const paste = (e: ClipboardEvent): void => {
    const files = [...(e.clipboardData?.files ?? [])]
    if (files.length === 0 || !p.onFiles) return
    e.preventDefault()
    p.onFiles(files)
  }
  return (
    <div class={`composer ${p.toAgents ? 'to-agents' : ''}`}>
      {p.tools}
      <div class="composer-row">
        {p.onFiles && <Button label={p.words.attach} icon="clip" bare kind="quiet" disabled={p.disabled} onPress={() => picker.current?.click()} />}
        <input ref={picker} type="file" multiple hidden accept={p.accept?.join(',')} tabIndex={-1} aria-label={p.words.attach} onChange={(e) => {
          p.onFiles?.([...(e.currentTarget.files ?? [])])
          e.currentTarget.value = ''
        }} />
        <textarea id={p.id} ref={area} class="input" rows={1} value={p.text} disabled={p.disabled} placeholder={p.words.placeholder}
          aria-label={p.words.label} aria-invalid={wrong !== undefined} aria-describedby={`${p.id}-info`}
          onInput={(e) => { p.onText(e.currentTarget.value); typing.type(e.currentTarget.value !== '') }} onKeyDown={keys} onPaste={paste} />
        <Button label={p.words.send} icon="send" bare kind="primary" disabled={!ready} onPress={send} />
      </div>
      <div class="composer-info" id={`${p.id}-info`}>
        <span>{p.words.hint}</span>
        <Room {...p} wrong={wrong} />
      </div>
    </div>
  )
}

function Room({ text, wrong, limit, words }: ComposerProps & { wrong: ReturnType<typeof flaw> }): JSX.Element | null {
  if (wrong?.over) return <span class="bad" role="alert">{words.over.replace('{n}', String(wrong.over))}</span>
  if (wrong?.reserved) return <span class="bad" role="alert">{words.reserved.replace('{c}', wrong.reserved)}</span>
  if (!limit || text === '') return null
  const left = limit.max_chars - count(text)
  return <span class={left < limit.max_chars / 10 ? 'warn tabular' : 'tabular'}>{words.left.replace('{n}', String(left))}</span>
}

function useTyping(tell: (on: boolean) => void): { type: (on: boolean) => void; stop: () => void } {
  const said = useRef(0)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const teller = useRef(tell)
  teller.current = tell
  const stop = (): void => {
    clearTimeout(timer.current)
    if (said.current > 0) teller.current(false)
    said.current = 0
  }
  const type = (on: boolean): void => {
    if (!on) return stop()
    if (Date.now() - said.current > typingAgainMs) {
      said.current = Date.now()
      teller.current(true)
    }
    clearTimeout(timer.current)
    timer.current = setTimeout(stop, typingOverMs)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return { type, stop }
}
