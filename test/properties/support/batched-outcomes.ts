import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import * as fc from 'fast-check'
import { batched, type BatchedOptions, map, type MapFunction, withPool } from 'manyhands'

import { actTogether } from './act.js'
import { type BackendName, check } from './check.js'
import { outcomesOf } from './drive.js'
import { type Scenario, scenarios } from './scenario.js'

let root = ''
before(() => {
  root = mkdtempSync(join(tmpdir(), 'manyhands-batched-'))
})
after(() => rmSync(root, { recursive: true, force: true }))

const RUNS: Readonly<Record<BackendName, number>> = { serial: 40, threads: 60, processes: 24 }

/** Calls of all sizes; short delays, so that inputs that come late are not waited for. */
const options: fc.Arbitrary<BatchedOptions> = fc.record({
  size: fc.constantFrom(1, 2, 3, 8, 16, 64),
  maxDelay: fc.constantFrom(0, 1, 5),
})

/** `map` with a batched function in the place of the one that it is given. */
function mapTogether(inner: MapFunction, together: BatchedOptions): MapFunction {
  const run = (inputs: never, _: unknown, given: never): unknown => inner(inputs, batched(actTogether, together), given)
  return run as unknown as MapFunction
}

/** The outcomes of batched functions are those of the same function for one input. */
export function batchedOutcomes(backend: BackendName): void {
  describe(`batched: every input has exactly one outcome, that of a call of its own: ${backend}`, () => {
    it('whatever fails, dies, or is left early', async () => {
      await check(
        fc.tuple(scenarios(backend !== 'serial'), options),
        async ([scenario, together]) => {
          await outcomesOf(mapTogether(map, together), scenario, backend, mkdtempSync(join(root, 'run-')))
        },
        RUNS[backend],
      )
    })

    it('also of runs that share a pool', async () => {
      const alone = scenarios(backend !== 'serial').map((one): Scenario => ({ ...one, concurrency: 1 }))
      await check(
        fc.array(fc.tuple(alone, options), { minLength: 2, maxLength: 4 }),
        async (several) => {
          await withPool({ backend, workers: 2 }, async (pool) => {
            const runs = several.map(([one, together]) =>
              outcomesOf(mapTogether(pool.map, together), one, undefined, mkdtempSync(join(root, 'run-'))),
            )
            await Promise.all(runs)
          })
        },
        RUNS[backend] / 4,
      )
    })
  })
}
