import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Offer } from '../shared/index.ts'
import { Icon } from '../ui/icons.tsx'
import { Announcer, Avatar, Button } from '../ui/parts.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import { dateOf, span } from '../ui/words.ts'
import type { Model } from './model.ts'
import { lineText, named, t } from './words.ts'

export function Offers({ model }: { model: Model }): JSX.Element {
  const offers = useStore(model.desk, (s) => s.offers)
  const newest = [...offers.values()].at(-1)
  useKept(offers.size)
  return (
    <section class="offers" aria-label={t('offer_queue')} hidden={offers.size === 0}>
      <Announcer now text={newest ? t('newOffer', { name: newest.customer.name, queue: newest.queue.name }) : ''} />
      {[...offers.values()].map((o, i) => <Card key={o.offer} model={model} offer={o} first={i === 0} />)}
    </section>
  )
}

/** Gives the keyboard to the page when an offer has gone that had it. */
function useKept(offers: number): void {
  const inside = useRef(false)
  useEffect(() => {
    const look = (e: FocusEvent): void => { inside.current = e.target instanceof Element && e.target.closest('.offers') !== null }
    document.addEventListener('focusin', look)
    return () => document.removeEventListener('focusin', look)
  }, [])
  useEffect(() => {
    const timer = setTimeout(() => {
      if (inside.current && document.activeElement === document.body) document.querySelector<HTMLElement>('main')?.focus()
    }, 0)
    return () => clearTimeout(timer)
  }, [offers])
}

function Card({ model, offer, first }: { model: Model; offer: Offer; first: boolean }): JSX.Element {
  useSeconds()
  const asks = useStore(model.local, (l) => l.rejecting === offer.offer)
  const [reason, setReason] = useState('')
  const clock = model.client.clock
  const left = clock.until(offer.expires_at)
  const whole = Math.max(1, (Date.parse(offer.expires_at) - Date.parse(offer.offered_at)) / 1000)
  const facts: [string, string][] = [
    [t('queue'), offer.queue.name], [t('source'), offer.source?.name ?? ''], [t('channel'), offer.channel], [t('agent'), model.me.name],
    [t('received'), dateOf(offer.received_at, t.lang)], [t('attempt'), offer.attempt > 1 ? String(offer.attempt) : ''],
    ...Object.entries(offer.customer.attributes).filter(([k]) => k !== 'question'),
  ]
  const question = offer.thread.length === 0 ? offer.customer.attributes['question'] : undefined // asked at the start, sent in the same moment
  return (
    <article class={`offer ${asks ? 'asks' : ''}`} aria-label={`${named('offer_', offer.kind)}: ${offer.customer.name}`}>
      <div class="offer-left" aria-hidden="true"><i style={{ transform: `scaleX(${Math.min(1, left / whole)})` }} class={left <= 5 ? 'late' : ''} /></div>
      <header class="offer-head">
        <Avatar initials={offer.customer.initials} kind="customer" large />
        <div class="grow"><span class="small muted">{named('offer_', offer.kind)}</span><h3 class="clip">{offer.customer.name}</h3></div>
        <div class="offer-time"><span class="small muted">{t('waiting')}</span><strong class="tabular">{span(clock.since(offer.received_at))}</strong></div>
      </header>
      {offer.from && <p class="note"><Icon name="transfer" /><span><strong>{t('asksYou', { name: offer.from.name })}</strong>{offer.note ? `: ${offer.note}` : ''}</span></p>}
      <dl class="facts">
        {facts.filter(([, v]) => v !== '').map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}
      </dl>
      <div class="offer-thread" tabIndex={0} role="group" aria-label={t('messages')}>
        {offer.thread.length === 0 && !question && <p class="muted small">{t('noMessages')}</p>}
        {question && <p><span class="muted">{offer.customer.name}: </span>{question}</p>}
        {offer.thread.map((m) => <p key={m.message_seq}>{m.author.name && <span class="muted">{m.author.name}: </span>}{lineText(m)}</p>)}
      </div>
      {asks && <Why model={model} offer={offer.offer} text={reason} onText={setReason} />}
      <footer class="offer-foot">
        <span class={`small tabular ${left <= 5 ? 'late' : 'muted'}`} role="timer">{t('timeLeft', { n: left })}</span>
        <Button label={t('rejectWhy')} icon="more" bare expanded={asks} {...(first && { hint: 'Alt+Shift+R' })} onPress={() => model.askWhy(asks ? undefined : offer.offer)} />
        <Button label={t('reject')} {...(first && { hint: 'Alt+R' })} onPress={() => { void model.reject(offer.offer, asks ? reason.trim() : '') }} />
        <Button label={t('accept')} kind="primary" {...(first && { hint: 'Alt+A' })} onPress={() => { void model.do('accept', { offer: offer.offer }) }} />
      </footer>
    </article>
  )
}

const usual = ['why_busy', 'why_subject', 'why_language', 'why_break'] as const
const mostChars = 128

interface WhyProps { model: Model; offer: string; text: string; onText: (text: string) => void }

/** Why it is rejected: one press for what is usual, or a word of one's own. */
function Why({ model, offer, text, onText }: WhyProps): JSX.Element {
  const box = useRef<HTMLFormElement>(null)
  useEffect(() => { box.current?.querySelector('button')?.focus() }, [])
  const keys = (e: KeyboardEvent): void => {
    if (e.key !== 'Escape') return
    e.preventDefault()
    e.stopPropagation()
    const card = box.current?.closest('.offer')
    model.askWhy(undefined)
    card?.querySelector<HTMLElement>('[aria-expanded]')?.focus()
  }
  return (
    <form class="offer-why" ref={box} aria-label={t('rejectWhy')} onKeyDown={keys} onSubmit={(e) => { e.preventDefault(); if (text.trim()) void model.reject(offer, text.trim()) }}>
      {usual.map((k) => <Button key={k} label={t(k)} small onPress={() => { void model.reject(offer, t(k)) }} />)}
      <input class="input" aria-label={t('rejectReason')} placeholder={t('rejectReason')} maxLength={mostChars} value={text} onInput={(e) => onText(e.currentTarget.value)} />
    </form>
  )
}
