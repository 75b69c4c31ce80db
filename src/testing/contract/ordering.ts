import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map, product } from '../../index.ts'
import { add, double, identity, later, waitOn } from '../contract-tasks.ts'
import { Scratch } from '../scratch.ts'
import type { Subject } from './subject.ts'

function* count(length: number, onRead: (read: number) => void = () => {}): Generator<number, undefined> {
  for (let i = 0; i < length; i++) {
    onRead(i + 1)
    yield i
  }
  return undefined
}

async function* countLater(length: number): AsyncGenerator<number, undefined> {
  for (let i = 0; i < length; i++) {
    if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
    yield i
  }
  return undefined
}

/** Inputs, order, and how far reading goes ahead. */
export function ordering({ backend, capabilities }: Subject): void {
  describe('inputs and order', () => {
    it('gives results in the order of the inputs', async () => {
      assert.deepEqual(await map([3, 1, 2], double, { backend }), [6, 2, 4])
      const many = Array.from(count(5_000))
      assert.deepEqual(await map(many, identity, { backend }), many)
    })

    it('gives nothing for no inputs', async () => {
      assert.deepEqual(await map([], double, { backend }), [])
      assert.deepEqual(await map(count(0), double, { backend }), [])
      for await (const _ of map(countLater(0), double, { backend })) assert.fail('there is nothing to give')
    })

    it('reads generators, async generators, sets and maps', async () => {
      const expected = Array.from(count(500), (i) => i * 2)
      assert.deepEqual(await map(count(500), double, { backend }), expected)
      assert.deepEqual(await map(countLater(500), double, { backend }), expected)
      assert.deepEqual(await map(new Set([1, 2]), double, { backend }), [2, 4])
      assert.deepEqual(await map(new Map([[1, 2]]), add, { backend, spread: true }), [3])
    })

    it('gives each result once when they come as they are ready', async () => {
      const results = await map(count(3_000), identity, { backend, ordered: false })
      assert.deepEqual(
        results.toSorted((a, b) => a - b),
        Array.from(count(3_000)),
      )
    })

    it('hands a quick result out before a slow one of an earlier input, unless order is asked for', async () => {
      if (!capabilities.parallel) return
      using scratch = new Scratch()
      const files = { started: scratch.file('started'), release: scratch.file('release') }
      const run = map(['slow', 'quick'], waitOn, {
        backend,
        args: ['slow', files],
        ordered: false,
        workers: 2,
      })
      const first = await run.next()
      assert.equal(first.value, 'quick')
      scratch.touch('release')
      assert.equal((await run.next()).value, 'released')
    })

    for (const batch of [1, 3, 64, 'auto'] as const) {
      it(`cannot be told apart by batches of ${batch}`, async () => {
        assert.deepEqual(await map(count(200), later, { backend, batch, concurrency: 4 }), Array.from(count(200)))
      })
    }

    it('appends args, and spreads inputs that are lists', async () => {
      assert.deepEqual(await map([1, 2], add, { backend, args: [10] }), [11, 12])
      assert.deepEqual(
        await map(
          [
            [1, 2],
            [3, 4],
          ] as [number, number][],
          add,
          { backend, spread: true },
        ),
        [3, 7],
      )
      assert.deepEqual(await map(product([1, 2], [10, 20]), add, { backend, spread: true }), [11, 21, 12, 22])
    })

    it('tells its progress once more when all is done, also where there was nothing to do', async () => {
      for (const inputs of [[], [1, 2, 3]]) {
        const told: (number | undefined)[][] = []
        await map(inputs, identity, { backend, progress: ({ done, total }) => told.push([done, total]) })
        assert.deepEqual(told.at(-1), [inputs.length, inputs.length])
      }
    })

    it('leaves out what is skipped, and keeps the positions of the rest', async () => {
      const run = map(count(6), identity, { backend, skip: (_, index) => index % 2 === 0 })
      const indexes: number[] = []
      for await (const record of run.settled()) indexes.push(record.index)
      assert.deepEqual(indexes, [1, 3, 5])
      assert.deepEqual(await map([1, 2], identity, { backend, skip: () => true }), [])
      const named = { backend, skip: (name: string) => name.match(/^_/) as unknown as boolean }
      assert.deepEqual(await map(['a', '_b'], identity, named), ['a'])
    })

    it('reads at most `window` inputs ahead of the consumer', async () => {
      let read = 0
      let taken = 0
      const run = map(
        count(200, (n) => (read = n)),
        identity,
        { backend, window: 7 },
      )
      for await (const _ of run) {
        taken++
        assert.ok(read <= taken + 7, `${read} read while ${taken} were taken`)
      }
      assert.equal(taken, 200)
    })

    it('reads an endless input as far as it is asked to', async () => {
      let closed = false
      function* endless(): Generator<number> {
        try {
          for (let i = 0; ; i++) yield i
        } finally {
          closed = true
        }
      }
      const taken: number[] = []
      for await (const value of map(endless(), double, { backend })) if (taken.push(value) === 10) break
      assert.deepEqual(
        taken,
        Array.from(count(10), (i) => i * 2),
      )
      assert.ok(closed, 'the input was not closed')
    })

    it('delivers what was computed before an input that throws, then the error', async () => {
      const broken = new Error('no more')
      function* breaks(): Generator<number> {
        yield* count(50)
        throw broken
      }
      const values: number[] = []
      await assert.rejects(
        async () => {
          for await (const value of map(breaks(), identity, { backend })) values.push(value)
        },
        (error) => error === broken,
      )
      assert.deepEqual(values, Array.from(count(50)))
    })

    it('hands out whole arrays', async () => {
      const all: number[] = []
      for await (const values of map(count(3_000), identity, { backend }).batches()) all.push(...values)
      assert.deepEqual(all, Array.from(count(3_000)))
    })
  })
}
