import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { download, type Attachment, type Message } from '../shared/index.ts'
import { Icon } from './icons.tsx'
import { Avatar } from './parts.tsx'
import { bytes, timeOf } from './words.ts'

export interface BubbleProps {
  message: Pick<Message, 'text' | 'attachment' | 'author' | 'sent_at' | 'to'>
  mine: boolean
  /** The first of several by the same author. */
  first: boolean
  lang: string
  token: () => Promise<string>
  fileLabel: string
  /** Who said it, where that is worth saying. */
  who?: string
  /** What became of it, for its author. */
  fate?: { icon: 'check' | 'checks' | 'clock' | 'warning'; label: string; bad?: boolean; good?: boolean }
}

/** One message, as text and never as markup. */
export function Bubble(p: BubbleProps): JSX.Element {
  const { message: m } = p
  const kinds = ['line', p.mine ? 'mine' : 'theirs', p.first && 'first', m.to === 'agents' && 'side',
    (m.author.kind === 'queue' || m.author.kind === 'system') && 'queue-said',
    p.fate?.icon === 'clock' && 'pending', p.fate?.bad && 'failed']
  return (
    <div class={kinds.filter(Boolean).join(' ')}>
      {!p.mine && (p.first ? <Avatar initials={m.author.initials} kind={m.author.kind === 'customer' ? 'customer' : 'agent'} /> : <span class="avatar gap" />)}
      <div class="line-body">
        {p.first && p.who && <div class="line-who">{p.who}</div>}
        <div class="bubble">{m.attachment ? <File attachment={m.attachment} {...p} /> : m.text}</div>
        <div class={`line-foot ${p.fate?.bad ? 'bad' : ''}`}>
          <time dateTime={m.sent_at}>{timeOf(m.sent_at, p.lang)}</time>
          {p.fate && <span role="img" class={p.fate.good ? 'seen' : undefined} aria-label={p.fate.label} title={p.fate.label}><Icon name={p.fate.icon} size={13} /></span>}
          {p.fate?.bad && <span>{p.fate.label}</span>}
        </div>
      </div>
    </div>
  )
}

/** What a message's author is told of it: sent, on the other side, read. */
export function receipt(seq: number, delivered: number, read: number, says: { sent: string; delivered: string; read: string }): NonNullable<BubbleProps['fate']> {
  if (read >= seq) return { icon: 'checks', label: says.read, good: true }
  return delivered >= seq ? { icon: 'checks', label: says.delivered } : { icon: 'check', label: says.sent }
}

/** Pictures that have been fetched, by the file's id. They live as long as the page. */
const pictures = new Map<string, string>()
const shown = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
const largestShown = 5_000_000

interface FileProps { attachment: Attachment; lang: string; token: () => Promise<string>; fileLabel: string }

function File({ attachment: a, lang, token, fileLabel }: FileProps): JSX.Element {
  const [picture, setPicture] = useState(pictures.get(a.id))
  useEffect(() => {
    if (picture || !shown.has(a.media_type) || a.size_bytes > largestShown) return
    let gone = false
    token().then((t) => download(t, a)).then((blob) => {
      const url = URL.createObjectURL(blob)
      pictures.set(a.id, url)
      if (!gone) setPicture(url)
    }).catch(() => {}) // its name is still there to be pressed
    return () => { gone = true }
  }, [a.id])
  const [broken, setBroken] = useState(false)
  const save = async (): Promise<void> => {
    const url = picture ?? URL.createObjectURL(await download(await token(), a))
    const link = document.createElement('a')
    link.href = url
    link.download = a.name
    link.click()
  }
  return (
    <button type="button" class="file" onClick={() => { void save().catch(() => {}) }}>
      <span class="unseen">{fileLabel}: </span>
      {picture && !broken ? <img src={picture} alt={a.name} onError={() => setBroken(true)} /> : <>
        <Icon name="file" size={22} />
        <span><span class="file-name">{a.name}</span> <span class="file-size">{bytes(a.size_bytes, lang)}</span></span>
      </>}
    </button>
  )
}
