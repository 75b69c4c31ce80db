import { type Print, printDirectly } from '../logs/print.ts'
import type { ProgressDisplay } from './progress-display.ts'
import type { ProgressLabels } from './progress-line.ts'
import type { ProgressBarOptions, ProgressOption, ProgressState } from './progress-option.ts'
import { Rate } from './rate.ts'

/** What the progress of a run is read from. */
export interface ProgressSource {
  readonly stats: () => { readonly done: number; readonly failed: number; readonly running: number; readonly elapsedMs: number }
  /** The number of inputs, where it is known. */
  readonly total: () => number | undefined
}

/** Nothing is shown for runs shorter than this, in milliseconds. */
const DELAY_MS = 500
const CALLBACK_INTERVAL_MS = 100

/** A running display: `stop` shows the end. */
export interface ShownProgress {
  readonly stop: () => void
  readonly print: Print
}

/** Shows a run's progress until it is stopped. */
export async function showProgress(option: ProgressOption, source: ProgressSource, name: string, workers: string): Promise<ShownProgress> {
  const display = await displayOf(option, { label: labelOf(option) ?? name, workers, unit: typeof option === 'object' ? option.unit : undefined })
  const rate = new Rate()
  const state = (): ProgressState => stateOf(source, rate)
  const delay = typeof option === 'function' ? 0 : ((typeof option === 'object' ? option.delay : undefined) ?? DELAY_MS)
  let shown = false
  const show = (): void => {
    shown = true
    display.update(state())
  }
  let timer = setTimeout(function tick() {
    show()
    timer = setTimeout(tick, display.interval).unref()
  }, delay).unref()
  return {
    print: (stream, text) => (shown ? display.print : printDirectly)(stream, text),
    stop: () => {
      clearTimeout(timer)
      // A run that was over before anything was shown needs no bar.
      if (shown || typeof option === 'function') display.finish(state())
      shown = false
    },
  }
}

function labelOf(option: ProgressOption): string | undefined {
  return typeof option === 'object' ? option.label : undefined
}

async function displayOf(option: ProgressOption, labels: ProgressLabels): Promise<ProgressDisplay> {
  if (typeof option === 'function') {
    return { interval: CALLBACK_INTERVAL_MS, update: option, finish: option, print: printDirectly }
  }
  const { stream = process.stderr, interval }: ProgressBarOptions = typeof option === 'object' ? option : {}
  if ((stream as { isTTY?: boolean }).isTTY === true && process.env['TERM'] !== 'dumb') {
    const { terminalBar } = await import('./terminal-bar.ts')
    return terminalBar(stream, labels, interval)
  }
  const { plainLines } = await import('./plain-lines.ts')
  return plainLines(stream, labels, interval)
}

function stateOf(source: ProgressSource, rates: Rate): ProgressState {
  const { done, failed, running, elapsedMs } = source.stats()
  const completed = done + failed
  const rate = rates.at(elapsedMs, completed)
  const total = source.total()
  const etaMs = total === undefined || completed === 0 ? undefined : ((total - completed) / (rate > 0 ? rate / 1_000 : completed / elapsedMs))
  return { done, failed, running, total, rate, elapsedMs, etaMs }
}
