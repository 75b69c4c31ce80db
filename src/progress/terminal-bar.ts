import { MultiBar, type SingleBar } from 'cli-progress'

import { printDirectly } from '../logs/print.ts'
import type { ProgressDisplay } from './progress-display.ts'
import { bar, facts, type ProgressLabels } from './progress-line.ts'
import type { ProgressState } from './progress-option.ts'

const INTERVAL_MS = 100
const MAX_BAR = 40

/** A bar on a terminal, redrawn in place; what tasks print goes above it. */
export function terminalBar(
  stream: NodeJS.WritableStream & { columns?: number },
  labels: ProgressLabels,
  interval: number = INTERVAL_MS,
): ProgressDisplay {
  const bars = new MultiBar({
    stream,
    clearOnComplete: true,
    hideCursor: true,
    noTTYOutput: false,
    emptyOnZero: true,
    autopadding: false,
    // Drawn when told to, never by a timer of its own.
    fps: 1_000 / interval,
    gracefulExit: false,
    forceRedraw: true,
    format: (_options, _params, payload) => line(payload as { state: ProgressState }, labels, stream.columns ?? 80),
  })
  let single: SingleBar | undefined
  const show = (state: ProgressState): void => {
    single ??= bars.create(state.total ?? 1, 0, { state })
    single.setTotal(state.total ?? 1)
    single.update(state.done + state.failed, { state })
    bars.update()
  }
  return {
    interval,
    update: show,
    finish: (state) => {
      show(state)
      bars.stop()
    },
    print: (target, text) => {
      if (single !== undefined && text.endsWith('\n')) bars.log(text)
      else printDirectly(target, text)
    },
  }
}

function line({ state }: { state: ProgressState }, { label, workers, unit }: ProgressLabels, columns: number): string {
  const right = facts(state, unit)
  const left = `  ${label}  ${workers}  `
  const room = columns - left.length - right.length - 3
  if (state.total === undefined || room < 8) return `${left}${right}`.slice(0, columns - 1)
  const share = (state.done + state.failed) / Math.max(1, state.total)
  return `${left}${bar(share, Math.min(room, MAX_BAR))}  ${right}`
}
