import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { InvalidArgumentError, map, reduce, reducer, withPool } from 'manyhands'

import { range } from './support.js'

const parts = {
  initial: () => 0,
  add: (sum: number, input: number) => sum + input,
  combine: (a: number, b: number) => a + b,
}

describe('reducer', () => {
  it('makes an object that reduce and pool.reduce take like its functions', async () => {
    const sum = reducer(parts)
    for (const backend of ['serial', 'threads', 'processes'] as const)
      assert.equal(await reduce(range(1_000), sum, { backend, workers: 2 }), 499_500)
    assert.equal(await withPool({ workers: 2 }, (pool) => pool.reduce([1, 2, 3], sum)), 6)
    assert.deepEqual(await reduce.settled([1, 2], sum, { backend: 'serial' }), { value: 3, failed: [] })
  })

  it('refuses to be made without one of the functions, and says what it does', () => {
    const { combine: _, ...two } = parts
    assert.throws(
      () => reducer(two as unknown as typeof parts),
      (error) => error instanceof InvalidArgumentError && error.option === 'combine' && /joins two/.test(error.message),
    )
  })

  it('is refused by map, which names reduce', () => {
    assert.throws(() => map([1], reducer(parts) as unknown as () => number), /reduce\(inputs, reducer\), got a reducer/)
  })
})
