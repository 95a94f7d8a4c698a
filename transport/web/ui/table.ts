import { speak, type Pack, type Speech } from './words.ts'

/** A word in English, Japanese, Italian and Czech. */
export type Row = readonly [en: string, ja: string, it: string, cs: string]

/** Words that stand in a table, one row a word: codes of the protocol, mostly. */
export function tabled<K extends string>(rows: Record<K, Row>): Speech<K> & { has(key: string): key is K } {
  const pack = (i: 0 | 1 | 2 | 3): Pack<K> => Object.fromEntries(Object.entries<Row>(rows).map(([k, row]) => [k, row[i]])) as Pack<K>
  const say = speak<K>({ en: pack(0), ja: pack(1), it: pack(2), cs: pack(3) })
  return Object.assign(say, { has: (key: string): key is K => Object.hasOwn(rows, key) })
}
