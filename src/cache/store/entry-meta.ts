/** The call that a result is of: kept with it, to tell later what has changed. */
export interface EntryMeta {
  /** The function's name, for people. */
  readonly name: string
  /** Tells a function from others: its module and name. The same when its code changes. */
  readonly fn: string
  /** The hash of its code, with the values that it captured. */
  readonly code: string
  /** Of each argument the beginning of its hash. */
  readonly args: readonly string[]
  /** The name of the codec; absent for the store's own. */
  readonly codec?: string | undefined
}

export function writeMeta(meta: EntryMeta): Buffer {
  return Buffer.from(JSON.stringify(meta))
}

/** Reads the facts of a result; undefined if the bytes are not such facts. */
export function readMeta(bytes: Buffer): EntryMeta | undefined {
  try {
    const meta = JSON.parse(bytes.toString()) as Partial<EntryMeta> | null
    const isMeta =
      typeof meta?.name === 'string' &&
      typeof meta.fn === 'string' &&
      typeof meta.code === 'string' &&
      Array.isArray(meta.args)
    return isMeta ? (meta as EntryMeta) : undefined
  } catch {
    return undefined
  }
}
