import type { Print } from '../logs/print.ts'

/** How far a run is. */
export interface ProgressState {
  /** Tasks that succeeded. */
  readonly done: number
  readonly failed: number
  /** Tasks that workers have. */
  readonly running: number
  /** Undefined where the number of inputs is not known yet. */
  readonly total: number | undefined
  /** Completions per second, over the last seconds. */
  readonly rate: number
  readonly elapsedMs: number
  /** Milliseconds to go; undefined where that is not known. */
  readonly etaMs: number | undefined
}

/** How the progress is shown. */
export interface ProgressBarOptions {
  /** @defaultValue the run's name */
  readonly label?: string
  /** What is counted: `'files'`. */
  readonly unit?: string
  /** @defaultValue process.stderr */
  readonly stream?: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
  /** Milliseconds before anything is shown. @defaultValue 500 on a terminal, elsewhere the interval */
  readonly delay?: number
  /** Milliseconds between two drawings. @defaultValue 100 on a terminal, 10,000 elsewhere */
  readonly interval?: number
}

/** `true`: a bar, or lines; how it is to look; or a function that is told ten times a second, and at the end. */
export type ProgressOption = boolean | ProgressBarOptions | ((state: ProgressState) => void)

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
