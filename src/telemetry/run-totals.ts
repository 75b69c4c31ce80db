import { describeDeath } from '../errors/task-errors.ts'
import {
  ATTEMPT_STATES,
  type AttemptBatch,
  type RunEnded,
  type RunRef,
  type RunSample,
  type RunStarted,
  type WorkerExited,
} from '../observe/observer.ts'
import type { InnerObserver } from '../observe/observers.ts'
import type { SuccessRun } from '../observe/success-run.ts'

/** The ends of the classes of durations, in seconds: from a millisecond to ten minutes. */
export const DURATION_BOUNDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600,
]

/** Durations of a batch that are told one by one, at most. */
const MOST_SAMPLES = 64

const OK = ATTEMPT_STATES.indexOf('ok')
const REQUEUED = ATTEMPT_STATES.indexOf('requeued')

/** The amounts of all runs of one name on one backend. Counts only grow; the others are those of the latest sample. */
export interface Totals {
  readonly name: string
  readonly backend: string
  /** Tasks that ended, by the numbers of `ATTEMPT_STATES`. */
  readonly tasks: number[]
  /** Attempts after one that failed. */
  retries: number
  /** Attempts by class of duration; the last class has no end. */
  readonly durations: number[]
  /** Seconds that all attempts took together, and those that it is known of. */
  seconds: number
  timed: number
  /** Runs that go on. */
  runs: number
  running: number
  waiting: number
  workers: RunSample['workers']
}

/** Adds up what observers are told, for programs that collect figures. Nothing of inputs is in it. */
export class RunTotals implements InnerObserver {
  readonly #byRun = new Map<string, Totals>()
  readonly #all = new Map<string, Totals>()
  readonly #deaths = new Map<string, number>()
  /** Called with the seconds of an attempt: of at most 64 of those that ended together, and once for quick successes. */
  readonly #onDuration: (seconds: number, of: Totals) => void

  constructor(onDuration: (seconds: number, of: Totals) => void = () => {}) {
    this.#onDuration = onDuration
  }

  /** The totals of each name and backend. */
  get all(): Iterable<Totals> {
    return this.#all.values()
  }

  /** Workers that died, by cause. */
  get deaths(): ReadonlyMap<string, number> {
    return this.#deaths
  }

  runStarted({ run, backend }: RunStarted): void {
    this.#byRun.set(run.id, this.#totals(run.name, backend))
    this.#of(run).runs++
  }

  attempts(batch: AttemptBatch): void {
    const totals = this.#of(batch.run)
    const step = Math.ceil(batch.length / MOST_SAMPLES)
    for (let i = 0; i < batch.length; i++) {
      const state = batch.state?.[i] ?? OK
      if (state === REQUEUED) continue
      if (batch.final?.[i] === 0) totals.retries++
      else totals.tasks[state]!++
      const ms = batch.ms[i] as number
      if (batch.worker !== undefined && !Number.isNaN(ms)) this.#addDuration(totals, ms / 1_000, 1, i % step === 0)
    }
  }

  successes({ count, ms }: SuccessRun, run: RunRef): void {
    const totals = this.#of(run)
    totals.tasks[OK]! += count
    if (!Number.isNaN(ms)) this.#addDuration(totals, ms / 1_000 / count, count, true)
  }

  workerExited({ death }: WorkerExited): void {
    if (death === undefined) return
    const reason = describeDeath(death)
    this.#deaths.set(reason, (this.#deaths.get(reason) ?? 0) + 1)
  }

  sample({ run, running, waiting, workers }: RunSample): void {
    Object.assign(this.#of(run), { running, waiting, workers })
  }

  runEnded({ run }: RunEnded): void {
    const totals = this.#of(run)
    totals.runs--
    if (totals.runs === 0) Object.assign(totals, { running: 0, waiting: 0, workers: [] })
    this.#byRun.delete(run.id)
  }

  #of(run: RunRef): Totals {
    return this.#byRun.get(run.id) ?? this.#totals(run.name, '')
  }

  #totals(name: string, backend: string): Totals {
    const key = JSON.stringify([name, backend])
    const known = this.#all.get(key)
    if (known !== undefined) return known
    const totals: Totals = {
      name,
      backend,
      tasks: ATTEMPT_STATES.map(() => 0),
      retries: 0,
      durations: new Array<number>(DURATION_BOUNDS.length + 1).fill(0),
      seconds: 0,
      timed: 0,
      runs: 0,
      running: 0,
      waiting: 0,
      workers: [],
    }
    this.#all.set(key, totals)
    return totals
  }

  #addDuration(totals: Totals, seconds: number, count: number, isSample: boolean): void {
    let place = 0
    while (place < DURATION_BOUNDS.length && seconds > (DURATION_BOUNDS[place] as number)) place++
    totals.durations[place]! += count
    totals.seconds += seconds * count
    totals.timed += count
    if (isSample) this.#onDuration(seconds, totals)
  }
}
