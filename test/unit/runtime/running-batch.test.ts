import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { BatchGroup } from '#manyhands/runtime/batches/batch-group.js'
import { RunningBatch } from '#manyhands/runtime/batches/running-batch.js'
import type { LoadedFunction } from '#manyhands/runtime/functions/loaded-function.js'
import type { WorkerContext } from '#manyhands/runtime/worker-context.js'

describe('a batch in a worker', () => {
  it('keeps its functions, also those that are forgotten while it runs', () => {
    const [one, two] = [{ id: 1 }, { id: 2 }] as unknown as [LoadedFunction, LoadedFunction]
    const frame = { type: 'batch', id: 1, slot: 0, group: 1, concurrency: 1, spread: false, indexes: 0 } as const
    const mixed = { ...frame, fn: 1, fns: [1, 2], inputs: { values: [10, 20] } }
    const plain = { ...frame, fn: 2, inputs: { values: [10] } }
    const loaded = new Map([
      [1, one],
      [2, two],
    ])
    const batches = [mixed, plain].map((each) => new RunningBatch(each, {} as WorkerContext, new BatchGroup(1)))
    assert.ok(batches.every((batch) => batch.bind(loaded)))
    loaded.clear()
    assert.deepEqual([batches[0]?.fn(0), batches[0]?.fn(1), batches[1]?.fn(0)], [one, two, two])
    assert.equal(new RunningBatch(plain, {} as WorkerContext, new BatchGroup(1)).bind(loaded), false)
  })
})
