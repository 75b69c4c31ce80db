import { showsBar } from '../progress/open-display.ts'
import { showProgress, type ShownProgress } from '../progress/show-progress.ts'
import type { Inputs } from './inputs/open-inputs.ts'
import type { Screen } from './report/screen.ts'

/** What the progress of a run is called and read from. */
export interface ShownRun {
  readonly name: string
  /** `8 processes` */
  readonly workers: string
  readonly inputs: Inputs
  /** Milliseconds between two lines, where there is no bar. */
  readonly lineInterval: number | undefined
  readonly stats: Parameters<typeof showProgress>[1]['stats']
}

/** Shows a run's progress on stderr until it is stopped; meanwhile what the screen prints goes past it. */
export function showRunProgress(screen: Screen, run: ShownRun): () => void {
  const { name, workers, inputs, lineInterval, stats } = run
  const option = lineInterval === undefined || showsBar(process.stderr) ? true : { interval: lineInterval }
  const shown: ShownProgress = showProgress(option, { stats, total: inputs.total }, name, workers)
  const stop = (): void => {
    process.off('exit', stop)
    shown.stop()
    screen.printWith()
  }
  // A terminal shall have its cursor back, however the process ends.
  process.on('exit', stop)
  screen.printWith(shown.print)
  return stop
}
