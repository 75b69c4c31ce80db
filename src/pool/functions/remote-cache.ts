/** The result of a call, and whether it was cached. */
export interface KeptCall {
  readonly value: unknown
  readonly valueHash: string | undefined
  readonly state: 'hit' | 'joined' | 'computed' | 'unstorable'
}

/** A call that a worker asks for. */
export interface AskedCall {
  /** The step that is called, by its number. */
  readonly step: number
  /** The hash of each argument, in hex digits; `undefined` marks an ignored argument. */
  readonly args: readonly (string | undefined)[]
  /** Aborted when nothing waits for the call any more. */
  readonly signal: AbortSignal
}

/** Looks up and stores the results of a function's steps, for workers that cannot reach the cache. */
export interface RemoteCache {
  /** Resolves to the stored result, or to that of `compute`. Undefined for a step whose results are not cached. */
  call(asked: AskedCall, compute: () => Promise<unknown>): Promise<KeptCall> | undefined
}
