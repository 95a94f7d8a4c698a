import { render } from 'preact'
import '../ui/tokens.css'
import '../ui/parts.css'
import '../ui/thread.css'
import './desk.css'
import { App } from './app.tsx'

render(<App />, document.getElementById('app') as HTMLElement)
