import type { ComponentChildren, JSX } from 'preact'
import { Button, InDialog } from '../ui/parts.tsx'
import { useStore } from '../ui/use.ts'
import type { Model } from './model.ts'
import { Offers } from './offers.tsx'
import { t } from './words.ts'

/**
 * What comes at any time, offers and what went wrong, around the dialogs that
 * may be open: then it is in the dialog, since nothing beside it can be reached.
 */
export function Around({ model, open, children }: { model: Model; open: boolean; children: ComponentChildren }): JSX.Element {
  const anytime = <><Offers model={model} /><Toasts model={model} /></>
  return <>
    <InDialog.Provider value={anytime}>{children}</InDialog.Provider>
    {!open && anytime}
  </>
}

function Toasts({ model }: { model: Model }): JSX.Element {
  const toasts = useStore(model.local, (l) => l.toasts)
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((x) => (
        <div key={x.key} class={`toast ${x.tone}`}><span>{x.text}</span>
          <Button label={t('close')} icon="close" bare small kind="quiet" onPress={() => model.untoast(x.key)} /></div>
      ))}
    </div>
  )
}
