/** How a call came by its result, and the result. */
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
  /** Fires when nothing waits for the call any more. */
  readonly signal: AbortSignal
}

/** Looks up and keeps what the steps of a function give, for workers that cannot reach the cache. */
export interface RemoteCache {
  /** The result that is kept, or what `compute` gives. Undefined for a step whose results are not kept. */
  call(asked: AskedCall, compute: () => Promise<unknown>): Promise<KeptCall> | undefined
}
