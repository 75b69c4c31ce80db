import type { Entry } from './entry.ts'

/** What a run ends with where it does not end well: whatever was thrown, `undefined` too. */
export interface Ending {
  readonly thrown: unknown
}

/** Where a job's outcomes go. Each entry has exactly one. */
export interface Sink {
  fulfil(entry: Entry, value: unknown, bytes: number): void
  /** The error is a `TaskError`, or one that fails all tasks of a function. */
  reject(entry: Entry, error: unknown): void
  /** Some outcomes have been given; more may follow later. */
  flush(): void
  /** All entries have their outcome and no more will come, or the job failed as a whole. */
  end(ending: Ending | undefined): void
}
