import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map, TaskTimeoutError, TimeoutError } from '../../index.ts'
import { awaitSignal, identity, never, neverOn, spin, spinOn, spinUnless, wait, waitFor } from '../contract-tasks.ts'
import { Scratch } from '../scratch.ts'
import { failure, type Subject } from './subject.ts'

/** Time limits. */
export function times({ backend, capabilities }: Subject): void {
  describe('timeouts', () => {
    it('give up a task that waits for ever, and cost no other', async () => {
      const results = await map([0, 1, 2], neverOn, {
        backend,
        args: [1],
        timeout: 1_000,
        onError: (error) => error.code,
      })
      assert.deepEqual(results, [0, 'MH_TASK_TIMEOUT', 2])
    })

    it('say what the limit was', async () => {
      const error = await failure(map([0], never, { backend, timeout: 30 }))
      assert.ok(error instanceof TaskTimeoutError)
      assert.equal(error.timeout, 30)
      assert.equal(error.message, 'never[0] timed out: it ran longer than 30 ms')
    })

    it('count from the start of the task, not from its wait for a worker', async () => {
      const inputs = Array.from({ length: 8 }, () => 150)
      assert.deepEqual(await map(inputs, spin, { backend, timeout: 1_100, workers: 1 }), inputs)
    })

    it('fire the signal of the task', async () => {
      using scratch = new Scratch()
      const files = { started: scratch.file('started'), aborted: scratch.file('aborted') }
      assert.ok((await failure(map([files], awaitSignal, { backend, timeout: 80 }))) instanceof TaskTimeoutError)
      await scratch.appears('aborted')
    })

    it('end a task that blocks its worker', async () => {
      if (!capabilities.stopsBlocked) return
      const startedAt = performance.now()
      const results = await map([0, 1, 2, 3], spinOn, {
        backend,
        args: [1],
        timeout: 1_000,
        workers: 2,
        onError: (error) => error.code,
      })
      assert.deepEqual(results, [0, 'MH_TASK_TIMEOUT', 2, 3])
      assert.ok(performance.now() - startedAt < 20_000)
    })

    it('can be a share of the median', async () => {
      const results = await map([5, 5, 5, 5, 6], spinUnless, {
        backend,
        args: [6],
        timeout: '40000%',
        workers: 1,
        onError: (error) => error.code,
      })
      assert.deepEqual(results, [5, 5, 5, 5, 'MH_TASK_TIMEOUT'])
    })

    it('can be a share of the median of tasks that wait', async () => {
      const results = await map([20, 20, 20, 20, 20, 20, Infinity], wait, {
        backend,
        timeout: '10000%',
        workers: 1,
        onError: (error) => (error instanceof TaskTimeoutError ? error.timeout >= 900 : error),
      })
      assert.deepEqual(results, [20, 20, 20, 20, 20, 20, true])
    })

    it('let a run that stalls be read on', async () => {
      using scratch = new Scratch()
      const files = { started: scratch.file('started'), release: scratch.file('release') }
      const run = map([files], waitFor, { backend, stallTimeout: 60 })
      assert.ok((await failure(run.next())) instanceof TimeoutError)
      scratch.touch('release')
      const values: string[] = []
      for (;;) {
        const step = await run
          .next()
          .catch((error: unknown) => (error instanceof TimeoutError ? undefined : Promise.reject(error)))
        if (step?.done === true) break
        if (step !== undefined) values.push(step.value)
      }
      assert.deepEqual(values, ['released'])
    })

    it('do not keep short tasks from running', async () => {
      const inputs = Array.from({ length: 2_000 }, (_, i) => i)
      assert.deepEqual(await map(inputs, identity, { backend, timeout: 5_000 }), inputs)
    })
  })
}
