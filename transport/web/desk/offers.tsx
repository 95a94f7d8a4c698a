import type { JSX } from 'preact'
import type { Offer } from '../shared/index.ts'
import { Icon } from '../ui/icons.tsx'
import { Announcer, Avatar, Button } from '../ui/parts.tsx'
import { useSeconds, useStore } from '../ui/use.ts'
import { dateOf, span } from '../ui/words.ts'
import type { Model } from './model.ts'
import { named, t } from './words.ts'

export function Offers({ model }: { model: Model }): JSX.Element {
  const offers = useStore(model.desk, (s) => s.offers)
  const newest = [...offers.values()].at(-1)
  return (
    <section class="offers" aria-label={t('offer_queue')} hidden={offers.size === 0}>
      <Announcer now text={newest ? t('newOffer', { name: newest.customer.name, queue: newest.queue.name }) : ''} />
      {[...offers.values()].map((o, i) => <Card key={o.offer} model={model} offer={o} first={i === 0} />)}
    </section>
  )
}

function Card({ model, offer, first }: { model: Model; offer: Offer; first: boolean }): JSX.Element {
  useSeconds()
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
    <article class="offer" aria-label={`${named('offer_', offer.kind)}: ${offer.customer.name}`}>
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
        {offer.thread.map((m) => <p key={m.message_seq}><span class="muted">{m.author.name}: </span>{m.text ?? m.attachment?.name}</p>)}
      </div>
      <footer class="offer-foot">
        <span class={`small tabular ${left <= 5 ? 'late' : 'muted'}`} role="timer">{t('timeLeft', { n: left })}</span>
        <Button label={t('reject')} {...(first && { hint: 'Alt+R' })} onPress={() => { void model.do('reject', { offer: offer.offer }) }} />
        <Button label={t('accept')} kind="primary" {...(first && { hint: 'Alt+A' })} onPress={() => { void model.do('accept', { offer: offer.offer }) }} />
      </footer>
    </article>
  )
}
