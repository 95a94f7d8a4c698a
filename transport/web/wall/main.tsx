import { render } from 'preact'
import '../ui/tokens.css'
import '../ui/parts.css'
import '../ui/thread.css'
import '../desk/desk.css'
import 'uplot/dist/uPlot.min.css'
import './wall.css'
import { App } from './app.tsx'

render(<App />, document.getElementById('app') as HTMLElement)
