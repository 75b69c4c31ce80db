import { moduleTreeHash } from './module-tree.ts'
import { moduleId } from './package-path.ts'

const SCHEME = 'worker:'

/** A module of a worker on another machine: its id, the hash of its code, and its location at the client. */
export interface RemoteReference {
  readonly id: string
  /** The hash of its code and of everything that it imports. */
  readonly hash: string
  readonly url: string
}

const known = new Map<string, string>()

/**
 * Returns the text that names a module in functions sent to another machine. Its code is hashed once, on the first
 * call.
 */
export function remoteReference(url: string): string {
  let text = known.get(url)
  if (text === undefined) {
    const reference: RemoteReference = { id: moduleId(url), hash: moduleTreeHash(url), url }
    known.set(url, (text = SCHEME + JSON.stringify(reference)))
  }
  return text
}

/** Returns undefined for any other text. */
export function parseRemoteReference(text: string): RemoteReference | undefined {
  if (!text.startsWith(SCHEME)) return undefined
  try {
    const { id, hash, url } = JSON.parse(text.slice(SCHEME.length)) as Record<string, unknown>
    if (typeof id !== 'string' || typeof hash !== 'string' || typeof url !== 'string') return undefined
    return { id, hash, url }
  } catch {
    return undefined
  }
}
