import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ItemChunk } from '#manyhands/pool/jobs/item-chunk.js'
import type { Item } from '#manyhands/pool/jobs/item.js'
import type { Ending } from '#manyhands/pool/jobs/ports.js'
import { Failure, ReorderBuffer } from '#manyhands/run/outcomes/reorder-buffer.js'
import { Window } from '#manyhands/run/source/window.js'

import { itemOf, functionUse } from '../support/work.js'

const fn = functionUse()

/** Bytes of an item, and of its result. */
const [BEFORE, AFTER] = [100, 30]

class Buffered {
  readonly buffer: ReorderBuffer
  readonly window: Window
  readonly items: Item[]
  readonly failed: Failure[] = []
  /** How often room was announced. */
  room = 0
  ready = 0
  ended: { readonly ending: Ending | undefined } | undefined
  countsFailures = true

  constructor(ordered: boolean, count: number, maxItems: number = count) {
    this.window = new Window(maxItems, Infinity, () => this.room++)
    this.items = Array.from({ length: count }, (_, i) => itemOf(i, fn, {}, BEFORE))
    for (let i = 0; i < count; i++) this.window.enter(BEFORE)
    this.buffer = new ReorderBuffer(ordered, this.window, {
      ready: () => this.ready++,
      failed: (failure) => {
        this.failed.push(failure)
        return this.countsFailures
      },
      ended: (ending) => (this.ended = { ending }),
    })
  }

  /** Results come, each of them ten times its input. */
  fulfil(...indexes: readonly number[]): void {
    const chunk = new ItemChunk(this.items)
    for (const index of indexes) this.buffer.fulfil(chunk, index, index * 10, AFTER)
    this.buffer.flush()
  }

  takeAll(): unknown[] {
    return this.buffer.takeAll().values
  }
}

describe('the reorder buffer', () => {
  it('an ordered buffer gives outcomes in the order of their sequence, whatever the order they come in', () => {
    const buffered = new Buffered(true, 6)
    buffered.fulfil(2, 1, 5)
    assert.equal(buffered.buffer.waiting, 0)
    buffered.fulfil(0)
    assert.equal(buffered.buffer.waiting, 3)
    assert.deepEqual(buffered.takeAll(), [0, 10, 20])
    buffered.fulfil(4, 3)
    assert.deepEqual(buffered.takeAll(), [30, 40, 50])
  })

  it('an unordered buffer gives outcomes as they come, with the index of each', () => {
    const { buffer, ...buffered } = new Buffered(false, 4)
    const chunk = new ItemChunk(buffered.items)
    for (const index of [3, 0, 2]) buffer.fulfil(chunk, index, index * 10, AFTER)
    assert.deepEqual(buffer.takeAll(), { values: [30, 0, 20], indexes: [3, 0, 2] })
  })

  it('the reorder buffer keeps the order of more outcomes than its first ring holds, also after it went around', () => {
    const count = 1_000
    const buffered = new Buffered(true, count)
    // The first 100 go through one by one, so that the ring does not begin at its start when it grows.
    for (let i = 0; i < 100; i++) buffered.fulfil(i)
    assert.equal(buffered.takeAll().length, 100)
    for (let i = count - 1; i > 100; i--) buffered.fulfil(i)
    assert.equal(buffered.buffer.waiting, 0)
    buffered.fulfil(100)
    assert.deepEqual(
      buffered.takeAll(),
      Array.from({ length: 900 }, (_, i) => (i + 100) * 10),
    )
  })

  for (const ordered of [true, false])
    it(`${ordered ? 'an ordered' : 'an unordered'} buffer takes results together as it takes them one by one`, () => {
      const count = 300
      const [one, together] = [new Buffered(ordered, count), new Buffered(ordered, count)]
      const chunk = new ItemChunk(one.items)
      // Frames of 1 to 7 results; of each two the second comes first.
      const frames: (readonly [offset: number, values: readonly number[]])[] = []
      for (let offset = 0, length = 1; offset < count; offset += length, length = (length % 7) + 1)
        frames.push([offset, Array.from({ length: Math.min(length, count - offset) }, (_, i) => (offset + i) * 10)])
      for (let i = 0; i < frames.length; i++) {
        const frame = frames[i ^ 1] ?? frames[i]
        assert.ok(frame)
        const [offset, values] = frame
        one.fulfil(...values.map((_, at) => offset + at))
        together.buffer.fulfilAll(chunk, offset, values, AFTER)
        together.buffer.flush()
        assert.equal(together.buffer.waiting, one.buffer.waiting)
        if (i % 3 === 0) assert.deepEqual(together.buffer.takeAll(), one.buffer.takeAll())
      }
      assert.deepEqual(together.buffer.takeAll(), one.buffer.takeAll())
      for (const { window } of [one, together]) assert.equal(window.room(), count)
    })

  it('the reorder buffer gives outcomes one by one as it gives them all, with the index of the last one taken', () => {
    const count = 10_000
    const { buffer, ...buffered } = new Buffered(true, count)
    const chunk = new ItemChunk(buffered.items)
    for (let i = 0; i < count; i++) buffer.fulfil(chunk, i, i, AFTER)
    buffer.flush()
    // More than it keeps before it lets go of what was taken.
    for (let i = 0; i < 5_000; i++) {
      assert.equal(buffer.take(), i)
      assert.equal(buffer.takenIndex, i)
    }
    assert.equal(buffer.waiting, count - 5_000)
    const { values, indexes } = buffer.takeAll()
    assert.deepEqual([values[0], values.length, indexes[0]], [5_000, 5_000, 5_000])
    assert.equal(buffer.waiting, 0)
  })

  it('the reorder buffer makes room in the window when outcomes are taken, not when they come', () => {
    const buffered = new Buffered(true, 4)
    assert.equal(buffered.window.hasRoom(), false)
    buffered.fulfil(0, 1)
    assert.equal(buffered.room, 0)
    buffered.buffer.take()
    assert.equal(buffered.room, 1)
    assert.equal(buffered.window.room(), 1)
    buffered.takeAll()
    assert.equal(buffered.window.room(), 2)
  })

  it('the reorder buffer counts a result in the window by its own size, not by that of its input', () => {
    const window = new Window(Infinity, BEFORE * 2, () => {})
    const buffer = new ReorderBuffer(true, window, { ready: () => {}, failed: () => true, ended: () => {} })
    const items = [0, 1].map((index) => itemOf(index, fn, {}, BEFORE))
    for (const { bytes } of items) window.enter(bytes)
    assert.equal(window.hasRoom(), false)
    buffer.fulfil(new ItemChunk(items), 0, 'small', AFTER)
    assert.equal(window.hasRoom(), true)
  })

  it('a failure that counts takes its place among the outcomes', () => {
    const buffered = new Buffered(true, 3)
    const error = new Error('no')
    buffered.buffer.reject(buffered.items[1] as Item, error)
    buffered.fulfil(0, 2)
    const [first, second, third] = buffered.takeAll()
    assert.deepEqual([first, third], [0, 20])
    assert.ok(second instanceof Failure)
    assert.equal(second.error, error)
    assert.equal(second.item, buffered.items[1])
    assert.deepEqual(buffered.failed, [second])
  })

  it('a failure that does not count takes no place: what comes after it is never given', () => {
    const buffered = new Buffered(true, 3)
    buffered.countsFailures = false
    buffered.buffer.reject(buffered.items[1] as Item, new Error('no'))
    buffered.fulfil(0, 2)
    assert.deepEqual(buffered.takeAll(), [0])
  })

  it('the reorder buffer tells that outcomes are there with each flush, and of the end with what it ends with', () => {
    const buffered = new Buffered(true, 2)
    buffered.fulfil(0)
    buffered.fulfil(1)
    assert.equal(buffered.ready, 2)
    assert.ok(buffered.buffer.completedAt > 0)
    const ending = { thrown: undefined }
    buffered.buffer.end(ending)
    assert.equal(buffered.ended?.ending, ending)
    assert.equal(buffered.buffer.waiting, 2)
  })
})
