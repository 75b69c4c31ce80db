import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map, withPool } from 'manyhands'

import { Scratch } from '#manyhands/testing/scratch.js'

import { WITH_WORKERS } from '../support/each-backend.js'
import { blockOrPass, type Gate } from '../support/tasks.js'

const LIMIT = { timeout: 180_000 }

/** Numbers, and from a place on so many tasks that block. */
function mixed(scratch: Scratch, length: number, from: number, slow: number): (Gate | number)[] {
  const release = scratch.file('release')
  return Array.from({ length }, (_, i) =>
    i >= from && i < from + slow ? { started: scratch.file(`started-${i}`), release } : i,
  )
}

for (const backend of WITH_WORKERS) {
  describe(`slow tasks among quick ones: ${backend}`, () => {
    it('items that wait behind slow tasks run elsewhere before those end', LIMIT, async () => {
      using scratch = new Scratch()
      // Eight neighbours that block, all in one message of hundred: whoever gets it has to give back seven and more.
      const inputs = mixed(scratch, 400, 110, 8)
      await withPool({ backend, workers: 9 }, async (pool) => {
        const values: unknown[] = []
        for await (const value of pool.map(inputs, blockOrPass, { batch: 100, ordered: false })) {
          values.push(value)
          // All the others, while not one of the eight can have ended.
          if (values.length === 392) {
            assert.ok(!values.includes('released'))
            for (let i = 110; i < 118; i++) await scratch.appears(`started-${i}`)
            scratch.touch('release')
          }
        }
        assert.equal(values.length, 400)
        assert.equal(new Set(values).size, 393)
      })
    })

    it('items behind a slow task in the same worker run on the only other one', LIMIT, async () => {
      using scratch = new Scratch()
      const inputs = mixed(scratch, 60, 3, 1)
      const run = map(inputs, blockOrPass, { backend, workers: 2, batch: 30, ordered: false })
      const values: unknown[] = []
      for await (const value of run) {
        values.push(value)
        if (values.length === 59) scratch.touch('release')
      }
      assert.equal(values.at(-1), 'released')
    })

    it('slow tasks do not keep back results that are ready', LIMIT, async () => {
      using scratch = new Scratch()
      const inputs = mixed(scratch, 10, 5, 1)
      await withPool({ backend, workers: 1 }, async (pool) => {
        await pool.map([1], blockOrPass)
        const run = pool.map(inputs, blockOrPass, { batch: 10 })
        for (let i = 0; i < 5; i++) assert.deepEqual(await run.next(), { done: false, value: i })
        scratch.touch('release')
        assert.equal((await run.next()).value, 'released')
        for (let i = 6; i < 10; i++) assert.equal((await run.next()).value, i)
        assert.equal((await run.next()).done, true)
      })
    })
  })
}
