import type { Print } from '../logs/print.ts'

/** The progress of a run. */
export interface ProgressState {
  /** Tasks that succeeded. */
  readonly done: number
  readonly failed: number
  /** Tasks that workers have. */
  readonly running: number
  /** Undefined until the number of inputs is known. */
  readonly total: number | undefined
  /** Completions per second, over the last seconds. */
  readonly rate: number
  readonly elapsedMs: number
  /** Milliseconds to go; undefined until they are known. */
  readonly etaMs: number | undefined
}

/** What a progress display needs of a stream. Streams of Node have it. */
export interface ProgressStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** The look of the progress display. */
export interface ProgressBarOptions {
  /** @defaultValue the run's name */
  readonly label?: string
  /** The name of the things that are counted: `'files'`. */
  readonly unit?: string
  /** @defaultValue process.stderr */
  readonly stream?: ProgressStream
  /** Milliseconds before anything is shown. @defaultValue 500 on a terminal, elsewhere the interval */
  readonly delay?: number
  /** Milliseconds between two drawings. @defaultValue 100 on a terminal, 10,000 elsewhere */
  readonly interval?: number
}

/**
 * `true` for a bar, or lines without a terminal; its options; or a function, called ten times a second and at the end.
 */
export type ProgressOption = boolean | ProgressBarOptions | ((state: ProgressState) => void)

/** Something that shows how far a run is. */
export interface ProgressDisplay {
  /** Milliseconds between two updates. */
  readonly interval: number
  update(state: ProgressState): void
  /** The last state, when all is done. */
  finish(state: ProgressState): void
  /** Prints the output of tasks without spoiling the display. */
  readonly print: Print
}
