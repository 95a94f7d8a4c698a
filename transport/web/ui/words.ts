/** The texts of a page in one language. */
export type Pack<K extends string> = Record<K, string>

export interface Speech<K extends string> {
  /** The browser's own tag, such as en-GB: dates and numbers follow it. */
  readonly lang: string
  (key: K, fill?: Record<string, string | number>): string
}

/**
 * The texts in the first language of the browser's that there is, else in the
 * first that there is at all.
 */
export function speak<K extends string>(packs: Record<string, Pack<K>>, wanted: readonly string[] = navigator.languages): Speech<K> {
  const there = Object.keys(packs)
  const base = (tag: string): string => tag.toLowerCase().split('-')[0] ?? ''
  const lang = wanted.find((w) => there.includes(base(w))) ?? (there[0] as string)
  const pack = packs[base(lang)] as Pack<K>
  const say = (key: K, fill?: Record<string, string | number>): string =>
    pack[key].replace(/\{(\w+)\}/g, (mark, name: string) => String(fill?.[name] ?? mark))
  return Object.assign(say, { lang })
}

/** Hours and minutes, as the reader writes them. */
export function timeOf(at: string, lang: string): string {
  return formatter(lang, { hour: '2-digit', minute: '2-digit' }).format(new Date(at))
}

export function dateOf(at: string, lang: string): string {
  return formatter(lang, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))
}

export function dayOf(at: string, lang: string): string {
  return formatter(lang, { dateStyle: 'full' }).format(new Date(at))
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(lang: string, o: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + JSON.stringify(o)
  let f = formatters.get(key)
  if (!f) {
    f = new Intl.DateTimeFormat(lang, o)
    formatters.set(key, f)
  }
  return f
}

/** 0:07, 12:40 or 1:02:03, for a number of seconds. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  const two = (n: number): string => String(n).padStart(2, '0')
  const h = Math.floor(s / 3600)
  const m = Math.floor((s % 3600) / 60)
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}

export function bytes(n: number, lang: string): string {
  const [value, unit] = n < 1000 ? [n, 'byte'] : n < 1_000_000 ? [n / 1000, 'kilobyte'] : [n / 1_000_000, 'megabyte']
  return new Intl.NumberFormat(lang, { style: 'unit', unit: unit as string, maximumFractionDigits: 1 }).format(value as number)
}

/** Characters as the server counts them: code points. */
export function count(text: string): number {
  let n = 0
  for (const _ of text) n++
  return n
}
