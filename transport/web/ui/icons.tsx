import type { JSX } from 'preact'

/** Outlines in a square of 24. */
const shapes = {
  send: 'M4 12 20 4l-5 16-3.500-6.500z',
  clip: 'm20 11.500-8 8a5 5 0 0 1-7-7l8.500-8.500a3.400 3.400 0 0 1 4.800 4.800L10 17a1.700 1.700 0 0 1-2.400-2.400l7.600-7.600',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'm5 12.500 4.500 4.500L19 7',
  checks: 'm2 12.500 4.500 4.500L15 8m-4 7.500 1.500 1.500L22 8',
  clock: 'M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  back: 'M15 5l-7 7 7 7',
  down: 'M6 9l6 6 6-6',
  bubble: 'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-6l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z',
  transfer: 'M4 8h13m0 0-4-4m4 4-4 4M20 16H7m0 0 4-4m-4 4 4 4',
  people: 'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zm-6.500 9a6.500 6.500 0 0 1 13 0M16 4.500a3.500 3.500 0 0 1 0 6.500m2 3a6.500 6.500 0 0 1 3.500 6',
  ear: 'M4 5h11v8H9l-4 3v-3H4zM18 9h2v8h-1v3l-4-3h-5',
  end: 'M12 3v9M6.500 6.500a8 8 0 1 0 11 0',
  help: 'M9.500 9a2.600 2.600 0 1 1 3.800 2.300c-.8.400-1.300 1-1.300 1.900v.300M12 17v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  keys: 'M3 7h18v10H3zM7 10v.01M11 10v.01M15 10v.01M7 14h10M18.500 10v.01',
  sound: 'M4 10v4h4l5 4V6L8 10zM17 9a4 4 0 0 1 0 6',
  mute: 'M4 10v4h4l5 4V6L8 10zM17 9.500l4 5m0-5-4 5',
  chart: 'M4 20h16M7 16v-5M12 16V5M17 16v-8',
  more: 'M12 6v.01M12 12v.01M12 18v.01',
  info: 'M12 11v5M12 8v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  warning: 'M12 4 2.500 20h19zM12 10v5M12 17.500v.01',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  template: 'M4 5h16M4 10h16M4 15h9M4 20h6',
  star: 'm12 3 2.700 5.800 6.300.800-4.600 4.300 1.200 6.300L12 17l-5.600 3.200 1.200-6.300L3 9.600l6.300-.800z',
  search: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM20 20l-4.800-4.800',
  flag: 'M5 21V4h13l-2.500 4.500L18 13H5',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 8.500a8 8 0 0 1 16 0',
  note: 'M5 4h14v10l-5 6H5zM14 20v-6h5',
  out: 'M10 4H5v16h5M15 8l4 4-4 4M19 12H9',
} as const

export type IconName = keyof typeof shapes

/** A picture that says nothing to a screen reader: its control has a label. */
export function Icon({ name, size = 18, fill = false }: { name: IconName; size?: number; fill?: boolean }): JSX.Element {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill={fill ? 'currentColor' : 'none'} stroke="currentColor" stroke-width="1.8"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  )
}
