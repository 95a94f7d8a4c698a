import type { Offer } from '../shared/index.ts'
import { remember, remembered } from '../ui/session.ts'
import { t } from './words.ts'

/**
 * Rings while an offer is open: by sound, and by a notification where the desk
 * is out of sight. Of all windows of an agent in one browser, the one that holds
 * the lock rings; when it closes, the next one does.
 */
export class Ringer {
  private chosen = typeof navigator.locks === 'undefined' // without locks every window is on its own
  private audio: AudioContext | undefined
  private timer: ReturnType<typeof setInterval> | undefined
  private readonly notes = new Map<string, Notification>()
  private release: () => void = () => {}
  on = remembered('parley.sound') !== 'off'
  /** Told when the sound is turned on or off, here or in another window. */
  onTurned: (on: boolean) => void = () => {}

  constructor(principal: string) {
    navigator.locks?.request(`parley.ring.${principal}`, () => {
      this.chosen = true
      return new Promise<void>((resolve) => { this.release = resolve })
    }).catch(() => {})
    window.addEventListener('storage', this.elsewhere)
  }

  /** Browsers play nothing before somebody has touched the page. */
  touched(): void {
    this.audio ??= new AudioContext()
    void this.audio.resume()
  }

  toggle(): void {
    remember('parley.sound', this.on ? 'off' : undefined)
    this.turn(!this.on)
  }

  /** The window that rings need not be the one where it is turned off. */
  private readonly elsewhere = (e: StorageEvent): void => {
    if (e.key === 'parley.sound') this.turn(e.newValue !== 'off')
  }

  private turn(on: boolean): void {
    this.on = on
    if (!on) this.silence()
    this.onTurned(on)
  }

  get mayAsk(): boolean {
    return typeof Notification !== 'undefined' && Notification.permission === 'default'
  }

  async askPermission(): Promise<void> {
    if (this.mayAsk) await Notification.requestPermission()
  }

  /** What is open now: called with every change. */
  ring(offers: readonly Offer[]): void {
    for (const [id, note] of this.notes) {
      if (offers.some((o) => o.offer === id)) continue
      note.close()
      this.notes.delete(id)
    }
    if (offers.length === 0) return this.silence()
    if (!this.chosen) return
    for (const o of offers) this.notify(o)
    if (this.on && this.timer === undefined) {
      this.chime()
      this.timer = setInterval(() => this.chime(), 2500)
    }
  }

  stop(): void {
    window.removeEventListener('storage', this.elsewhere)
    this.ring([])
    this.release()
  }

  private silence(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  private notify(o: Offer): void {
    if (this.notes.has(o.offer) || !document.hidden) return
    if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return
    const note = new Notification(t('newOffer', { name: o.customer.name, queue: o.queue.name }), { tag: o.offer, requireInteraction: true })
    note.onclick = () => window.focus()
    this.notes.set(o.offer, note)
  }

  /** Two soft tones. */
  private chime(): void {
    const audio = this.audio
    if (!audio || audio.state !== 'running') return
    for (const [pitch, at] of [[660, 0], [880, 0.18]] as const) {
      const tone = audio.createOscillator()
      const volume = audio.createGain()
      const begin = audio.currentTime + at
      tone.frequency.value = pitch
      volume.gain.setValueAtTime(0, begin)
      volume.gain.linearRampToValueAtTime(0.12, begin + 0.02)
      volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.4)
      tone.connect(volume).connect(audio.destination)
      tone.start(begin)
      tone.stop(begin + 0.45)
    }
  }
}
