import { type Change, changed, type Json } from '../../view/live/changes.ts'
import type { PackedAttempts } from '../../view/live/messages.ts'
import type { LiveState } from '../../view/live/messages.ts'
import { readEvents } from './event-stream.ts'

/** Milliseconds before a lost connection is tried again. */
const AGAIN_MS = 1_500

/** The state of the connection between the page and the server. */
export type Link =
  | { readonly is: 'connecting' | 'live' }
  /** It is tried again by itself. */
  | { readonly is: 'lost'; readonly why: string }
  /** It is not. */
  | { readonly is: 'refused' | 'ended'; readonly why: string }

/** Called with what a connection learns. */
export interface Listener {
  link(link: Link): void
  state(state: LiveState): void
  attempts(attempts: PackedAttempts): void
}

/** Follows one subject, over connections that are made again when they are lost, until the returned function is called. */
export function follow(subject: string, token: string, listener: Listener): () => void {
  const abort = new AbortController()
  let state: Json
  const take = (name: string, data: string): void => {
    const message = JSON.parse(data) as Json
    if (name === 'state') state = message
    else if (name === 'changes') state = changed(state, message as Change)
    else if (name === 'attempts') return listener.attempts(message as unknown as PackedAttempts)
    else if (name === 'bye') throw new Ended((message as { readonly why: string }).why)
    listener.state(state as unknown as LiveState)
  }
  const once = async (): Promise<void> => {
    const response = await fetch(`/events/${subject}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: abort.signal,
    })
    if (!response.ok || response.body === null) throw new Refused((await response.text()).trim())
    listener.link({ is: 'live' })
    for await (const { name, data } of readEvents(response.body)) take(name, data)
  }
  const forEver = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      try {
        await once()
        listener.link({ is: 'lost', why: 'The connection was lost. Trying again …' })
      } catch (error) {
        if (abort.signal.aborted) return
        if (error instanceof Ended) return listener.link({ is: 'ended', why: error.message })
        if (error instanceof Refused) return listener.link({ is: 'refused', why: error.message })
        listener.link({ is: 'lost', why: 'The dashboard does not answer. Trying again …' })
      }
      await new Promise((done) => setTimeout(done, AGAIN_MS))
    }
  }
  listener.link({ is: 'connecting' })
  void forEver()
  return () => abort.abort()
}

class Ended extends Error {}
class Refused extends Error {}
