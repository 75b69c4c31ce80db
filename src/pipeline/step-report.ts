import type { StepFacts } from './facts.ts'

/** What one step did in a run. */
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

/** Counts what steps did. */
export class StepTallies {
  readonly #tallies: Map<string, StepTally>

  constructor(names: readonly string[]) {
    this.#tallies = new Map(names.map((name) => [name, { done: 0, cached: 0, failed: 0, time: 0 }]))
  }

  /** An item has ended; `failed` is the step that it failed in. */
  add({ timings, cached }: StepFacts, failed?: string): void {
    for (const [name, ms] of Object.entries(timings)) {
      const tally = this.#of(name)
      tally.time += ms
      if (name !== failed) tally.done++
    }
    for (const name of cached) this.#of(name).cached++
    if (failed !== undefined) this.#of(failed).failed++
  }

  report(): StepReport {
    return Object.freeze(
      Object.fromEntries(
        [...this.#tallies].map(([name, tally]) => [name, Object.freeze({ ...tally, time: Math.round(tally.time) })]),
      ),
    )
  }

  #of(name: string): StepTally {
    let tally = this.#tallies.get(name)
    if (tally === undefined) this.#tallies.set(name, (tally = { done: 0, cached: 0, failed: 0, time: 0 }))
    return tally
  }
}
