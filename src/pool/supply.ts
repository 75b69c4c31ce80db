import type { Entry } from './entry.ts'
import type { Ending } from './sink.ts'

/** Where a job's entries come from. */
export interface Supply {
  /** Adds up to `max` entries that are ready now to `into`, fewer where they are large; never waits. */
  take(max: number, into: Entry[]): void
  /** Entries still to come, where that is known. */
  remaining(): number | undefined
  /** The priority of the next entry, where entries have their own. */
  priority?(): number
  /** What reading the inputs threw: the job ends with it, after the outcomes of all that was read before. */
  readonly error?: Ending | undefined
  /** No more will come. */
  readonly exhausted: boolean
  /** Stops reading and lets go of what was read. */
  stop(): void
}
