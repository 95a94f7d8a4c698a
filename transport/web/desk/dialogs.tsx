import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { DeskView } from '../shared/index.ts'
import { Button, Dialog, Field } from '../ui/parts.tsx'
import { useStore } from '../ui/use.ts'
import { DirectDialog } from './direct.tsx'
import { EarlierDialog } from './earlier.tsx'
import { shortcuts } from './keys.ts'
import type { Model } from './model.ts'
import { Details } from './panel.tsx'
import { OfflineDialog, PresenceDialog } from './presence.tsx'
import { SettledDialog } from './settled.tsx'
import { AskDialog, TransferDialog } from './targets.tsx'
import { TemplateDialog } from './templates.tsx'
import { t } from './words.ts'

/** The one dialog that is open, if any. */
export function Dialogs({ model }: { model: Model }): JSX.Element | null {
  const open = useStore(model.local, (l) => l.dialog)
  const chat = useStore(model.desk, (s) => (open && 'chat' in open ? s.chats.get(open.chat) : undefined))
  const debt = useStore(model.desk, (s) => (open?.kind === 'settled' ? s.settled.get(open.chat) : undefined))
  if (!open) return null
  const close = (): void => model.open(undefined)
  switch (open.kind) {
    case 'keys': return <KeysDialog onClose={close} />
    case 'direct': return <DirectDialog model={model} onClose={close} />
    case 'presence': return <PresenceDialog model={model} onClose={close} />
    case 'offline': return <OfflineDialog model={model} onClose={close} />
  }
  if (open.kind === 'settled') return debt ? <SettledDialog key={debt.chat} model={model} debt={debt} onClose={close} /> : null
  if (!chat) return null
  switch (open.kind) {
    case 'transfer': return <TransferDialog model={model} chat={chat} onClose={close} />
    case 'invite': case 'consult': return <AskDialog model={model} chat={chat} kind={open.kind} onClose={close} />
    case 'template': return <TemplateDialog model={model} chat={chat} onClose={close} />
    case 'assist': return <AssistDialog model={model} chat={chat} onClose={close} />
    case 'end': return <EndDialog model={model} chat={chat} onClose={close} />
    case 'earlier': return <EarlierDialog model={model} chat={chat} onClose={close} />
    case 'details': return <Dialog title={t('details')} closeLabel={t('close')} onClose={close}><Details model={model} chat={chat} /></Dialog>
  }
}

interface ChatDialogProps { model: Model; chat: DeskView; onClose: () => void }

function EndDialog({ model, chat, onClose }: ChatDialogProps): JSX.Element {
  const end = (): void => {
    onClose()
    void model.do('end', { chat: chat.chat })
  }
  return (
    <Dialog title={t('endSure')} closeLabel={t('close')} onClose={onClose} onSubmit={end} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('end')} kind="danger" first onPress={end} />
    </>}><p><strong>{chat.customer.name}</strong></p><p>{t('endText')}</p></Dialog>
  )
}

function AssistDialog({ model, chat, onClose }: ChatDialogProps): JSX.Element {
  const [text, setText] = useState('')
  const call = async (): Promise<void> => {
    if (await model.do('assist', { chat: chat.chat, ...(text.trim() && { text: text.trim() }) })) onClose()
  }
  return (
    <Dialog title={t('assist')} closeLabel={t('close')} onClose={onClose} foot={<>
      <Button label={t('cancel')} onPress={onClose} /><Button label={t('assist')} kind="primary" onPress={() => { void call() }} />
    </>}><Field id="assist-text" label={t('assistText')} value={text} onValue={setText} rows={3} maxLength={1000} first /></Dialog>
  )
}

function KeysDialog({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t('keys')} closeLabel={t('close')} onClose={onClose} wide>
      <dl class="keys">
        {shortcuts.map((s) => <div key={s.shown}><dt><kbd>{s.shown}</kbd></dt><dd>{t(s.says)}</dd></div>)}
        <div><dt><kbd>Alt+1…9</kbd></dt><dd>{t('k_number')}</dd></div>
      </dl>
    </Dialog>
  )
}
