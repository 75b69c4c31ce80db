import type { Lot } from './lot.ts'
import type { Ending } from './sink.ts'

/** Where a job's inputs come from. */
export interface Supply {
  /** At most `max` inputs that are ready now, fewer where they are large; undefined where there are none. Never waits. */
  take(max: number): Lot | undefined
  /** Inputs still to come, where that is known. */
  remaining(): number | undefined
  /** There is nothing to take now. */
  readonly empty: boolean
  /** The priority of the next input, where they have their own. */
  priority?(): number | undefined
  /** What reading the inputs threw: the job ends with it, after the outcomes of all that was read before. */
  readonly error?: Ending | undefined
  /** No more will come. */
  readonly exhausted: boolean
  /** Stops reading and lets go of what was read. */
  stop(): void
}
