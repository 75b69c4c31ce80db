import type { Print } from '../logs/print.ts'
import type { ProgressState } from './progress-option.ts'

/** Something that shows how far a run is. */
export interface ProgressDisplay {
  /** Milliseconds between two updates. */
  readonly interval: number
  update(state: ProgressState): void
  /** The last state, when all is done. */
  finish(state: ProgressState): void
  /** Prints what tasks print without spoiling what is shown. */
  readonly print: Print
}
