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
  const shown: ShownProgress = showProgress(optionOf(run, screen), { stats, total }, name, workers)
  const stop = (): void => {
    process.off('exit', stop)
    shown.stop()
    screen.printWith()
  }
  // Gives the terminal its cursor back, however the process ends.
  process.on('exit', stop)
  screen.printWith(shown.print)
  return stop
}

function optionOf({ style, lineInterval }: ShownRun, screen: Screen): Parameters<typeof showProgress>[0] {
  if (style === 'json') return jsonLines(lineInterval ?? JSON_INTERVAL_MS, screen)
  const hasBar = style === 'auto' ? showsBar(process.stderr) : style === 'bar'
  return {
    ...(style !== 'auto' && { style }),
    ...(lineInterval !== undefined && !hasBar && { interval: lineInterval }),
  }
}

/** Says the state as a line of JSON every `interval` milliseconds, and at the end. */
function jsonLines(interval: number, screen: Screen): (state: ProgressState) => void {
  let shownAt = -Infinity
  return (state) => {
    const isEnd = state.done + state.failed === state.total
    if (!isEnd && state.elapsedMs - shownAt < interval) return
    shownAt = state.elapsedMs
    screen.say(JSON.stringify({ type: 'progress', ...state }))
  }
}
