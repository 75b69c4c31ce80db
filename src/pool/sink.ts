import type { Entry } from './entry.ts'
import type { Lot } from './lot.ts'

/** What a run ends with where it does not end well: whatever was thrown, `undefined` too. */
export interface Ending {
  readonly thrown: unknown
}

/** What of a lot says whose outcome one is. */
export type Addressed = Pick<Lot, 'index' | 'place' | 'bytes' | 'ticket'>

/** Where a job's outcomes go. Each input has exactly one. */
export interface Sink {
  /** The result of the input at some place of a lot; `bytes` is about its size. */
  fulfil(lot: Addressed, at: number, value: unknown, bytes: number): void
  /** The error is a `TaskError`, or one that fails all tasks of a function. */
  reject(entry: Entry, error: unknown): void
  /** Some outcomes have been given; more may follow later. */
  flush(): void
  /** All inputs have their outcome and no more will come, or the job failed as a whole. */
  end(ending: Ending | undefined): void
}
