import { inOrder } from '../shared/index.ts'
import type { Model } from './model.ts'
import type { Key } from './words.ts'

/** A key of the desk: with Alt, so that it also works while one writes. */
interface Shortcut { code: string; shift?: true; shown: string; says: Key; does: (m: Model) => void }

const current = (m: Model): string | undefined => m.local.get().selected

function dialogOf(kind: 'transfer' | 'invite' | 'consult' | 'template' | 'assist' | 'end' | 'earlier'): (m: Model) => void {
  return (m) => {
    const chat = current(m)
    const c = chat === undefined ? undefined : m.desk.get().chats.get(chat)
    if (chat && c && c.phase !== 'ended' && (kind !== 'earlier' || c.previous_chat)) m.open({ kind, chat })
  }
}

function firstOffer(m: Model): string | undefined {
  return m.desk.get().offers.keys().next().value
}

export const shortcuts: readonly Shortcut[] = [
  { code: 'KeyA', shown: 'Alt+A', says: 'k_accept', does: (m) => { const offer = firstOffer(m); if (offer) void m.do('accept', { offer }) } },
  { code: 'KeyR', shown: 'Alt+R', says: 'k_reject', does: (m) => { const offer = firstOffer(m); if (offer) void m.reject(offer) } },
  { code: 'KeyR', shift: true, shown: 'Alt+Shift+R', says: 'rejectWhy', does: (m) => m.askWhy(firstOffer(m)) },
  { code: 'ArrowDown', shown: 'Alt+↓', says: 'k_next', does: (m) => m.step(1) },
  { code: 'ArrowUp', shown: 'Alt+↑', says: 'k_next', does: (m) => m.step(-1) },
  { code: 'KeyV', shown: 'Alt+V', says: 'k_toggle', does: (m) => {
    void m.do('set_presence', { state: m.desk.get().presence.state === 'available' ? 'not_ready' : 'available' })
  } },
  { code: 'KeyP', shown: 'Alt+P', says: 'k_presence', does: (m) => m.open({ kind: 'presence' }) },
  { code: 'KeyT', shown: 'Alt+T', says: 'transfer', does: dialogOf('transfer') },
  { code: 'KeyI', shown: 'Alt+I', says: 'invite', does: dialogOf('invite') },
  { code: 'KeyK', shown: 'Alt+K', says: 'consult', does: dialogOf('consult') },
  { code: 'KeyM', shown: 'Alt+M', says: 'template', does: dialogOf('template') },
  { code: 'KeyS', shown: 'Alt+S', says: 'assist', does: dialogOf('assist') },
  { code: 'KeyE', shown: 'Alt+E', says: 'earlier', does: dialogOf('earlier') },
  { code: 'KeyX', shown: 'Alt+X', says: 'end', does: dialogOf('end') },
  { code: 'KeyN', shown: 'Alt+N', says: 'k_side', does: (m) => { const chat = current(m); if (chat) m.toggleAside(chat) } },
  { code: 'KeyW', shown: 'Alt+W', says: 'wrapup', does: (m) => openWrapup(m) },
  { code: 'KeyC', shown: 'Alt+C', says: 'direct', does: (m) => m.open({ kind: 'direct' }) },
  { code: 'KeyJ', shown: 'Alt+J', says: 'k_compose', does: () => document.getElementById('composer')?.focus() },
  { code: 'KeyL', shown: 'Alt+L', says: 'k_thread', does: () => document.querySelector<HTMLElement>('.thread-scroll')?.focus() },
  { code: 'Slash', shown: 'Alt+/', says: 'keys', does: (m) => m.open({ kind: 'keys' }) },
]

/** Opens a wrap-up that is due: of the chat on the screen, else the first, else one that the clock has filed. */
function openWrapup(m: Model): void {
  const due = m.desk.get().wrapups
  const shown = current(m)
  const chat = shown && due.has(shown) ? shown : due.keys().next().value
  if (!chat) {
    const settled = m.desk.get().settled.keys().next().value
    if (settled) m.open({ kind: 'settled', chat: settled })
    return
  }
  m.putOff(chat, false)
  m.select(chat)
}

/** Listens for the desk's keys; the result ends it. */
export function listen(m: Model): () => void {
  const hear = (e: KeyboardEvent): void => {
    if (!e.altKey || e.ctrlKey || e.metaKey || e.isComposing) return
    const digit = /^Digit([1-9])$/.exec(e.code)?.[1]
    const found = shortcuts.find((s) => s.code === e.code && (s.shift ?? false) === (e.shiftKey && s.code === 'KeyR'))
    if (!digit && !found) return
    if (m.local.get().dialog && e.code !== 'KeyA' && e.code !== 'KeyR') return
    e.preventDefault()
    if (digit) {
      const chat = inOrder(m.desk.get())[Number(digit) - 1]
      if (chat) m.select(chat.chat)
    } else found?.does(m)
  }
  window.addEventListener('keydown', hear)
  return () => window.removeEventListener('keydown', hear)
}
