import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Chunk } from '#manyhands/pool/jobs/chunk.js'
import { PushSource } from '#manyhands/pool/jobs/push-source.js'

import { itemOf, functionUse } from '../support/work.js'

const fn = functionUse()

function indexes(chunk: Chunk | undefined): number[] {
  return Array.from({ length: chunk?.length ?? 0 }, (_, at) => (chunk as Chunk).index(at))
}

describe('items that come one by one', () => {
  it('are given in order, as many as asked for', () => {
    const source = new PushSource()
    assert.equal(source.take(5), undefined)
    for (let i = 0; i < 5; i++) source.push(itemOf(i, fn))
    assert.equal(source.remaining(), 5)
    assert.deepEqual(indexes(source.take(3)), [0, 1, 2])
    assert.deepEqual(indexes(source.take(3)), [3, 4])
    assert.equal(source.empty, true)
    assert.equal(source.exhausted, false)
    source.close()
    assert.equal(source.exhausted, true)
  })

  it('of higher priority come first, among equals the oldest', () => {
    const source = new PushSource()
    for (const [index, priority] of [0, 5, -1, 5, 0, 0.5].entries()) source.push(itemOf(index, fn, { priority }))
    assert.equal(source.priority(), 5)
    assert.deepEqual(indexes(source.take(1)), [1])
    assert.deepEqual(indexes(source.take(2)), [3, 5])
    assert.equal(source.priority(), 0)
    source.push(itemOf(6, fn, { priority: 9 }))
    assert.deepEqual(indexes(source.take(10)), [6, 0, 4, 2])
    assert.equal(source.priority(), 0)
  })

  it('go on their own where they are large', () => {
    const source = new PushSource()
    for (let i = 0; i < 3; i++) source.push(itemOf(i, fn, {}, 200 * 1024))
    assert.deepEqual(indexes(source.take(10)), [0, 1])
    assert.deepEqual(indexes(source.take(10)), [2])
  })

  it('do not travel with those that are read in another way', () => {
    const source = new PushSource()
    for (const [index, spread] of [false, false, true, true, false].entries())
      source.push(Object.assign(itemOf(index, fn), { spread }))
    assert.deepEqual(indexes(source.take(9)), [0, 1])
    const chunk = source.take(9)
    assert.deepEqual([indexes(chunk), chunk?.spread], [[2, 3], true])
    assert.deepEqual(indexes(source.take(9)), [4])
  })

  it('keep their order over many thousands', () => {
    const source = new PushSource()
    let next = 0
    let expected = 0
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 37; i++) source.push(itemOf(next++, fn))
      for (const index of indexes(source.take(31))) assert.equal(index, expected++)
    }
    assert.equal(source.remaining(), next - expected)
    assert.deepEqual(
      source.drain().map(({ index }) => index),
      Array.from({ length: next - expected }, (_, i) => expected + i),
    )
    assert.equal(source.empty, true)
  })
})
