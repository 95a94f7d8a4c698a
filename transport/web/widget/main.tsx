import { render } from 'preact'
import '../ui/tokens.css'
import '../ui/parts.css'
import '../ui/thread.css'
import './widget.css'
import { App } from './app.tsx'
import { Model } from './model.ts'
import { tellParent } from './parent.ts'

render(<App model={new Model()} />, document.getElementById('app') as HTMLElement)
tellParent({ type: 'parley:ready' })
