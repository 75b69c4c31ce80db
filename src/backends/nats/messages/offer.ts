/** The offer of an agent: the workers on one machine. Agents publish it whenever it changes. */
export interface Offer {
  readonly agent: string
  readonly host: string
  readonly pid: number
  /** Workers that it runs at once; 0 if it takes no more sessions. */
  readonly slots: number
  /** Workers that are busy. */
  readonly busy: number
  /** Workers that it has lent out, busy or not. */
  readonly sessions: number
  readonly clients: number
  /** Batches that wait for a free worker, and that were done since it started. */
  readonly waiting: number
  readonly done: number
  /** Milliseconds since it started. */
  readonly uptime: number
  /** The modules whose exports it runs. */
  readonly modules: readonly string[]
  readonly allowsCode: boolean
  /** True if it takes no more work, and ends after its running tasks. */
  readonly draining: boolean
}

/** A client's request for a worker of its own. */
export interface OpenRequest {
  readonly open: string
  readonly client: string
  readonly wire: number
  readonly id: number
  readonly slot: number
  readonly concurrency: number
}

/** A question between sides that have sessions: which sessions exist, and how far is each? */
export interface SyncRequest {
  readonly sync: readonly (readonly [session: string, taken: number])[]
}

/** An answer to either question. A session that is not in it has ended. */
export interface SyncReply {
  readonly sync: readonly (readonly [session: string, taken: number])[]
}

export interface OpenReply {
  readonly ok: boolean
  /** Why not. */
  readonly why?: string
}

const text = new TextDecoder()

/** The longest JSON message, in bytes: they list some thousand sessions at most. */
const MAX_JSON_BYTES = 2 ** 20

/** Parses a JSON object; undefined if it is not one, or too long. */
export function parseJson(data: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (data.length > MAX_JSON_BYTES) return undefined
  try {
    const value: unknown = JSON.parse(text.decode(data))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Parses an offer; undefined if it is not one. */
export function parseOffer(data: Uint8Array): Offer | undefined {
  const offer = parseJson(data) as Partial<Offer> | undefined
  const isOne =
    typeof offer?.agent === 'string' &&
    NAME.test(offer.agent) &&
    Number.isInteger(offer.slots) &&
    typeof offer.host === 'string'
  return isOne ? (offer as Offer) : undefined
}

/** The progress of sessions in a message; those that make no sense are left out. */
export function parseSync(value: Readonly<Record<string, unknown>> | undefined): Map<string, number> | undefined {
  const list = value?.['sync']
  if (!Array.isArray(list)) return undefined
  return new Map(list.filter(isProgress))
}

function isProgress(one: unknown): one is [string, number] {
  return Array.isArray(one) && typeof one[0] === 'string' && Number.isInteger(one[1])
}

/** Names of agents, clients and sessions: parts of subjects. */
export const NAME: RegExp = /^[\w-]{1,64}$/
