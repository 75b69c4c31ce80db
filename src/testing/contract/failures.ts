import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  BatchError,
  InvalidArgumentError,
  InvalidStateError,
  isManyhandsError,
  map,
  ModuleLoadError,
  TaskError,
  tasksOf,
} from '../../index.ts'
import { failFirst, failOn, identity, print, throwThis } from '../contract-tasks.ts'
import { Scratch } from '../scratch.ts'
import { failure, type Subject } from './subject.ts'

const TASKS = new URL('../contract-tasks.js', import.meta.url)

/** Failed tasks: their errors, and what happens to the others. */
export function failures({ backend }: Subject): void {
  describe('failures', () => {
    it('ends a run with what its callbacks throw, and nothing else', async () => {
      const thrown = new Error('not in the mood')
      const fail = (): never => {
        throw thrown
      }
      for (const option of [{ onEvent: fail }, { progress: fail }, { logs: fail }, { logs: { ordered: fail } }]) {
        assert.equal(await failure(map(['a', 'b'], print, { backend, ...option })), thrown)
      }
      assert.deepEqual(await map([1, 2], identity, { backend }), [1, 2])
    })

    it('names the task, keeps what was thrown, and points into the task', async () => {
      const error = await failure(map([1, 2, 3], failOn, { backend, args: [2] }))
      assert.ok(error instanceof TaskError)
      assert.ok(isManyhandsError(error))
      assert.equal(error.code, 'MH_TASK_FAILED')
      assert.equal(error.message, 'failOn[1] failed: RangeError: bad 2')
      assert.ok(error.cause instanceof RangeError)
      assert.equal((error.cause as { code?: unknown }).code, 'E_BAD')
      assert.equal(error.task.index, 1)
      assert.match(error.task.key, /^sha256:[0-9a-f]{64}$/)
      assert.equal(error.input, 2)
      assert.equal(error.attempts, 1)
      assert.match(error.remoteStack ?? '', /contract-tasks/)
    })

    for (const thrown of [null, undefined, 'text', 42, false, { a: [1] }]) {
      it(`keeps ${JSON.stringify(thrown) ?? 'undefined'} that was thrown`, async () => {
        const error = await failure(map([thrown], throwThis, { backend }))
        assert.ok(error instanceof TaskError)
        assert.ok('cause' in error)
        assert.deepEqual(error.cause, thrown)
      })
    }

    it('delivers the finished prefix, then the first failure', async () => {
      const values: number[] = []
      const error = await failure(
        (async () => {
          for await (const value of map([1, 2, 3, 4], failOn, { backend, args: [3], workers: 1 })) values.push(value)
        })(),
      )
      assert.deepEqual(values, [1, 2])
      assert.equal((error as TaskError).task.index, 2)
    })

    it('collects', async () => {
      const error = await failure(map([1, 2, 3, 2], failOn, { backend, args: [2], onError: 'collect' }))
      assert.ok(error instanceof BatchError)
      assert.ok(error instanceof AggregateError)
      assert.deepEqual(error.errors.map((one) => one.task.index).toSorted(), [1, 3])
      assert.deepEqual(
        error.results.map((one) => one.status),
        ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
      )
    })

    it('returns errors, or what a handler makes of them, in their place', async () => {
      const returned = await map([1, 2], failOn, { backend, args: [2], onError: 'return' })
      assert.ok(returned[1] instanceof TaskError)
      assert.deepEqual(
        await map([1, 2], failOn, { backend, args: [2], onError: (error) => error.task.index * 100 }),
        [1, 100],
      )
    })

    it('does not take a returned Error for a failure', async () => {
      const [value] = await map([new Error('just a value')], identity, { backend })
      assert.ok(value instanceof Error)
    })

    it('gives a record of every outcome', async () => {
      const records: [string, number][] = []
      for await (const record of map([1, 2, 3], failOn, { backend, args: [2] }).settled())
        records.push([record.status, record.index])
      assert.deepEqual(records, [
        ['fulfilled', 0],
        ['rejected', 1],
        ['fulfilled', 2],
      ])
    })

    it('runs a task again that threw, as often as it may', async () => {
      using scratch = new Scratch()
      assert.deepEqual(await map([scratch.file('tried')], failFirst, { backend, retries: 1 }), [2])
      const error = await failure(map([5], failOn, { backend, args: [5], retries: { times: 2, delay: 1 } }))
      assert.equal((error as TaskError).attempts, 3)
      const once = await failure(map([5], failOn, { backend, args: [5], retries: { times: 9, when: () => false } }))
      assert.equal((once as TaskError).attempts, 1)
    })

    it('tells once of a module or export that does not exist', async () => {
      const here = tasksOf<Record<'dubble' | 'toString' | '__proto__', (x: number) => number>>(TASKS)
      const missing = await failure(map([1, 2, 3], here.dubble, { backend }))
      assert.ok(missing instanceof ModuleLoadError)
      assert.ok(missing.exports.includes('double'))
      assert.match(missing.message, /double/)
      for (const name of ['toString', '__proto__'] as const)
        assert.ok((await failure(map([1], here[name], { backend }))) instanceof ModuleLoadError)
      const nowhere = tasksOf<Record<'x', (x: number) => number>>(new URL('./nowhere.js', TASKS))
      assert.ok((await failure(map([1], nowhere.x, { backend }))) instanceof ModuleLoadError)
    })

    it('checks options and inputs at the call', () => {
      const wrong = (options: object, option: string): void => {
        assert.throws(
          () => map([1], identity, { backend, ...options } as object),
          (error) => error instanceof InvalidArgumentError && error.option === option,
        )
      }
      wrong({ wrokers: 2 }, 'wrokers')
      wrong({ workers: 0 }, 'workers')
      wrong({ timeout: -1 }, 'timeout')
      wrong({ batch: 0 }, 'batch')
      wrong({ onError: 'ignore' }, 'onError')
      wrong({ retries: 'many' }, 'retries')
      assert.throws(() => map(5 as unknown as number[], identity, { backend }), InvalidArgumentError)
      assert.throws(() => map([1], 'identity' as unknown as () => number, { backend }), InvalidArgumentError)
    })

    it('has one reader', async () => {
      const run = map([1], identity, { backend })
      assert.deepEqual(await run, [1])
      assert.throws(() => run.batches(), InvalidStateError)
      const other = map([1, 2], identity, { backend })
      other.batches()
      await assert.rejects(async () => other, InvalidStateError)
      await other.return()
    })
  })
}
