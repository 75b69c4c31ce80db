import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { CaptureError, map, UnsupportedError } from '../../index.ts'
import { double } from '../contract-tasks.ts'
import { failure, type Subject } from './subject.ts'

/** Functions by value. Their forms have tests of their own; this is about the way to the worker and back. */
export function capturing({ backend, capabilities }: Subject): void {
  describe('functions by value', () => {
    if (!capabilities.closures) {
      it('are refused', async () => {
        const factor = 3
        assert.ok((await failure(map([1], (x) => x * factor, { backend }))) instanceof UnsupportedError)
      })
      return
    }

    it('bring what they capture', async () => {
      const factor = 3
      const names = new Map([[1, 'one']])
      const weights = new Float64Array([0.5])
      const results = await map([1, 2], (x) => [x * factor, names.get(x), (weights[0] ?? 0) * x, double(x)], {
        backend,
      })
      assert.deepEqual(results, [
        [3, 'one', 0.5, 2],
        [6, undefined, 1, 4],
      ])
    })

    it('read their captures when the run starts', async () => {
      let factor = 1
      const run = map([1], (x) => x * factor, { backend })
      factor = 5
      assert.deepEqual(await run, [5])
    })

    it("leave the caller's captures alone", async () => {
      const list: number[] = []
      assert.deepEqual(await map([1, 2], (x) => list.push(x), { backend, workers: 1 }), [1, 2])
      assert.deepEqual(list, [])
    })

    it('have each its own value in a loop', async () => {
      const runs = [1, 2, 3].map((k) => map([10], (x) => x * k, { backend }))
      assert.deepEqual(await Promise.all(runs), [[10], [20], [30]])
    })

    it('are refused before any input is read where they cannot travel', async () => {
      let total = 0
      let read = false
      function* inputs(): Generator<number> {
        read = true
        yield 1
      }
      const error = await failure(map(inputs(), (x) => (total += x), { backend }))
      assert.ok(error instanceof CaptureError)
      assert.equal(error.variable, 'total')
      assert.equal(read, false)
      const pending = Promise.resolve(1)
      assert.ok((await failure(map([1], async (x) => x + (await pending), { backend }))) instanceof CaptureError)
    })
  })
}
