import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Day } from './day.ts'

const line = (start: string, answered: number, answered_within: number, abandoned: number, abandoned_within: number) =>
  ({ queue: 'support', start, answered, answered_within, abandoned, abandoned_within })

test('a day has a value for each quarter with anything, and one for itself that weighs them', (t) => {
  const day = new Day(async () => [])
  t.after(() => day.stop())
  const begin = Date.parse('2026-11-22T00:00:00Z')
  day.take(begin, begin + 3_000_000, [
    line('2026-11-22T00:00:00Z', 8, 8, 1, 1), line('2026-11-22T00:30:00Z', 1, 0, 1, 0), line('2026-11-22T00:45:00Z', 0, 0, 2, 2),
  ])
  assert.deepEqual(day.at.map((s) => s - begin / 1000), [0, 900, 1800, 2700])
  const names = [{ queue: 'sales', name: 'Sales' }, { queue: 'support', name: 'Support' }]
  assert.deepEqual(day.lines(names), [{ name: 'Support', values: [100, null, 0, null], now: 80 }])
})
