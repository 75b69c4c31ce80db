import { join } from 'node:path'

import * as fc from 'fast-check'

import type { Act } from './act.js'
import type { BackendName } from './check.js'

/** How a run is left. */
export type Leaving =
  | { readonly how: 'read to its end' }
  | { readonly how: 'break' | 'cancel' | 'signal'; readonly after: number }
  | { readonly how: 'inputs throw'; readonly after: number }

/** One run, with all that may go wrong in it. */
export interface Scenario {
  readonly plans: readonly Omit<Act, 'id' | 'file'>[]
  readonly source: 'array' | 'generator' | 'async generator'
  readonly workers: number
  readonly concurrency: number
  readonly batch: number | 'auto'
  readonly window: number | undefined
  readonly ordered: boolean
  readonly retries: number
  readonly workerDeaths: number
  /** Inputs whose number this divides are skipped; 0: none. */
  readonly skip: number
  /** Every so many results the reader rests for a turn of the event loop; 0: never. */
  readonly rest: number
  readonly leaving: Leaving
}

const plan = (crashes: boolean): fc.Arbitrary<Scenario['plans'][number]> =>
  fc.record({
    // Most tasks just succeed.
    throws: fc.oneof(
      { weight: 12, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 2 }) },
      { weight: 1, arbitrary: fc.constant(-1) },
    ),
    exits: fc.oneof(
      { weight: crashes ? 25 : 1, arbitrary: fc.constant(0) },
      ...(crashes
        ? [
            { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
            { weight: 1, arbitrary: fc.constant(-1) },
          ]
        : []),
    ),
    ms: fc.integer({ min: 0, max: 3 }),
    how: fc.oneof(
      { weight: 4, arbitrary: fc.constant('at once' as const) },
      { weight: 2, arbitrary: fc.constant('waits' as const) },
      { weight: 1, arbitrary: fc.constant('works' as const) },
    ),
  })

const leaving: fc.Arbitrary<Leaving> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ how: 'read to its end' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      how: fc.constantFrom('break' as const, 'cancel' as const, 'signal' as const, 'inputs throw' as const),
      after: fc.integer({ min: 1, max: 30 }),
    }),
  },
)

/** Runs of all kinds; `crashes`: tasks may end their workers. */
export function scenarios(crashes: boolean): fc.Arbitrary<Scenario> {
  return fc
    .record({
      plans: fc.array(plan(crashes), { maxLength: 80, size: 'max' }),
      source: fc.constantFrom('array' as const, 'generator' as const, 'async generator' as const),
      workers: fc.integer({ min: 1, max: 3 }),
      concurrency: fc.constantFrom(1, 1, 2, 5),
      batch: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 20 })),
      window: fc.oneof(fc.constant(undefined), fc.constant(Infinity), fc.integer({ min: 1, max: 30 })),
      ordered: fc.boolean(),
      retries: fc.integer({ min: 0, max: 2 }),
      workerDeaths: fc.integer({ min: 0, max: 2 }),
      skip: fc.constantFrom(0, 0, 2, 7),
      rest: fc.integer({ min: 0, max: 3 }),
      leaving,
    })
    .map(decided)
}

/**
 * Takes out what makes outcomes a matter of luck. A task that throws or dies a few times must be allowed to: else an
 * attempt that did not count, because its worker died under another task, would change its outcome. Where several tasks
 * run in a worker at once each is charged with a death, so there none may die only now and then.
 */
function decided(scenario: Scenario): Scenario {
  const { retries, workerDeaths, concurrency } = scenario
  const plans = scenario.plans.map((one) => {
    const throws = one.throws > retries ? -1 : one.throws
    const exits = one.exits > (concurrency === 1 ? workerDeaths : 0) ? -1 : one.exits
    return { ...one, throws, exits }
  })
  return { ...scenario, plans }
}

/** The tasks of a scenario. */
export function actsOf({ plans }: Scenario, folder: string): Act[] {
  return plans.map((one, id) => ({ ...one, id, file: join(folder, String(id)) }))
}

/** The inputs as the run reads them. */
export function inputsOf(scenario: Scenario, acts: readonly Act[]): Iterable<Act> | AsyncIterable<Act> {
  const { source, leaving: left } = scenario
  const breaksAt = left.how === 'inputs throw' ? left.after : Infinity
  function* inSteps(): Generator<Act> {
    for (const [i, one] of acts.entries()) {
      if (i === breaksAt) throw new RangeError('no more inputs')
      yield one
    }
  }
  async function* later(): AsyncGenerator<Act> {
    for (const one of inSteps()) {
      if (one.id % 4 === 0) await new Promise((resolve) => setImmediate(resolve))
      yield one
    }
  }
  if (source === 'async generator') return later()
  return source === 'array' && breaksAt === Infinity ? acts : inSteps()
}

/** The options of the run; on a pool, which has a backend and workers, without these. */
export function optionsOf(scenario: Scenario, backend: BackendName | undefined) {
  const { workers, concurrency, batch, window, ordered, retries, workerDeaths, skip } = scenario
  return {
    ...(backend !== undefined && { backend, workers }),
    concurrency,
    batch,
    ordered,
    retries,
    workerDeaths,
    ...(window !== undefined && { window }),
    ...(skip > 0 && { skip: (input: Act) => input.id % skip === 0 }),
  } as const
}
