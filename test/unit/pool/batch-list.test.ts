import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { BatchList } from '#manyhands/pool/workers/batch-list.js'
import type { Batch } from '#manyhands/pool/workers/batch.js'

const batch = (id: number): Batch => ({ id }) as Batch

describe('a list of batches', () => {
  it('finds batches by their ids, whichever were deleted before', () => {
    const list = new BatchList()
    const ids = Array.from({ length: 20 }, (_, i) => 3 * i + 5)
    for (const id of ids) list.add(batch(id))
    const left = new Set(ids)
    for (const id of [5, 62, 26, 29, 32, 8]) {
      assert.equal(list.delete(id), true)
      left.delete(id)
      assert.equal(list.size, left.size)
      for (let other = 0; other < 70; other++) {
        assert.equal(list.has(other), left.has(other))
        assert.equal(list.get(other)?.id, left.has(other) ? other : undefined)
      }
    }
    assert.deepEqual(
      [...list].map(({ id }) => id),
      [...left],
    )
  })

  it('deletes nothing if it does not have the batch', () => {
    const list = new BatchList()
    assert.equal(list.delete(1), false)
    list.add(batch(2))
    assert.equal(list.delete(1), false)
    assert.equal(list.delete(3), false)
    assert.deepEqual([...list.values()], [batch(2)])
  })
})
