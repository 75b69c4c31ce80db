/** How far a run is. */
export interface RunStats {
  /** Tasks that succeeded. */
  readonly done: number
  /** Of these, how many came from the cache. */
  readonly cached: number
  readonly failed: number
  /** Attempts after a first one. */
  readonly retried: number
  /** Tasks that workers have. */
  readonly running: number
  /** Outcomes that wait for the consumer. */
  readonly waiting: number
  /** Inputs read so far. */
  readonly read: number
  readonly elapsedMs: number
  /** What ended the run before its inputs did. */
  readonly endedBy: 'halt' | 'deadline' | 'quit' | undefined
}
