import { Refusal } from './client.ts'
import type { Attachment, AttachmentLimit } from './wire.ts'

/** Sends a file up for a chat; what comes back is sent with its id. */
export async function upload(token: string, chat: string, file: File, base = ''): Promise<Attachment> {
  const query = new URLSearchParams({ chat, name: file.name })
  const answer = await fetch(`${base}/v1/attachments?${query}`, {
    method: 'POST', body: file, headers: { Authorization: `Bearer ${token}` },
  })
  if (!answer.ok) throw await refused(answer)
  return (await answer.json()) as Attachment
}

/** Fetches a file's bytes. Tokens do not go into addresses, so it becomes a blob. */
export async function download(token: string, attachment: Attachment, base = ''): Promise<Blob> {
  const answer = await fetch(new URL(attachment.url, base || location.href), { headers: { Authorization: `Bearer ${token}` } })
  if (!answer.ok) throw await refused(answer)
  return await answer.blob()
}

async function refused(answer: Response): Promise<Refusal> {
  try {
    return new Refusal((await answer.json()) as { code: string; message: string })
  } catch {
    return new Refusal({ code: 'internal', message: `HTTP ${answer.status}` })
  }
}

/** Why a channel does not take a file, before it is uploaded; the server looks at the bytes again. */
export function fileFlaw(file: { type: string; size: number }, limit: AttachmentLimit | undefined): 'too_big' | 'type' | undefined {
  if (!limit) return undefined
  if (file.type !== '' && !limit.media_types.includes(file.type)) return 'type'
  return file.size > limit.max_bytes ? 'too_big' : undefined
}
