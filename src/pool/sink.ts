import type { Entry } from './entry.ts'

/** Where a job's outcomes go. Each entry has exactly one. */
export interface Sink {
  fulfil(entry: Entry, value: unknown, bytes: number): void
  /** The error is a `TaskError`, or one that fails all tasks of a function. */
  reject(entry: Entry, error: unknown): void
  /** Some outcomes have been given; more may follow later. */
  flush(): void
  /** All entries have their outcome and no more will come, or the job failed as a whole. */
  end(error?: unknown): void
}
