import { showsBar } from '../../progress/open-display.ts'
import type { ProgressState } from '../../progress/progress-option.ts'
import { showProgress, type ShownProgress } from '../../progress/show-progress.ts'
import type { Screen } from '../report/screen.ts'

/** Milliseconds between two lines of JSON. */
const JSON_INTERVAL_MS = 1_000

/** The name of a run, and the source of its progress. */
export interface ShownRun {
  readonly name: string
  /** `8 processes` */
  readonly workers: string
  /** The number at the end; undefined as long as it is not known. */
  readonly total: () => number | undefined
  /** Milliseconds between two lines, if there is no bar. */
  readonly lineInterval: number | undefined
  readonly stats: Parameters<typeof showProgress>[1]['stats']
  readonly style: 'auto' | 'bar' | 'lines' | 'json'
}

/** Shows a run's progress on stderr until the returned function is called. Meanwhile the screen prints past it. */
export function showRunProgress(screen: Screen, run: ShownRun): () => void {
  const { name, workers, total, stats } = run
  const json = run.style === 'json' ? new JsonLines(run.lineInterval ?? JSON_INTERVAL_MS, screen) : undefined
  const option = json === undefined ? displayOf(run) : (state: ProgressState): void => json.update(state)
  const shown: ShownProgress = showProgress(option, { stats, total }, name, workers)
  const stop = (): void => {
    process.off('exit', stop)
    shown.stop()
    json?.finish()
    screen.printWith()
  }
  // Gives the terminal its cursor back, however the process ends.
  process.on('exit', stop)
  screen.printWith(shown.print)
  return stop
}

function displayOf({ style, lineInterval }: ShownRun): Parameters<typeof showProgress>[0] {
  const hasBar = style === 'auto' ? showsBar(process.stderr) : style === 'bar'
  return {
    ...(style !== 'auto' && style !== 'json' && { style }),
    ...(lineInterval !== undefined && !hasBar && { interval: lineInterval }),
  }
}

/** Says the state as a line of JSON: every so often, and once at the end. */
class JsonLines {
  readonly #interval: number
  readonly #screen: Screen
  #saidAt = -Infinity
  #unsaid: ProgressState | undefined

  constructor(interval: number, screen: Screen) {
    this.#interval = interval
    this.#screen = screen
  }

  update(state: ProgressState): void {
    this.#unsaid = state
    if (state.elapsedMs - this.#saidAt >= this.#interval) this.#say(state)
  }

  /** Says the last state, unless it was said. */
  finish(): void {
    if (this.#unsaid !== undefined) this.#say(this.#unsaid)
  }

  #say(state: ProgressState): void {
    this.#saidAt = state.elapsedMs
    this.#unsaid = undefined
    this.#screen.say(JSON.stringify({ type: 'progress', ...state }))
  }
}
