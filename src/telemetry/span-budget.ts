/** The number of spans that attempts have at most. */
export interface SpanBudget {
  /** In each second. @defaultValue 200 */
  readonly perSecond: number
  /** In a run. @defaultValue 10_000 */
  readonly perRun: number
  /** Milliseconds: shorter attempts that succeeded have none. @defaultValue 0 */
  readonly over: number
}

const SECOND_MS = 1_000

/** Something that may get a span. */
interface Candidate {
  readonly ms: number
  /** The attempts that it stands for. */
  readonly count: number
}

/** Chooses attempts that get a span: failures at once, then the longest of each second. */
export class SpanChoice<C extends Candidate> {
  readonly #budget: SpanBudget
  readonly #trace: (candidate: C) => void
  #secondAt = -Infinity
  #leftInSecond = 0
  #left: number
  /** Successes of this second that may be among the longest. */
  #successes: C[] = []
  /** Shorter ones are not among the longest. */
  #shortest = 0
  #untraced = 0

  constructor(budget: SpanBudget, trace: (candidate: C) => void) {
    this.#budget = budget
    this.#trace = trace
    this.#left = budget.perRun
  }

  /** Attempts without a span so far. */
  get untraced(): number {
    return this.#untraced
  }

  /** Counts attempts of which the times are not known: they have no span. */
  addUntimed(count: number): void {
    this.#untraced += count
  }

  /** Adds a failure that was told at `now`, in milliseconds. */
  addFailure(now: number, failure: C): void {
    this.#look(now)
    if (this.#leftInSecond === 0 || this.#left === 0) this.#untraced += failure.count
    else this.#use(failure)
  }

  /** Adds a success, likewise. */
  addSuccess(now: number, success: C): void {
    this.#look(now)
    const { perSecond, over } = this.#budget
    this.#untraced += success.count
    if (success.ms < Math.max(over, this.#shortest)) return
    this.#successes.push(success)
    if (this.#successes.length > 2 * perSecond + 64) this.#dropShort(perSecond)
  }

  /** Makes the spans of this second. */
  flush(): void {
    this.#dropShort(Math.min(this.#leftInSecond, this.#left))
    for (const success of this.#successes) {
      this.#untraced -= success.count
      this.#use(success)
    }
    this.#successes = []
    this.#shortest = 0
  }

  #look(now: number): void {
    if (now < this.#secondAt + SECOND_MS) return
    this.flush()
    this.#secondAt = now
    this.#leftInSecond = this.#budget.perSecond
  }

  #use(candidate: C): void {
    this.#left--
    this.#leftInSecond--
    this.#trace(candidate)
  }

  #dropShort(keep: number): void {
    if (this.#successes.length <= keep) return
    this.#successes = this.#successes.toSorted((a, b) => b.ms - a.ms).slice(0, keep)
    this.#shortest = this.#successes.at(-1)?.ms ?? 0
  }
}
