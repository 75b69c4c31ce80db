import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Chunk } from '#manyhands/pool/jobs/chunk.js'
import { PushSource } from '#manyhands/pool/jobs/push-source.js'

import { entry, functionUse } from '../support/work.js'

const fn = functionUse()

function indexes(lot: Chunk | undefined): number[] {
  return Array.from({ length: lot?.length ?? 0 }, (_, at) => (lot as Chunk).index(at))
}

describe('entries that come one by one', () => {
  it('are given in order, as many as asked for', () => {
    const supply = new PushSource()
    assert.equal(supply.take(5), undefined)
    for (let i = 0; i < 5; i++) supply.push(entry(i, fn))
    assert.equal(supply.remaining(), 5)
    assert.deepEqual(indexes(supply.take(3)), [0, 1, 2])
    assert.deepEqual(indexes(supply.take(3)), [3, 4])
    assert.equal(supply.empty, true)
    assert.equal(supply.exhausted, false)
    supply.close()
    assert.equal(supply.exhausted, true)
  })

  it('of higher priority come first, among equals the oldest', () => {
    const supply = new PushSource()
    for (const [index, priority] of [0, 5, -1, 5, 0, 0.5].entries()) supply.push(entry(index, fn, { priority }))
    assert.equal(supply.priority(), 5)
    assert.deepEqual(indexes(supply.take(1)), [1])
    assert.deepEqual(indexes(supply.take(2)), [3, 5])
    assert.equal(supply.priority(), 0)
    supply.push(entry(6, fn, { priority: 9 }))
    assert.deepEqual(indexes(supply.take(10)), [6, 0, 4, 2])
    assert.equal(supply.priority(), 0)
  })

  it('go on their own where they are large', () => {
    const supply = new PushSource()
    for (let i = 0; i < 3; i++) supply.push(entry(i, fn, {}, 200 * 1024))
    assert.deepEqual(indexes(supply.take(10)), [0, 1])
    assert.deepEqual(indexes(supply.take(10)), [2])
  })

  it('do not travel with those that are read in another way', () => {
    const supply = new PushSource()
    for (const [index, spread] of [false, false, true, true, false].entries())
      supply.push(Object.assign(entry(index, fn), { spread }))
    assert.deepEqual(indexes(supply.take(9)), [0, 1])
    const lot = supply.take(9)
    assert.deepEqual([indexes(lot), lot?.spread], [[2, 3], true])
    assert.deepEqual(indexes(supply.take(9)), [4])
  })

  it('keep their order over many thousands', () => {
    const supply = new PushSource()
    let next = 0
    let expected = 0
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 37; i++) supply.push(entry(next++, fn))
      for (const index of indexes(supply.take(31))) assert.equal(index, expected++)
    }
    assert.equal(supply.remaining(), next - expected)
    assert.deepEqual(
      supply.drain().map(({ index }) => index),
      Array.from({ length: next - expected }, (_, i) => expected + i),
    )
    assert.equal(supply.empty, true)
  })
})
