import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map, withPool, WorkerCrashedError } from '../../index.ts'
import { exitOn, identity } from '../contract-tasks.ts'
import { failure, type Subject } from './subject.ts'

const HUNDRED = Array.from({ length: 100 }, (_, i) => i)

/** Workers that die. In the caller's own thread there is no worker to lose. */
export function deaths({ backend, capabilities }: Subject): void {
  describe(
    'a worker that dies',
    { skip: capabilities.parallel ? false : 'tasks run in the thread of the caller' },
    () => {
      for (const batch of ['auto', 16] as const) {
        it(`costs the task that ran and nothing else (batch ${batch})`, async () => {
          const results = await map(HUNDRED, exitOn, {
            backend,
            batch,
            args: [37],
            workers: 2,
            onError: (error) => error.code,
          })
          assert.deepEqual(
            results,
            HUNDRED.map((i) => (i === 37 ? 'MH_WORKER_CRASHED' : i)),
          )
        })
      }

      it('is described', async () => {
        const error = await failure(map([1], exitOn, { backend, args: [1] }))
        assert.ok(error instanceof WorkerCrashedError)
        assert.equal(error.exitCode, 3)
        assert.equal(error.reason, 'exit')
        assert.equal(error.attempts, 1 + (capabilities.workerDeaths ?? 1))
      })

      it('is charged as often as it may be', async () => {
        for (const workerDeaths of [0, 2]) {
          const error = await failure(map([1], exitOn, { backend, args: [1], workerDeaths }))
          assert.equal((error as WorkerCrashedError).attempts, workerDeaths + 1)
        }
      })

      it('leaves a pool usable', async () => {
        await withPool({ backend, workers: 2 }, async (pool) => {
          assert.ok((await failure(pool.run(exitOn, 1, 1))) instanceof WorkerCrashedError)
          assert.equal(await pool.run(identity, 'still here'), 'still here')
        })
      })
    },
  )
}
