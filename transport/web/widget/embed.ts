// One script tag puts the chat on any site:
//
//   <script src="https://parley.example.com/embed.js" async
//     data-token="/my-own/chat-token" data-source="web"></script>
//
// data-token is an address of the site's own backend that answers with a
// customer's token, as text or as {"token": "..."}. A site that would rather
// give it by itself sets window.parleyToken to a function that returns one, or
// a promise of one.

interface Site { parleyToken?: () => string | Promise<string> }

const tag = document.currentScript as HTMLScriptElement
const home = new URL(tag.src)
const query = new URLSearchParams()
for (const name of ['source', 'queue'] as const) {
  const value = tag.dataset[name]
  if (value) query.set(name, value)
}

async function token(): Promise<string> {
  const given = (window as Site).parleyToken
  if (given) return await given()
  const answer = await fetch(tag.dataset['token'] ?? '', { credentials: 'same-origin', headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
  const text = (await answer.text()).trim()
  return text.startsWith('{') ? (JSON.parse(text) as { token: string }).token : text
}

function place(el: HTMLElement, styles: Partial<CSSStyleDeclaration>): void {
  Object.assign(el.style, styles)
}

function install(): void {
  const launcher = document.createElement('button')
  const count = document.createElement('span')
  let frame: HTMLIFrameElement | undefined
  const label = tag.dataset['label'] ?? 'Chat'
  launcher.type = 'button'
  launcher.setAttribute('aria-label', label)
  launcher.setAttribute('aria-expanded', 'false')
  place(launcher, { position: 'fixed', right: '20px', bottom: '20px', width: '56px', height: '56px', border: '0', borderRadius: '50%',
    background: '#2456c8', cursor: 'pointer', boxShadow: '0 6px 20px rgb(0 0 0 / .25)', zIndex: '2147483000', padding: '0' })
  place(count, { position: 'absolute', top: '-2px', right: '-2px', minWidth: '20px', padding: '0 5px', borderRadius: '10px', background: '#c62f3b',
    color: '#fff', font: '600 12px/20px system-ui, sans-serif', display: 'none' })
  launcher.append(picture(), count)

  const show = (on: boolean): void => {
    if (on && !frame) frame = open(label)
    if (frame) place(frame, { display: on ? 'block' : 'none' })
    launcher.setAttribute('aria-expanded', String(on))
    place(launcher, { display: on ? 'none' : 'block' })
    if (on) frame?.focus()
    else launcher.focus()
  }
  launcher.addEventListener('click', () => show(true))
  window.addEventListener('message', (e) => {
    if (!frame || e.source !== frame.contentWindow || e.origin !== home.origin) return
    const data = e.data as { type?: string; count?: number }
    if (data.type === 'parley:close') show(false)
    if (data.type === 'parley:unread') {
      count.textContent = String(data.count)
      place(count, { display: data.count ? 'block' : 'none' })
    }
    if (data.type === 'parley:token?') {
      token().then((t) => frame?.contentWindow?.postMessage({ type: 'parley:token', token: t }, home.origin),
        (e: unknown) => console.error('parley: no token from the site:', e))
    }
  })
  document.body.append(launcher)
}

function open(label: string): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.src = `${home.origin}/chat?${query}`
  frame.title = label
  const narrow = window.innerWidth < 480
  place(frame, narrow
    ? { position: 'fixed', inset: '0', width: '100%', height: '100%', border: '0', zIndex: '2147483001' }
    : { position: 'fixed', right: '20px', bottom: '20px', width: '384px', height: 'min(640px, calc(100vh - 40px))', border: '0', borderRadius: '16px',
      boxShadow: '0 12px 40px rgb(0 0 0 / .3)', zIndex: '2147483001' })
  document.body.append(frame)
  return frame
}

function picture(): SVGSVGElement {
  const ns = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(ns, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('width', '26')
  svg.setAttribute('height', '26')
  svg.setAttribute('fill', '#fff')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(ns, 'path')
  path.setAttribute('d', 'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-6l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z')
  svg.append(path)
  return svg
}

if (document.body) install()
else document.addEventListener('DOMContentLoaded', install)
