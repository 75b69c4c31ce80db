import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The reason why a request is not answered. */
export interface Refusal {
  readonly status: 401 | 403 | 405
  readonly why: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Names of this machine for itself. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Returns why a request is refused, whatever it asks for: it may come from a page that some other server sent, by its own
 * name for this machine. Undefined if nothing speaks against it.
 */
export function refusalOf({ method, headers }: IncomingMessage, port: number): Refusal | undefined {
  if (!LOOPBACK.some((name) => headers.host === `${name}:${port}`))
    return { status: 403, why: 'this server answers to its own address alone' }
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, why: 'this server only shows: ask by GET', headers: { allow: 'GET, HEAD' } }
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { status: 403, why: 'asked by the page of another site' }
  return undefined
}

/** Returns why a request may not see data; undefined if it has the token. */
export function tokenRefusalOf({ headers }: IncomingMessage, token: string): Refusal | undefined {
  // Digests have one length, so that a comparison tells nothing of the token.
  if (timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`))) return undefined
  return { status: 401, why: 'the token is missing or wrong: open the address that the command printed' }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
