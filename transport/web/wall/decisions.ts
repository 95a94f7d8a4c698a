import { tabled } from '../ui/table.ts'

/** How a queue picks, by the code of its strategy. */
export const strategies = tabled({
  longest_idle: ['longest idle', '待機時間が最長', 'inattivo da più tempo', 'nejdéle volný'],
  least_busy: ['least busy', '負荷が最小', 'meno occupato', 'nejméně vytížený'],
  round_robin: ['round robin', '順番', 'a rotazione', 'po řadě'],
  proficiency: ['best at what is asked for', 'スキルが最適', 'più competente', 'nejlepší v tom, co je třeba'],
  least_handled: ['fewest chats taken', '対応数が最少', 'meno chat prese', 'nejméně přijatých chatů'],
  random: ['by chance', '無作為', 'a caso', 'náhodou'],
})

/** What a winner was chosen for: the parts of which the engine makes its sentence. */
const parts = tabled({
  preferred: ['preferred', '優先', 'preferito', 'upřednostněn'],
  tier: ['tier {x}', '第{x}段', 'livello {x}', 'stupeň {x}'],
  load: ['load {x}', '負荷 {x}', 'carico {x}', 'vytížení {x}'],
  never: ['never had one', 'まだ対応なし', 'non ne ha ancora avute', 'ještě žádný neměl'],
  last: ['last had one {x} ago', '前回は {x} 前', 'ultima {x} fa', 'poslední před {x}'],
  proficiency: ['proficiency {x}', 'スキル {x}', 'competenza {x}', 'dovednost {x}'],
  handled: ['handled {x}', '対応 {x} 件', 'gestite {x}', 'vyřízeno {x}'],
  idle: ['idle {x}', '待機 {x}', 'inattivo da {x}', 'volný {x}'],
  chance: ['by chance', '無作為', 'a caso', 'náhodou'],
})

/** The same sentence for the reader; a part that is new here stays as it is. */
export function wonBy(why: string): string {
  return why.split(', ').map((part) => {
    if (part === 'never had one') return parts('never')
    if (part === 'by chance') return parts('chance')
    const last = /^last had one (.+) ago$/.exec(part)
    if (last) return parts('last', { x: last[1] ?? '' })
    const [key = '', ...rest] = part.split(' ')
    return parts.has(key) ? parts(key, { x: rest.join(' ') }) : part
  }).join(', ')
}
