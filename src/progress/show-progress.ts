import { type Print, printDirectly } from '../logs/print.ts'
import { timerDelay } from '../util/time.ts'
import { planDisplay } from './open-display.ts'
import type { ProgressDisplay, ProgressBarOptions, ProgressOption, ProgressState } from './progress-option.ts'

/** The run that progress is read from. */
export interface ProgressSource {
  readonly stats: () => {
    readonly done: number
    /** Of those, from a cache. */
    readonly cached: number
    readonly failed: number
    readonly running: number
    readonly elapsedMs: number
  }
  /** The number of inputs, if it is known. */
  readonly total: () => number | undefined
}

const CALLBACK_INTERVAL_MS = 100

/** The options of a display, with its kind as the command sets it. */
type StyledProgress = ProgressBarOptions & { readonly style?: 'bar' | 'lines' }

/** A running display: `stop` shows the end. */
export interface ShownProgress {
  readonly stop: () => void
  readonly print: Print
}

/** Shows a run's progress until it is stopped. */
export function showProgress(
  option: Exclude<ProgressOption, false> | StyledProgress,
  source: ProgressSource,
  name: string,
  workers: string,
): ShownProgress {
  const rates = { all: new Rate(), computed: new Rate() }
  const state = (): ProgressState => progressOf(source, rates)
  return typeof option === 'function'
    ? reportTo(option, state)
    : displayed(option === true ? {} : option, state, name, workers)
}

function reportTo(report: (state: ProgressState) => void, state: () => ProgressState): ShownProgress {
  const timer = setInterval(() => report(state()), CALLBACK_INTERVAL_MS).unref()
  const stop = (): void => {
    clearInterval(timer)
    report(state())
  }
  return { print: printDirectly, stop }
}

function displayed(option: StyledProgress, state: () => ProgressState, name: string, workers: string): ShownProgress {
  const { label = name, unit } = option
  const plan = planDisplay(option)
  let display: ProgressDisplay | undefined
  let stopped = false
  let timer = setTimeout(async () => {
    const opened = await plan.open({ label, workers, unit })
    if (stopped) return
    display = opened
    tick(display)
  }, timerDelay(plan.delay)).unref()
  const tick = (on: ProgressDisplay): void => {
    if (stopped) return
    on.update(state())
    timer = setTimeout(() => tick(on), timerDelay(on.interval)).unref()
  }
  return {
    print: (stream, text) => (display?.print ?? printDirectly)(stream, text),
    stop: () => {
      stopped = true
      clearTimeout(timer)
      // A run that was over before anything was shown needs no bar.
      display?.finish(state())
      display = undefined
    },
  }
}

/** The span of the rate, in milliseconds. */
const SPAN_MS = 5_000

/** Completions per second over the last seconds. */
export class Rate {
  readonly #samples: { at: number; done: number }[] = [{ at: 0, done: 0 }]

  /** Returns the rate at `now`, in milliseconds since the start, with `done` completions so far. */
  at(now: number, done: number): number {
    this.#samples.push({ at: now, done })
    while (this.#samples.length > 2 && now - (this.#samples[1] as { at: number }).at > SPAN_MS) this.#samples.shift()
    const first = this.#samples[0] as { at: number; done: number }
    const ms = now - first.at
    return ms === 0 ? 0 : ((done - first.done) / ms) * 1_000
  }
}

function progressOf(source: ProgressSource, { all, computed }: Rates): ProgressState {
  const { done, cached, failed, running, elapsedMs } = source.stats()
  const completed = done + failed
  const rate = all.at(elapsedMs, completed)
  const ownRate = computed.at(elapsedMs, completed - cached)
  const total = source.total()
  return { done, failed, running, total, rate, elapsedMs, etaMs: eta() }

  /** Assumes that each result still to come takes as long as those that were computed: results from a cache say nothing about it. */
  function eta(): number | undefined {
    if (total === undefined || completed === 0) return undefined
    // A `total` that was too small says nothing about the end.
    if (total <= completed) return 0
    const own = completed - cached
    if (own === 0) return undefined
    return (total - completed) / (ownRate > 0 ? ownRate / 1_000 : own / elapsedMs)
  }
}

/** The pace of all completions, and of those that were computed. */
interface Rates {
  readonly all: Rate
  readonly computed: Rate
}
