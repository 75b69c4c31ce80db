import { moduleTreeHash } from './module-tree.ts'
import { moduleId } from './package-path.ts'

const SCHEME = 'worker:'

/** A module of a worker on another machine: what it is called, what its code is, and where it lies at the client. */
export interface RemoteReference {
  readonly id: string
  /** Of its code and of all that it imports. */
  readonly hash: string
  readonly url: string
}

const known = new Map<string, string>()

/** What stands for a module in functions that go to another machine. The code counts as it was when first asked for. */
export function remoteReference(url: string): string {
  let text = known.get(url)
  if (text === undefined) {
    const reference: RemoteReference = { id: moduleId(url), hash: moduleTreeHash(url), url }
    known.set(url, (text = SCHEME + JSON.stringify(reference)))
  }
  return text
}

/** Undefined for what is no such text. */
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
