import type { ProgressLabels } from './progress-line.ts'
import type { ProgressDisplay, ProgressBarOptions, ProgressStream } from './progress-option.ts'

const BAR_INTERVAL_MS = 100
const LINE_INTERVAL_MS = 10_000
/** A run that is shorter than this, in milliseconds, needs no bar. */
const BAR_DELAY_MS = 500

/** A display that is opened when a run has lasted longer than `delay`. */
export interface DisplayPlan {
  /** Milliseconds before anything is shown. */
  readonly delay: number
  readonly open: (labels: ProgressLabels) => Promise<ProgressDisplay>
}

/** Tells if a stream gets a bar, which is redrawn in place, rather than lines. */
export function showsBar(stream: ProgressStream): boolean {
  return stream.isTTY === true && process.env['TERM'] !== 'dumb'
}

/** Plans the display of a run: a bar on a terminal, a line now and then elsewhere, or as `style` says. */
export function planDisplay(options: ProgressBarOptions & { readonly style?: 'bar' | 'lines' }): DisplayPlan {
  const { stream = process.stderr, interval, delay, style } = options
  if (style === undefined ? showsBar(stream) : style === 'bar') {
    return {
      delay: delay ?? BAR_DELAY_MS,
      open: async (labels) =>
        (await import('./terminal-bar.ts')).terminalBar(stream, labels, interval ?? BAR_INTERVAL_MS),
    }
  }
  const pause = interval ?? LINE_INTERVAL_MS
  return {
    delay: delay ?? pause,
    open: async (labels) => (await import('./plain-lines.ts')).plainLines(stream, labels, pause),
  }
}
