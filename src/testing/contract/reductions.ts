import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { InvalidArgumentError, reduce, SerializationError, stateful, TaskError, withPool } from '../../index.ts'
import {
  add,
  appended,
  appendedOrExit,
  emptyList,
  joinedLists,
  unchanged,
  slowlyAdded,
  Totals,
  untold,
  zero,
} from '../contract-tasks.ts'
import { failure, type Subject } from './subject.ts'

const NUMBERS = Array.from({ length: 3_000 }, (_, i) => i)
const SUM = { initial: zero, add, combine: add }
const LIST = { initial: emptyList, add: appended, combine: joinedLists }
const DYING = { initial: emptyList, add: appendedOrExit, combine: joinedLists }

/** One value of many inputs. */
export function reductions({ backend, capabilities }: Subject): void {
  describe('a reduction', () => {
    it('has each input once, in order', async () => {
      const expected = NUMBERS.map(String)
      assert.deepEqual(await reduce(expected, LIST, { backend, args: [''] }), expected)
      assert.deepEqual(await reduce(expected, LIST, { backend, args: [''], grain: 64 }), expected)
      assert.equal(await reduce(NUMBERS.values(), SUM, { backend }), 4_498_500)
      assert.equal(await reduce([], SUM, { backend }), 0)
    })

    it('runs on a pool beside other work', async () => {
      await withPool({ backend, workers: 2 }, async (pool) => {
        const [total, products] = await Promise.all([
          pool.reduce(NUMBERS, SUM),
          pool.map([1, 2, 3], add, { args: [1] }),
        ])
        assert.equal(total, 4_498_500)
        assert.deepEqual(products, [2, 3, 4])
      })
    })

    it('gives the same bits with a grain as any other backend', async () => {
      const floats = NUMBERS.map((i) => Math.sin(i) * 10 ** (i % 17))
      const expected = await reduce(floats, SUM, { backend: 'serial', grain: 32 })
      assert.equal(await reduce(floats, SUM, { backend, grain: 32 }), expected)
      assert.equal(await reduce(floats, SUM, { backend, grain: 32, batch: 32, workers: 1 }), expected)
    })

    it('leaves failed inputs out, which were counted half', async () => {
      const { value, failed } = await reduce.settled(['a', 'b', 'bad', 'c'], LIST, { backend, args: ['bad'] })
      assert.deepEqual(value, ['a', 'b', 'c'])
      assert.deepEqual(
        failed.map(({ task, input, cause }) => [task.index, input, String(cause)]),
        [[2, 'bad', 'RangeError: bad']],
      )
      const first = await failure(reduce(['a', 'bad'], LIST, { backend, args: ['bad'], grain: 1 }))
      assert.ok(first instanceof TaskError)
      assert.equal(first.task.index, 1)
    })

    it('ends an input that takes too long', async () => {
      const slow = { initial: zero, add: slowlyAdded, combine: add }
      const { value, failed } = await reduce.settled([1, 2, 4], slow, { backend, timeout: 2_000, args: [2] })
      assert.equal(value, 5)
      assert.deepEqual(
        failed.map(({ task, code }) => [task.index, code]),
        [[1, 'MH_TASK_TIMEOUT']],
      )
    })

    it('builds a stateful reducer in its workers', async () => {
      assert.equal(await reduce(NUMBERS, stateful(Totals, 2), { backend }), 8_997_000)
    })

    it('carries accumulators of some megabytes', async () => {
      const texts = Array.from({ length: 40 }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat(200_000))
      assert.deepEqual(await reduce(texts, LIST, { backend, args: [''], batch: 4 }), texts)
    })

    it('refuses a reducer without combine, and an accumulator that cannot travel', async () => {
      assert.throws(() => reduce([1], { initial: zero, add } as never, { backend }), InvalidArgumentError)
      const error = await failure(reduce([1], { initial: untold, add: unchanged, combine: unchanged }, { backend }))
      assert.ok(error instanceof SerializationError)
      assert.equal(error.path, 'accumulator.parts[0].fn')
    })

    it(
      'leaves the input out that ends its worker, and counts all others once',
      { skip: capabilities.parallel ? false : 'tasks run in the thread of the caller' },
      async () => {
        const inputs = NUMBERS.slice(0, 200).map(String)
        for (const grain of [undefined, 16]) {
          const options = { backend, args: ['77'] as [string], workerDeaths: 1, ...(grain !== undefined && { grain }) }
          const { value, failed } = await reduce.settled(inputs, DYING, options)
          assert.deepEqual(
            value,
            inputs.filter((one) => one !== '77'),
          )
          assert.deepEqual(
            failed.map(({ task, code, attempts }) => [task.index, code, attempts]),
            [[77, 'MH_WORKER_CRASHED', 2]],
          )
        }
      },
    )
  })
}
