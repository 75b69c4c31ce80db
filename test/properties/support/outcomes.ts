import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import * as fc from 'fast-check'
import { map, withPool } from 'manyhands'

import { type BackendName, check } from './check.js'
import { checkReadings, outcomesOf } from './drive.js'
import { type Scenario, scenarios } from './scenario.js'

let root = ''
before(() => {
  root = mkdtempSync(join(tmpdir(), 'manyhands-outcomes-'))
})
after(() => rmSync(root, { recursive: true, force: true }))

/** A folder for one run. */
function folder(): string {
  return mkdtempSync(join(root, 'run-'))
}

/** Without anything that ends a run early, or a worker. */
function gentle(scenario: Scenario): Scenario {
  const plans = scenario.plans.map((one) => ({ ...one, exits: 0 }))
  return { ...scenario, plans, leaving: { how: 'read to its end' } }
}

const RUNS: Readonly<Record<BackendName, number>> = { serial: 40, threads: 40, processes: 24 }

/** The properties of one backend. */
export function outcomes(backend: BackendName): void {
  describe(`every input has exactly one outcome: ${backend}`, () => {
    it('whatever fails, dies, or is left early', async () => {
      await check(
        scenarios(backend !== 'serial'),
        async (scenario) => {
          await outcomesOf(map, scenario, backend, folder())
        },
        RUNS[backend],
      )
    })

    it('whichever way it is read', async () => {
      await check(
        scenarios(backend !== 'serial').map((one): Scenario => ({ ...one, leaving: { how: 'read to its end' } })),
        async (scenario) => {
          const own = folder()
          const named = (name: string): string => {
            mkdirSync(join(own, name), { recursive: true })
            return join(own, name)
          }
          await checkReadings(map, scenario, backend, named)
        },
        RUNS[backend] / 4,
      )
    })

    if (backend !== 'serial') {
      it('the outcomes of a run are those of the serial model', async () => {
        await check(
          scenarios(false).map(gentle),
          async (scenario) => {
            const parallel = await outcomesOf(map, scenario, backend, folder())
            assert.deepStrictEqual(parallel, await outcomesOf(map, scenario, 'serial', folder()))
          },
          RUNS[backend] / 2,
        )
      })
    }

    it('the outcomes of runs that share a pool are those of the serial model', async () => {
      // One task at a time: where several run, each of them is charged with a death of their worker.
      const alone = scenarios(backend !== 'serial').map((one): Scenario => ({ ...one, concurrency: 1 }))
      await check(
        fc.array(alone, { minLength: 2, maxLength: 4 }),
        async (several) => {
          await withPool({ backend, workers: 2 }, async (pool) => {
            await Promise.all(several.map((one) => outcomesOf(pool.map, one, undefined, folder())))
          })
        },
        RUNS[backend] / 4,
      )
    })
  })
}
