import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Role } from '../shared/index.ts'
import { Avatar, Field } from '../ui/parts.tsx'
import { claims, devPeople, devToken, isDev, tokenOfFragment, type Person } from '../ui/session.ts'
import type { Me } from './model.ts'
import { t } from './words.ts'

/** A page that one signs in to: who may, and what it says to who comes. */
export interface Place { kept: string; roles: readonly Role[]; offered: Role; title: string; choose: string; badToken: string }

export const theDesk: Place = {
  kept: 'parley.desk', roles: ['agent', 'supervisor'], offered: 'agent', title: t('title'), choose: t('chooseAgent'), badToken: t('badToken'),
}

/** Who this window was before it was loaded again. */
export function rememberedMe(place: Place = theDesk): Me | undefined {
  const given = tokenOfFragment()
  if (given) return meOfToken(place, given)
  try {
    const saved = JSON.parse(sessionStorage.getItem(place.kept) ?? 'null') as { person?: Person; token?: string } | null
    if (saved?.person && isDev) return meOfPerson(place, saved.person)
    return saved?.token ? meOfToken(place, saved.token) : undefined
  } catch {
    return undefined
  }
}

export function forgetMe(place: Place = theDesk): void {
  try {
    sessionStorage.removeItem(place.kept)
  } catch {
    // There was nothing to forget.
  }
}

function meOfPerson(place: Place, person: Person): Me {
  save(place, { person })
  return { principal: person.subject, name: person.name, token: () => devToken(person) }
}

function meOfToken(place: Place, token: string): Me | undefined {
  const c = claims(token)
  if (!c.sub || !c.role || !place.roles.includes(c.role)) return undefined
  save(place, { token })
  return { principal: c.sub, name: c.name ?? c.sub, token: () => Promise.resolve(token) }
}

function save(place: Place, what: object): void {
  try {
    sessionStorage.setItem(place.kept, JSON.stringify(what))
  } catch {
    // The next load asks again.
  }
}

interface SignInProps { onMe: (me: Me) => void; place?: Place }

export function SignIn({ onMe, place = theDesk }: SignInProps): JSX.Element {
  return (
    <main class="signin">
      <div class="card">
        <h1>{place.title}</h1>
        {isDev ? <Choose onMe={onMe} place={place} /> : <Paste onMe={onMe} place={place} />}
      </div>
    </main>
  )
}

function Choose({ onMe, place }: Required<SignInProps>): JSX.Element {
  const [people, setPeople] = useState<Person[]>([])
  const [wrong, setWrong] = useState('')
  useEffect(() => {
    devPeople().then((all) => setPeople(all.filter((p) => p.role === place.offered)), (e: unknown) => setWrong(String(e)))
  }, [])
  return (
    <>
      <h2>{place.choose}</h2>
      <ul class="people">
        {people.map((p) => (
          <li key={p.subject}><button type="button" class="button" onClick={() => onMe(meOfPerson(place, p))}>
            <Avatar initials={p.name.slice(0, 1)} />{p.name}</button></li>
        ))}
      </ul>
      {wrong && <p class="note bad" role="alert">{wrong}</p>}
      <p class="muted small">{t('devNote')}</p>
    </>
  )
}

function Paste({ onMe, place }: Required<SignInProps>): JSX.Element {
  const [token, setToken] = useState('')
  const [wrong, setWrong] = useState(false)
  const go = (): void => {
    const me = meOfToken(place, token.trim())
    if (me) onMe(me)
    else setWrong(true)
  }
  return (
    <form onSubmit={(e) => { e.preventDefault(); go() }}>
      <Field id="token" label={t('token')} value={token} onValue={(v) => { setToken(v); setWrong(false) }} rows={4} required />
      <p class="muted small">{t('tokenHelp')}</p>
      {wrong && <p class="note bad" role="alert">{place.badToken}</p>}
      <button type="submit" class="button primary">{t('signIn')}</button>
    </form>
  )
}
