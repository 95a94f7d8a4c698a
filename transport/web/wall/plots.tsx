import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { useMedia } from '../ui/use.ts'
import type { Model } from './model.ts'
import { mostLines } from './samples.ts'
import { percent as percentOf, t } from './words.ts'

type Lines = { name: string; values: (number | null)[]; now?: number | undefined }[]

/** What a plot draws, and when it has changed. */
interface Source { readonly at: readonly number[]; watch(f: () => void): () => void }

const leastSeconds = 300 // the time that a plot shows at least, so that its hours do not stand there twice

export function Plots({ model }: { model: Model }): JSX.Element {
  const s = model.samples
  return (
    <div class="plots">
      <Plot of={s} title={t('plotWaiting')} lines={() => s.lines()} />
      <Plot of={model.day} title={t('plotDay')} percent lines={() => model.day.lines(model.wall.get().queues).slice(0, mostLines)} />
      <Plot of={s} title={t('plotChats')} lines={() => [{ name: t('waiting'), values: s.chats.queued }, { name: t('active'), values: s.chats.active }]} />
      <Plot of={s} title={t('plotAgents')} lines={() => [
        { name: t('free'), values: s.agents.free }, { name: t('full'), values: s.agents.busy }, { name: t('away'), values: s.agents.away }]} />
    </div>
  )
}

interface PlotProps { of: Source; title: string; lines: () => Lines; percent?: boolean }

/** One plot, and its last numbers as a text: that is its legend and what is read out. */
function Plot({ of, title, lines, percent }: PlotProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null)
  const legend = useRef<HTMLUListElement>(null)
  const dark = useMedia('(prefers-color-scheme: dark)')
  useEffect(() => {
    const host = place.current
    if (!host) return
    let plot: uPlot | undefined
    let drawn = ''
    const draw = (): void => {
      const all = lines()
      const names = all.map((l) => l.name).join('\n')
      const data: uPlot.AlignedData = [[...of.at], ...all.map((l) => l.values)]
      if (!plot || names !== drawn) {
        plot?.destroy()
        plot = new uPlot(options(host, of, all, percent === true), data, host)
        drawn = names
      } else plot.setData(data)
      legend.current?.replaceChildren(...all.map((l, i) => legendItem(l, i, percent === true)))
    }
    draw()
    const stop = of.watch(draw)
    const size = new ResizeObserver(() => plot?.setSize({ width: host.clientWidth, height: host.clientHeight }))
    size.observe(host)
    return () => {
      stop()
      size.disconnect()
      plot?.destroy()
    }
  }, [of, dark])
  return (
    <figure class="plot">
      <figcaption><strong>{title}</strong><ul ref={legend} class="legend" /></figcaption>
      <div class="plot-area" ref={place} aria-hidden="true" />
    </figure>
  )
}

function legendItem(l: Lines[number], i: number, parts: boolean): HTMLElement {
  const item = document.createElement('li')
  const mark = document.createElement('i')
  mark.className = `line-${i}`
  const value = l.now ?? l.values.at(-1)
  item.append(mark, `${l.name} ${value === undefined || value === null ? '–' : parts ? percentOf(value / 100) : value}`)
  return item
}

/** From the first moment to the last, also of a plot that has no room or nothing to show yet. */
function span(at: readonly number[]): [number, number] {
  const first = at[0] ?? 0
  return [first, Math.max(at.at(-1) ?? 0, first + leastSeconds)]
}

function options(host: HTMLElement, of: Source, lines: Lines, percent: boolean): uPlot.Options {
  const style = getComputedStyle(host)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis = { stroke: colour('--ink-3'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: `11px ${style.fontFamily}` }
  const clock = new Intl.DateTimeFormat(t.lang, { hour: '2-digit', minute: '2-digit' })
  return {
    width: host.clientWidth, height: host.clientHeight, legend: { show: false }, cursor: { show: false }, padding: [8, 4, 0, 0],
    scales: { x: { range: () => span(of.at) }, y: { range: (_u, _min, max) => percent ? [0, 100] : [0, Math.max(4, Math.ceil((max ?? 0) * 1.15))] } },
    axes: [
      { ...axis, space: 70, size: 24, values: (_u, at) => at.map((s) => (s > leastSeconds ? clock.format(s * 1000) : '')) },
      { ...axis, size: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000], space: 24 },
    ],
    series: [{}, ...lines.map((l, i) => ({ label: l.name, stroke: colour(`--plot-${i}`), width: 2, points: { show: percent, size: 5, fill: colour(`--plot-${i}`) } }))],
  }
}
