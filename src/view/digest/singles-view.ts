import type { SinglesView } from '../view.ts'
import type { KeptAttempt } from './kept-attempts.ts'

interface About {
  readonly all: boolean
  readonly steps: number
  /** Returns where a lane is shown. */
  readonly place: (lane: number) => number
  readonly hasFailed: (task: number) => boolean
}

/** Returns kept attempts as columns. */
export function singlesView(attempts: readonly KeptAttempt[], { all, steps, place, hasFailed }: About): SinglesView {
  const column = (of: (attempt: KeptAttempt) => number): number[] => attempts.map(of)
  return {
    all,
    start: column(({ at }) => rounded(at)),
    ms: column(({ ms }) => rounded(ms)),
    task: column(({ task }) => task),
    lane: column(({ lane }) => Math.max(0, place(lane))),
    attempt: column(({ attempt }) => attempt),
    state: column(({ state }) => state),
    failed: column(({ task }) => Number(hasFailed(task))),
    input: attempts.map(({ input }) => input),
    steps: Array.from({ length: steps }, (_, i) => column((one) => rounded(one.steps?.[i] ?? 0))),
  }
}

/** Rounds to a microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
