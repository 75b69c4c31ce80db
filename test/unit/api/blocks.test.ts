import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ClosedError, Pool, TimeoutError, withPool } from 'manyhands'

const never = (): Promise<never> => new Promise(() => {})
const sometimes = async (x: number): Promise<number> => (x === 3 ? never() : x)

function* endless(): Generator<number> {
  for (let i = 10; ; i++) yield i
}

const LEFT = new Error('left')

describe('a block of a pool ends', () => {
  for (const backend of ['serial', 'threads', 'processes'] as const) {
    const options = { backend, workers: 2 }

    it(`with the error of a stalled run: ${backend}`, async () => {
      const stalls = withPool(options, (pool) => pool.map([1, 2, 3, 4], sometimes, { stallTimeout: 300 }))
      await assert.rejects(stalls, TimeoutError)
    })

    it(`with the error of a loop over a stalled run: ${backend}`, async () => {
      const stalls = withPool(options, async (pool) => {
        for await (const _ of pool.map([3, 1], sometimes, { stallTimeout: 300 })) assert.fail()
      })
      await assert.rejects(stalls, TimeoutError)
    })

    it(`with the error of a pop: ${backend}`, async () => {
      const pops = withPool(options, async (pool) => {
        const queue = pool.queue()
        void pool.run(never).catch(() => {})
        await queue.pop({ timeout: 100 })
      })
      await assert.rejects(pops, TimeoutError)
    })

    it(`beside a run that was not read to its end: ${backend}`, async () => {
      const value = await withPool(options, async (pool) => {
        const results = pool.map(endless(), sometimes, { window: 8 })
        return (await results.next()).value
      })
      assert.equal(value, 10)
    })

    it(`with its own error, beside live runs and queues that nobody awaits: ${backend}`, async () => {
      const throws = withPool(options, async (pool) => {
        const results = pool.map(endless(), sometimes, { window: 8 })
        void pool.map([3], sometimes).toArray()
        await results.next()
        throw LEFT
      })
      await assert.rejects(throws, (error) => error === LEFT)
    })

    it(`by await using, beside live runs: ${backend}`, async () => {
      let later: Promise<unknown> | undefined
      let call: Promise<number> | undefined
      {
        await using pool = new Pool(options)
        const results = pool.map(endless(), sometimes, { window: 8 })
        await results.next()
        later = pool.map([3], sometimes).toArray()
        // A single call is awaited by its caller: it finishes.
        call = pool.run(sometimes, 4)
      }
      await assert.rejects(later, ClosedError)
      assert.equal(await call, 4)
    })
  }
})
