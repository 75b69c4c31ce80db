import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Fifo } from '#manyhands/util/fifo.js'

function fifoOf(...items: readonly number[]): Fifo<number> {
  const fifo = new Fifo<number>()
  for (const item of items) fifo.push(item)
  return fifo
}

describe('A first-in, first-out queue', () => {
  it('gives items in the order in which they were pushed, also after thousands were taken', () => {
    const fifo = new Fifo<number>()
    let next = 0
    for (let i = 0; i < 10_000; i++) {
      fifo.push(2 * i)
      fifo.push(2 * i + 1)
      assert.equal(fifo.shift(), next++)
    }
    assert.equal(fifo.length, 10_000)
    while (fifo.length > 0) assert.equal(fifo.shift(), next++)
    assert.equal(next, 20_000)
    assert.equal(fifo.shift(), undefined)
    assert.equal(fifo.length, 0)
  })

  it('inserts an item before those at its end that follow it', () => {
    const fifo = fifoOf(1, 5, 9)
    fifo.shift()
    for (const item of [7, 0, 10]) fifo.insert(item, (other) => other > item)
    assert.deepEqual([...fifo], [0, 5, 7, 9, 10])
  })

  it('removes an item from its middle, but none that was taken before', () => {
    const fifo = fifoOf(1, 2, 3)
    assert.equal(fifo.shift(), 1)
    assert.equal(
      fifo.remove((item) => item === 1),
      undefined,
    )
    assert.equal(
      fifo.remove((item) => item === 3),
      3,
    )
    assert.deepEqual([fifo.length, fifo.first], [1, 2])
  })

  it('drains what is left, and can be used again', () => {
    const fifo = fifoOf(1, 2, 3)
    fifo.shift()
    assert.deepEqual(fifo.drain(), [2, 3])
    fifo.push(4)
    assert.deepEqual([...fifo], [4])
  })
})
