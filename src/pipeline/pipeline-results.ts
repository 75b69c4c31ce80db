import { Results } from '../run/outcomes/results.ts'
import type { Run } from '../run/run.ts'
import { cachedSteps, type StepRecord } from './step-record.ts'

/** The counts of one step in a run. */
export interface StepTally {
  /** Inputs that it succeeded for, those from the cache included. */
  done: number
  /** Of those, from the cache. */
  cached: number
  failed: number
  /** Milliseconds that it took in all, in all workers together. */
  time: number
}

/** Each step by its name, in order: `console.table` shows it well. */
export type StepReport<Name extends string = string> = Readonly<Record<Name, Readonly<StepTally>>>

/** Counts the calls of steps, and adds them to the `totals` of others with the same names. */
export class StepTallies {
  readonly #names: readonly string[]
  readonly #tallies: readonly StepTally[]
  readonly #totals: readonly StepTally[]

  constructor(names: readonly string[], totals?: StepTallies) {
    this.#names = names
    this.#tallies = names.map(() => ({ done: 0, cached: 0, failed: 0, time: 0 }))
    this.#totals = totals === undefined ? [] : names.map((name) => totals.#of(name))
  }

  /** An item has ended; `failed` is the step that it failed in. */
  add(record: StepRecord | undefined, failed?: string): void {
    const failedAt = failed === undefined ? -1 : this.#names.indexOf(failed)
    for (const tallies of [this.#tallies, this.#totals]) {
      if (tallies.length > 0) count(tallies, record, failedAt)
    }
  }

  report(): StepReport {
    const rows = this.#names.map((name, i) => {
      const tally = this.#tallies[i] as StepTally
      return [name, Object.freeze({ ...tally, time: Math.round(tally.time) })] as const
    })
    return Object.freeze(Object.fromEntries(rows))
  }

  #of(name: string): StepTally {
    return this.#tallies[this.#names.indexOf(name)] as StepTally
  }
}

function count(tallies: readonly StepTally[], record: StepRecord | undefined, failedAt: number): void {
  for (const [number, tally] of tallies.entries()) {
    const ms = record?.ms[number] ?? -1
    if (ms >= 0) tally.time += ms
    if (number === failedAt) tally.failed++
    else if (ms >= 0) tally.done++
  }
  if (record?.calls !== undefined) for (const number of cachedSteps(record)) (tallies[number] as StepTally).cached++
}

/** The results of a pipeline's run: outcomes, and the counts of its steps. */
export class PipelineResults<Outcome, In = unknown, Name extends string = string> extends Results<Outcome, In> {
  readonly #tallies: StepTallies

  /** @internal */
  constructor(run: Run, tallies: StepTallies) {
    super(run)
    this.#tallies = tallies
  }

  /** Per step: how often it was done, came from the cache, failed, and the time that it took; up to now. */
  report(): StepReport<Name> {
    return this.#tallies.report()
  }
}
