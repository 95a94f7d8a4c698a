import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Avatar, Field } from '../ui/parts.tsx'
import { claims, devPeople, devToken, isDev, tokenOfFragment, type Person } from '../ui/session.ts'
import type { Me } from './model.ts'
import { t } from './words.ts'

const kept = 'parley.desk'

/** Who this window was before it was loaded again. */
export function rememberedMe(): Me | undefined {
  const given = tokenOfFragment()
  if (given) return meOfToken(given)
  try {
    const saved = JSON.parse(sessionStorage.getItem(kept) ?? 'null') as { person?: Person; token?: string } | null
    if (saved?.person && isDev) return meOfPerson(saved.person)
    return saved?.token ? meOfToken(saved.token) : undefined
  } catch {
    return undefined
  }
}

export function forgetMe(): void {
  try {
    sessionStorage.removeItem(kept)
  } catch {
    // There was nothing to forget.
  }
}

function meOfPerson(person: Person): Me {
  save({ person })
  return { principal: person.subject, name: person.name, token: () => devToken(person) }
}

function meOfToken(token: string): Me | undefined {
  const c = claims(token)
  if (!c.sub || (c.role !== 'agent' && c.role !== 'supervisor')) return undefined
  save({ token })
  return { principal: c.sub, name: c.name ?? c.sub, token: () => Promise.resolve(token) }
}

function save(what: object): void {
  try {
    sessionStorage.setItem(kept, JSON.stringify(what))
  } catch {
    // The next load asks again.
  }
}

export function SignIn({ onMe }: { onMe: (me: Me) => void }): JSX.Element {
  return (
    <main class="signin">
      <div class="card">
        <h1>{t('title')}</h1>
        {isDev ? <Choose onMe={onMe} /> : <Paste onMe={onMe} />}
      </div>
    </main>
  )
}

function Choose({ onMe }: { onMe: (me: Me) => void }): JSX.Element {
  const [people, setPeople] = useState<Person[]>([])
  const [wrong, setWrong] = useState('')
  useEffect(() => {
    devPeople().then((all) => setPeople(all.filter((p) => p.role === 'agent')), (e: unknown) => setWrong(String(e)))
  }, [])
  return (
    <>
      <h2>{t('chooseAgent')}</h2>
      <ul class="people">
        {people.map((p) => (
          <li key={p.subject}><button type="button" class="button" onClick={() => onMe(meOfPerson(p))}>
            <Avatar initials={p.name.slice(0, 1)} />{p.name}</button></li>
        ))}
      </ul>
      {wrong && <p class="note bad" role="alert">{wrong}</p>}
      <p class="muted small">{t('devNote')}</p>
    </>
  )
}

function Paste({ onMe }: { onMe: (me: Me) => void }): JSX.Element {
  const [token, setToken] = useState('')
  const [wrong, setWrong] = useState(false)
  const go = (): void => {
    const me = meOfToken(token.trim())
    if (me) onMe(me)
    else setWrong(true)
  }
  return (
    <form onSubmit={(e) => { e.preventDefault(); go() }}>
      <Field id="token" label={t('token')} value={token} onValue={(v) => { setToken(v); setWrong(false) }} rows={4} required />
      <p class="muted small">{t('tokenHelp')}</p>
      {wrong && <p class="note bad" role="alert">{t('badToken')}</p>}
      <button type="submit" class="button primary">{t('signIn')}</button>
    </form>
  )
}
