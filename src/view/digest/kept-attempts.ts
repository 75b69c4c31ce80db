/** Attempts of shorter runs are all kept. */
const ALL = 20_000
/** Of longer ones these are. */
const FAILURES = 5_000
const RETRIED = 2_000
const SLOWEST = 300
/** The slowest that are listed. */
const LISTED = 12

/** A single attempt. Times are milliseconds from the start of the run. */
export interface KeptAttempt {
  readonly at: number
  readonly ms: number
  readonly task: number
  /** The number of its lane. */
  readonly lane: number
  readonly attempt: number
  /** Its place in `VIEW_STATES`. */
  readonly state: number
  readonly input: string
  readonly steps: readonly number[] | undefined
}

/** Keeps the attempts that someone may look for: all of a short run, else failures, retries and the slowest. */
export class KeptAttempts {
  #all: KeptAttempt[] | undefined = []
  readonly #failures: KeptAttempt[] = []
  readonly #retried: KeptAttempt[] = []
  #slowest: KeptAttempt[] = []
  /** Shorter attempts are not among the slowest. */
  #slow = 0

  get hasAll(): boolean {
    return this.#all !== undefined
  }

  /** Adds an attempt, which is made only if it is kept. */
  add(ms: number, isBad: boolean, attempt: number, make: () => KeptAttempt): void {
    const isFailure = isBad && this.#failures.length < FAILURES
    const isRetry = !isBad && attempt > 1 && this.#retried.length < RETRIED
    const isSlow = ms >= this.#slow
    if (this.#all === undefined && !isFailure && !isRetry && !isSlow) return
    const kept = make()
    if (isFailure) this.#failures.push(kept)
    if (isRetry) this.#retried.push(kept)
    if (isSlow && this.#slowest.push(kept) > 2 * SLOWEST) this.#dropQuick()
    if (this.#all !== undefined && this.#all.push(kept) > ALL) this.#all = undefined
  }

  /** Called when attempts ended of which nothing single is known: these are not all any more. */
  dropAll(): void {
    this.#all = undefined
  }

  /** Returns all that are kept, in the order of their starts, and the slowest of different tasks. */
  list(): { attempts: KeptAttempt[]; slowest: KeptAttempt[] } {
    this.#dropQuick()
    const attempts = this.#all ?? [...new Set([...this.#slowest, ...this.#failures, ...this.#retried])]
    const tasks = new Set<number>()
    const slowest = this.#slowest.filter(({ task }) => !tasks.has(task) && tasks.add(task)).slice(0, LISTED)
    return { attempts: attempts.toSorted((a, b) => a.at - b.at || a.task - b.task), slowest }
  }

  #dropQuick(): void {
    this.#slowest = this.#slowest.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST)
    this.#slow = this.#slowest.length < SLOWEST ? 0 : (this.#slowest.at(-1)?.ms ?? 0)
  }
}
