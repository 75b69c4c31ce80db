import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Pool, task, TimeoutError, withPool } from 'manyhands'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { until } from '../../support/until.js'
import { WITH_WORKERS } from '../support/each-backend.js'
import {
  block,
  countHere,
  describeArrays,
  double,
  environment,
  heapLimitMb,
  identity,
  initHere,
  initsHere,
} from '../support/tasks.js'

const LIMIT = { timeout: 180_000 }

function gateOf(scratch: Scratch): { started: string; release: string } {
  return { started: scratch.file('started'), release: scratch.file('release') }
}

for (const backend of WITH_WORKERS) {
  describe(`options of a pool: ${backend}`, LIMIT, () => {
    it('maxTasks: no worker runs more', async () => {
      for (const maxTasks of [1, 3]) {
        await withPool({ backend, workers: 2, maxTasks }, async (pool) => {
          const counts = await pool.map(Array.from({ length: 10 }), countHere)
          assert.ok(Math.max(...counts) <= maxTasks, counts.join())
          const calls = await Promise.all(Array.from({ length: 5 }, () => pool.run(countHere)))
          assert.ok(Math.max(...calls) <= maxTasks, calls.join())
          // They were asked to go: that is no crash.
          assert.equal(pool.stats().restarts, 0)
        })
      }
    })

    it('resourceLimits: reach the worker', async () => {
      const [few, many] = await Promise.all(
        [64, 512].map((maxOldGenerationSizeMb) =>
          withPool({ backend, workers: 1, resourceLimits: { maxOldGenerationSizeMb } }, (pool) =>
            pool.run(heapLimitMb),
          ),
        ),
      )
      // What V8 takes beside the old generation differs by version.
      assert.equal(Math.round((many ?? 0) - (few ?? 0)), 448)
    })

    it('init: runs once in each worker, before its first task, in those that replace others, too', async () => {
      await withPool({ backend, workers: 2, init: initHere, maxTasks: 4 }, async (pool) => {
        const seen = await pool.map(Array.from({ length: 12 }), initsHere)
        assert.deepEqual(
          seen,
          Array.from({ length: 12 }, () => 1),
        )
      })
    })

    it('env: is for the workers only, and comes before the variables of the caller', async () => {
      process.env['UNIT_BOTH'] = 'caller'
      await withPool({ backend, workers: 1, env: { UNIT_BOTH: 'pool', UNIT_OWN: 'yes' } }, async (pool) => {
        assert.deepEqual(await pool.map(['UNIT_BOTH', 'UNIT_OWN', 'UNIT_NONE'], environment), [
          'pool',
          'yes',
          undefined,
        ])
        assert.equal(process.env['UNIT_OWN'], undefined)
        assert.equal(process.env['UNIT_BOTH'], 'caller')
      })
      delete process.env['UNIT_BOTH']
    })

    it('maxQueue: pushing and run wait while as many wait for a worker', async () => {
      using scratch = new Scratch()
      const gate = gateOf(scratch)
      await withPool({ backend, workers: 1, maxQueue: 2 }, async (pool) => {
        const blocked = pool.run(block, gate)
        await scratch.appears('started')
        const queue = pool.queue<number>()
        const doubling = task(double)
        let pushed = 0
        // The worker itself takes some ahead; those are not in the queue any more.
        const refused = await (async () => {
          for (; pushed < 100; pushed++) await queue.push(doubling(pushed), { timeout: 0 })
        })().catch((error: unknown) => error)
        assert.ok(refused instanceof TimeoutError, String(refused))
        assert.ok(pushed >= 2 && pushed <= 4, `${pushed} were taken`)
        assert.ok(pool.stats().queued <= 2)
        // Queues and calls of a pool share its places.
        const second = pool.queue<number>()
        assert.ok((await failure(second.push(doubling(1), { timeout: 0 }))) instanceof TimeoutError)
        second.close()
        const waiting = queue.push(doubling(pushed))
        const calls = [10, 20, 30, 40].map((x) => pool.run(double, x))
        assert.ok(pool.stats().queued <= 4)
        scratch.touch('release')
        assert.equal(await blocked, 'released')
        assert.equal(await waiting, pushed)
        assert.deepEqual(await Promise.all(calls), [20, 40, 60, 80])
        const values = (await queue.popMany({ max: pushed + 1, timeout: 50_000 })).map(
          (one) => one.status === 'fulfilled' && one.value,
        )
        assert.deepEqual(
          values,
          Array.from({ length: pushed + 1 }, (_, i) => i * 2),
        )
        queue.close()
      })
    })

    it('priority: the most urgent of a queue come first', async () => {
      using scratch = new Scratch()
      await withPool({ backend, workers: 1 }, async (pool) => {
        const queue = pool.queue()
        await queue.push(task(block)(gateOf(scratch)))
        await scratch.appears('started')
        const [plain, urgent, patient] = [
          task(identity<string>),
          task(identity<string>, { priority: 5 }),
          task(identity<string>, { priority: -5 }),
        ]
        // What the worker takes ahead is no longer in the queue.
        await queue.push(plain('ahead'))
        for (const one of [patient('z'), plain('m1'), urgent('a1'), plain('m2'), urgent('a2')]) await queue.push(one)
        queue.end()
        scratch.touch('release')
        const order: unknown[] = []
        for await (const record of queue) order.push(record.status === 'fulfilled' && record.value)
        assert.deepEqual(order, ['released', 'ahead', 'a1', 'a2', 'm1', 'm2', 'z'])
      })
    })

    it('stats: what each worker is at, what waits, what was done', async () => {
      using scratch = new Scratch()
      const pool = new Pool({ backend, workers: 1 })
      assert.deepEqual(pool.stats().workers, [])
      await pool.map([1, 2, 3], double)
      await assert.rejects(pool.run(JSON.parse, '{'))
      const run = pool.map([gateOf(scratch), gateOf(scratch)], block).start()
      await scratch.appears('started')
      const busy = pool.stats()
      assert.equal(busy.workers[0]?.state, 'busy')
      assert.equal(busy.workers[0]?.task, 'block[0]')
      assert.equal(typeof busy.workers[0]?.pid, 'number')
      assert.deepEqual([busy.done, busy.failed, busy.retried, busy.restarts, busy.queues], [3, 1, 0, 0, 0])
      assert.equal(busy.queued + busy.running, 2)
      const queue = pool.queue()
      assert.equal(pool.stats().queues, 1)
      queue.close()
      scratch.touch('release')
      await run
      const { done, running, queued, queues, runMs } = pool.stats()
      assert.deepEqual({ done, running, queued, queues }, { done: 5, running: 0, queued: 0, queues: 0 })
      assert.ok(runMs.p50 <= runMs.p95 && runMs.p95 <= runMs.p99 && runMs.p99 > 0)
      await pool.close()
      assert.deepEqual(pool.stats().workers, [])
    })

    it('share: large arrays of args and captures are in shared memory, where there is any', async () => {
      const [small, large] = [new Uint8Array(999).fill(1), new Uint8Array(1_000).fill(2)]
      await withPool({ backend, workers: 2 }, async (pool) => {
        const isShared = backend === 'threads'
        for (const share of [1_000, '1000']) {
          const seen = await pool.map([0, 1], describeArrays, { args: [small, large], share })
          for (const one of seen)
            assert.deepEqual(one, [
              [false, 999],
              [isShared, 2_000],
            ])
        }
        const captured = await pool.map(
          [0],
          () => [small, large].map((array) => array.buffer instanceof SharedArrayBuffer),
          { share: 1_000 },
        )
        assert.deepEqual(captured, [[false, isShared]])
        assert.deepEqual(await pool.map([0], describeArrays, { args: [large] }), [[[false, 2_000]]])
        // Inputs are copied as ever, and the caller's own array is as it was.
        assert.deepEqual(await pool.map([large], (array) => array.buffer instanceof SharedArrayBuffer, { share: 1 }), [
          false,
        ])
        assert.ok(large.buffer instanceof ArrayBuffer)
      })
    })

    it('idleTimeout: workers go, and come again', async () => {
      const pool = new Pool({ backend, workers: 2, idleTimeout: 1 })
      for (let round = 0; round < 2; round++) {
        assert.deepEqual(await pool.map([1, 2], double), [2, 4])
        await until(() => pool.stats().workers.length === 0)
      }
      await pool.close()
    })
  })
}
