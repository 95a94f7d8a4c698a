import { focusBoard } from './board.tsx'
import { close } from './head.tsx'
import type { Model } from './model.ts'
import type { Key } from './words.ts'

interface Shortcut { code: string; shift?: true; shown: string; says: Key; does: (m: Model) => void }

function inChat(does: (m: Model, chat: string) => void): (m: Model) => void {
  return (m) => {
    const chat = m.desk.local.get().selected
    if (chat && m.desk.desk.get().chats.has(chat)) does(m, chat)
  }
}

const enter = (how: 'monitor' | 'whisper' | 'barge' | 'take_over') => inChat((m, chat) => { void m.enter(how, chat) })

export const shortcuts: readonly Shortcut[] = [
  { code: 'Digit1', shown: 'Alt+1', says: 'queues', does: () => focusBoard('queues') },
  { code: 'Digit2', shown: 'Alt+2', says: 'agents', does: () => focusBoard('agents') },
  { code: 'Digit3', shown: 'Alt+3', says: 'chats', does: () => focusBoard('chats') },
  { code: 'Digit4', shown: 'Alt+4', says: 'alerts', does: () => focusBoard('alerts') },
  { code: 'ArrowDown', shown: 'Alt+↓', says: 'k_next', does: (m) => m.desk.step(1) },
  { code: 'KeyM', shown: 'Alt+M', says: 'monitor', does: enter('monitor') },
  { code: 'KeyW', shown: 'Alt+W', says: 'whisper', does: enter('whisper') },
  { code: 'KeyG', shown: 'Alt+G', says: 'barge', does: enter('barge') },
  { code: 'KeyT', shown: 'Alt+T', says: 'take_over', does: enter('take_over') },
  { code: 'KeyO', shown: 'Alt+O', says: 'everything', does: inChat((m, chat) => m.open({ kind: 'chat', chat })) },
  { code: 'KeyU', shown: 'Alt+U', says: 'stop', does: inChat((m, chat) => { const c = m.desk.desk.get().chats.get(chat); if (c) close(m, c) }) },
  { code: 'KeyJ', shown: 'Alt+J', says: 'k_compose', does: () => document.getElementById('composer')?.focus() },
  { code: 'KeyL', shown: 'Alt+L', says: 'k_thread', does: () => document.querySelector<HTMLElement>('.thread-scroll')?.focus() },
  { code: 'KeyA', shown: 'Alt+A', says: 'k_accept', does: (m) => { const offer = m.desk.desk.get().offers.keys().next().value; if (offer) void m.do('accept', { offer }) } },
  { code: 'KeyR', shown: 'Alt+R', says: 'k_reject', does: (m) => { const offer = m.desk.desk.get().offers.keys().next().value; if (offer) void m.desk.reject(offer) } },
  { code: 'KeyR', shift: true, shown: 'Alt+Shift+R', says: 'k_rejectWhy', does: (m) => m.desk.askWhy(m.desk.desk.get().offers.keys().next().value) },
  { code: 'KeyB', shown: 'Alt+B', says: 'broadcast', does: (m) => { const q = m.wall.get().queues[0]; if (q) m.open({ kind: 'broadcast', queue: q.queue }) } },
  { code: 'KeyP', shown: 'Alt+P', says: 'past', does: (m) => m.open({ kind: 'past' }) },
  { code: 'KeyF', shown: 'Alt+F', says: 'today', does: (m) => m.open({ kind: 'today' }) },
  { code: 'KeyV', shown: 'Alt+V', says: 'presence', does: (m) => { if (m.desk.desk.get().capacity.total > 0) m.desk.open({ kind: 'presence' }) } },
  { code: 'Slash', shown: 'Alt+/', says: 'keys', does: (m) => m.open({ kind: 'keys' }) },
]

/** Listens for the wall's keys; the result ends it. */
export function listen(m: Model): () => void {
  const hear = (e: KeyboardEvent): void => {
    if (!e.altKey || e.ctrlKey || e.metaKey || e.isComposing || m.local.get().dialog || m.desk.local.get().dialog) return
    const found = shortcuts.find((s) => s.code === e.code && (s.shift ?? false) === (e.shiftKey && s.code === 'KeyR'))
    if (!found) return
    e.preventDefault()
    found.does(m)
  }
  window.addEventListener('keydown', hear)
  return () => window.removeEventListener('keydown', hear)
}
