import type { Successes, WorkerEvent } from './entries.ts'

/** Workers that are kept apart, at most: a log may name any number of them. */
const MOST = 10_000

/** The work of one worker. */
export interface WorkerSum {
  readonly worker: number
  /** Undefined if the log does not tell it. */
  readonly slot: number | undefined
  readonly pid: number | null
  readonly host: string
  attempts: number
  /** Milliseconds that its attempts took together. */
  ms: number
}

/** The attempts and the work of each worker. */
export class WorkerSums {
  readonly #sums = new Map<number, WorkerSum>()

  /** Takes the start of a worker. `slot`: its slot, if that is known. */
  started({ worker, pid = null, host }: WorkerEvent, slot: number | undefined): void {
    if (this.#sums.size < MOST && !this.#sums.has(worker))
      this.#sums.set(worker, { worker, slot, pid, host, attempts: 0, ms: 0 })
  }

  /** Adds attempts of a worker. */
  add(worker: number, count: number, ms: number | null, { pid = null, host }: Pick<Successes, 'pid' | 'host'>): void {
    let sum = this.#sums.get(worker)
    if (sum === undefined) {
      if (this.#sums.size >= MOST) return
      sum = { worker, slot: undefined, pid, host, attempts: 0, ms: 0 }
      this.#sums.set(worker, sum)
    }
    sum.attempts += count
    sum.ms += ms ?? 0
  }

  /** Returns those that had something to do, in the order in which they appeared. */
  all(): WorkerSum[] {
    return [...this.#sums.values()].filter(({ attempts }) => attempts > 0)
  }

  slotOf(worker: number): number | undefined {
    return this.#sums.get(worker)?.slot
  }
}
