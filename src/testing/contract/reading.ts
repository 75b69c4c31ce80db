import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { InvalidStateError, map, type Results, TaskError } from '../../index.ts'
import { failOn, identity } from '../contract-tasks.ts'
import { failure, type Subject } from './subject.ts'

/** Resolves when a run has nothing left to do. */
async function whenDone(run: Results<unknown>, count: number): Promise<void> {
  while (run.stats().done + run.stats().failed < count) await new Promise((resolve) => setTimeout(resolve, 1))
  await new Promise((resolve) => setImmediate(resolve))
}

/** Ways to read a run. */
export function reading({ backend }: Subject): void {
  describe('a run that was started before it is read', () => {
    it('keeps its results when it is over', async () => {
      const asArray = map([1, 2, 3], identity, { backend }).start()
      const asLoop = map([1, 2, 3], identity, { backend }).start()
      const asRecords = map([1, 2, 3], identity, { backend }).start()
      await Promise.all([whenDone(asArray, 3), whenDone(asLoop, 3), whenDone(asRecords, 3)])
      assert.deepEqual(await asArray, [1, 2, 3])
      const values: number[] = []
      for await (const value of asLoop) values.push(value)
      assert.deepEqual(values, [1, 2, 3])
      const indexes: number[] = []
      for await (const record of asRecords.settled()) indexes.push(record.index)
      assert.deepEqual(indexes, [0, 1, 2])
    })

    it('fails when it is read as values, and not when it is read as records', async () => {
      const start = (): Results<number, number> => map([1, 2, 3], failOn, { backend, args: [2] }).start()
      const [asArray, asRecords] = [start(), start()]
      await Promise.all([whenDone(asArray, 3), whenDone(asRecords, 3)])
      assert.ok((await failure(asArray)) instanceof TaskError)
      const statuses: string[] = []
      for await (const record of asRecords.settled()) statuses.push(record.status)
      assert.deepEqual(statuses, ['fulfilled', 'rejected', 'fulfilled'])
    })
  })

  describe('a run', () => {
    it('has one reader', async () => {
      const run = map([1, 2, 3], identity, { backend })
      const values: number[] = []
      for await (const value of run) {
        values.push(value)
        assert.throws(() => run.settled(), InvalidStateError)
        assert.ok((await failure(run)) instanceof InvalidStateError)
      }
      assert.deepEqual(values, [1, 2, 3])
      assert.ok((await failure(run)) instanceof InvalidStateError)
    })

    it('does not share its values among loops', async () => {
      const run = map([1, 2, 3], identity, { backend })
      const read = async (): Promise<number[]> => {
        const values: number[] = []
        for await (const value of run) values.push(value)
        return values
      }
      const [first, second] = await Promise.allSettled([read(), read()])
      assert.deepEqual(first, { status: 'fulfilled', value: [1, 2, 3] })
      assert.ok(second.status === 'rejected' && second.reason instanceof InvalidStateError)
      assert.ok((await failure(read())) instanceof InvalidStateError)
    })

    it('is its own iterator: steps, and then a loop', async () => {
      const run = map([1, 2, 3], identity, { backend })
      assert.equal(run[Symbol.asyncIterator](), run)
      assert.deepEqual(await run.next(), { done: false, value: 1 })
      const rest: number[] = []
      for await (const value of run) rest.push(value)
      assert.deepEqual(rest, [2, 3])
      assert.deepEqual(await run.next(), { done: true, value: undefined })
    })

    it('reads whatever can be iterated, and refuses iterators that give no steps', async () => {
      assert.deepEqual(await map('añ😀', identity, { backend }), ['a', 'ñ', '😀'])
      assert.deepEqual(await map(new Map([[1, 'a']]), identity, { backend }), [[1, 'a']])
      const broken = { [Symbol.iterator]: () => ({ next: () => 5 as never }) }
      assert.ok((await failure(map(broken, identity, { backend }))) instanceof TypeError)
    })
  })
}
