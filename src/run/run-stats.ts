/** The progress of a run, in counts. */
export interface RunStats {
  /** Tasks that succeeded. */
  readonly done: number
  /** Of these, how many came from the cache. */
  readonly cached: number
  readonly failed: number
  /** Attempts after the first of a task; those repeated because their worker died are not counted. */
  readonly retried: number
  /** Tasks that workers have. */
  readonly running: number
  /** Outcomes that wait for the consumer. */
  readonly waiting: number
  /** Inputs read so far. */
  readonly read: number
  readonly elapsedMs: number
  /** The reason, if the run ended before its inputs did. */
  readonly endedBy: 'halt' | 'deadline' | 'quit' | undefined
}
