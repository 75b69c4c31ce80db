import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  ClosedError,
  execute,
  InvalidArgumentError,
  map,
  Pool,
  SerializationError,
  task,
  TaskAbortedError,
  TaskError,
  UnsupportedError,
  withPool,
} from '../../index.ts'
import {
  add,
  awaitSignal,
  double,
  environment,
  failOn,
  identity,
  later,
  mapInside,
  never,
  waitFor,
} from '../contract-tasks.ts'
import { Scratch } from '../scratch.ts'
import { failure, type Subject } from './subject.ts'

/** Pools, single calls, tasks. */
export function pools({ backend, capabilities }: Subject): void {
  describe('a pool', () => {
    it('runs single calls, alone and in bursts', async () => {
      await withPool({ backend, workers: 2 }, async (pool) => {
        assert.equal(await pool.run(double, 4), 8)
        assert.equal(await pool.run(add, 1, 2), 3)
        const calls = Array.from({ length: 500 }, (_, i) => pool.run(double, i))
        assert.deepEqual(
          await Promise.all(calls),
          Array.from({ length: 500 }, (_, i) => i * 2),
        )
        assert.ok((await failure(pool.run(failOn, 1, 1))) instanceof TaskError)
        assert.ok((await failure(pool.run(identity, () => 1))) instanceof SerializationError)
      })
    })

    it('starts tasks of higher priority first, and gives each the rules of its own', async () => {
      const ordinary = task(later<number>)
      const urgent = task(double, { priority: 5 })
      // A worker on another machine may have some hundreds of the first before the last is ready.
      const tasks = [...Array.from({ length: 1_000 }, (_, i) => ordinary(i)), urgent(-1)]
      const order = await execute(tasks, { backend, workers: 1, batch: 1, ordered: false })
      assert.ok(order.indexOf(-2) < 900, `at ${order.indexOf(-2)}`)
      const failing = task(failOn, { retries: { times: 2 }, timeout: '1000000%' })
      const [error] = await execute([failing(1, 1)], { backend, onError: 'return' })
      assert.ok(error instanceof TaskError && error.attempts === 3)
    })

    it('stops a single call by its signal: before, while it waits, and while it runs', async () => {
      await withPool({ backend, workers: 1 }, async (pool) => {
        const reason = new Error('enough')
        const calling = task(awaitSignal)
        const aborted = { signal: AbortSignal.abort(reason) }
        using scratch = new Scratch()
        const files = { started: scratch.file('started'), aborted: scratch.file('aborted') }
        assert.equal(await failure(pool.run(calling(files), aborted)), reason)
        const [runs, waits] = [new AbortController(), new AbortController()]
        const running = failure(pool.run(calling(files), { signal: runs.signal }))
        const waiting = failure(pool.run(calling(files), { signal: waits.signal }))
        await scratch.appears('started')
        waits.abort(reason)
        assert.equal(await waiting, reason)
        runs.abort(reason)
        assert.equal(await running, reason)
        await scratch.appears('aborted')
        assert.equal(await pool.run(double, 4), 8)
      })
    })

    it('refuses a task type where a function is asked for', () => {
      assert.throws(() => map([1], task(double) as never, { backend }), InvalidArgumentError)
    })

    it('runs tasks of any mix of types', async () => {
      const doubling = task(double)
      const adding = task(add, { name: 'plus' })
      assert.equal(String(adding(1, 2)), 'plus(1, 2)')
      assert.deepEqual(await execute([doubling(1), adding(1, 2), doubling(3)], { backend }), [2, 3, 6])
      await withPool({ backend }, async (pool) => {
        assert.deepEqual(await pool.execute([adding(5, 5), doubling(5)]), [10, 10])
        assert.equal(await pool.run(doubling(8)), 16)
      })
    })

    it('shares its workers among runs, and never mixes results', async () => {
      await withPool({ backend, workers: 2 }, async (pool) => {
        const runs = [0, 1, 2, 3].map((k) =>
          pool.map(
            Array.from({ length: 300 }, (_, i) => i + k * 1_000),
            later,
            { concurrency: 8 },
          ),
        )
        const results = await Promise.all(runs)
        for (const [k, values] of results.entries())
          assert.deepEqual(
            values,
            Array.from({ length: 300 }, (_, i) => i + k * 1_000),
          )
      })
    })

    it('lets a short run through while a long one is under way', async () => {
      await withPool({ backend, workers: 1, concurrency: 2 }, async (pool) => {
        function* endless(): Generator<number> {
          for (let i = 0; ; i++) yield i
        }
        const long = pool.map(endless(), later)
        await long.next()
        assert.deepEqual(await pool.map([1, 2], double), [2, 4])
        await long.return()
      })
    })

    it('starts what is more urgent first', async () => {
      using scratch = new Scratch()
      const files = { started: scratch.file('started'), release: scratch.file('release') }
      await withPool({ backend, workers: 1 }, async (pool) => {
        const order: string[] = []
        const blocker = pool.run(waitFor, files)
        await scratch.appears('started')
        const call = (name: string, priority: number): Promise<unknown> =>
          pool.run(task(identity<string>)(name), { priority }).then((done) => order.push(done))
        // More tasks than fit inside a worker, in which the order is fixed.
        const calls = ['a', 'b', 'c', 'd'].map((name) => call(name, 0))
        const urgent = call('urgent', 5)
        scratch.touch('release')
        await Promise.all([blocker, urgent, ...calls])
        assert.ok(order.indexOf('urgent') <= 2, order.join())
      })
    })

    it('finishes what is queued when it is closed, and takes no more', async () => {
      const pool = new Pool({ backend, workers: 1 })
      const calls = [1, 2, 3].map((value) => pool.run(later, value))
      const closing = pool.close()
      assert.ok((await failure(pool.run(double, 1))) instanceof ClosedError)
      assert.throws(() => pool.map([1], double), ClosedError)
      assert.deepEqual(await Promise.all(calls), [1, 2, 3])
      await closing
      await pool.close()
    })

    it('drops everything when it is terminated', async () => {
      const pool = new Pool({ backend, workers: 1 })
      const call = failure(pool.run(never))
      const run = failure(pool.map([1], never))
      await pool.terminate()
      assert.ok((await call) instanceof TaskAbortedError)
      assert.ok((await run) instanceof ClosedError)
      await pool.terminate()
    })

    it('shows what it is at', async () => {
      await withPool({ backend, workers: 1 }, async (pool) => {
        await pool.map([1, 2, 3], double)
        const stats = pool.stats()
        assert.ok(Object.isFrozen(stats))
        assert.equal(stats.done, 3)
        assert.equal(stats.workers.length, 1)
        assert.equal(stats.workers[0]?.state, 'idle')
      })
    })

    it('has its own environment', async () => {
      if (capabilities.remote === true) {
        const pool = new Pool({ backend, env: { CONTRACT_OWN: 'yes' } })
        assert.ok((await failure(pool.run(environment, 'CONTRACT_OWN'))) instanceof UnsupportedError)
        return
      }
      await withPool(
        { backend, workers: 1, env: capabilities.parallel ? { CONTRACT_OWN: 'yes' } : {} },
        async (pool) => {
          process.env['CONTRACT_LIVE'] = 'first'
          assert.equal((await pool.map(['CONTRACT_LIVE'], environment))[0], 'first')
          process.env['CONTRACT_LIVE'] = 'second'
          assert.equal((await pool.map(['CONTRACT_LIVE'], environment))[0], 'second')
          if (capabilities.parallel) assert.equal(await pool.run(environment, 'CONTRACT_OWN'), 'yes')
          delete process.env['CONTRACT_LIVE']
        },
      )
    })

    it('can be resized', async () => {
      await withPool({ backend, workers: 1 }, async (pool) => {
        await pool.run(double, 1)
        pool.resize(2)
        assert.deepEqual(await pool.map([1, 2, 3], double), [2, 4, 6])
        pool.resize(1)
        assert.deepEqual(await pool.map([1, 2, 3], double), [2, 4, 6])
      })
    })

    it('runs what a task maps itself in the worker of the task', async () => {
      await withPool({ backend, workers: 1 }, async (pool) => {
        assert.deepEqual(await pool.map([[1, 2], [3]], mapInside), [[2, 4], [6]])
      })
    })
  })
}
