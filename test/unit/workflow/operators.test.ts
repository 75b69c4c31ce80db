import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { apply, join } from 'manyhands/workflow'

import { BACKENDS } from '../support/each-backend.js'

for (const backend of BACKENDS) {
  describe(`a workflow: ${backend}`, () => {
    it('reads like nested calls', async () => {
      const length = apply((s: string) => s.length)
      const multiply = join((a: number, b: number) => a * b)
      const workflow = multiply(length(['a', 'bc', 'def']), [1, 2])
      assert.deepEqual(await workflow.run({ backend, workers: 3 }), [1, 2, 2, 4, 3, 6])
      assert.deepEqual(await workflow.run({ backend, workers: 3 }), [1, 2, 2, 4, 3, 6])
    })
  })
}
