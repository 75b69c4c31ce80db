/** How far a run is. */
export interface ProgressState {
  readonly done: number
  readonly failed: number
  readonly running: number
  /** Undefined where the number of inputs is not known yet. */
  readonly total: number | undefined
  /** Completions per second, over the last seconds. */
  readonly rate: number
  readonly elapsedMs: number
  readonly etaMs: number | undefined
}

export interface ProgressBarOptions {
  /** @defaultValue the run's name */
  readonly label?: string
  /** What is counted: `'files'`. */
  readonly unit?: string
  /** @defaultValue process.stderr */
  readonly stream?: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
  /** Milliseconds before anything is shown. @defaultValue 500 */
  readonly delay?: number
  /** Milliseconds between two drawings. @defaultValue 100 on a terminal, 10,000 elsewhere */
  readonly interval?: number
}

export type ProgressOption = boolean | ProgressBarOptions | ((state: ProgressState) => void)
