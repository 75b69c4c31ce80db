import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type Segment, Segments } from '../../../src/reduce/segments.js'

const FIRST = { name: 'first' }
const SECOND = { name: 'second' }

/** Adds all inputs that a segment has left, as one call of a worker. */
function addAll(segments: Segments, one: Segment, worker: object, bytes: number): void {
  one.holder = worker
  one.isBusy = true
  one.next = one.end
  segments.added(one, segments.newId(), { bytes: new Uint8Array(bytes) })
}

/** Takes a part of the inputs of a segment; its call goes on. */
function begin(one: Segment, worker: object, inputs: number): void {
  one.holder = worker
  one.isBusy = true
  one.next += inputs
}

describe('the segments of an array', () => {
  it('are one for each worker, and at least one', () => {
    const two = new Segments(11, 2)
    const [a, b] = [two.another(1), two.another(1)]
    assert.equal(a, b)
    assert.deepEqual([a?.next, a?.end], [0, 5])
    const none = new Segments(0, 4)
    assert.equal(none.isRead, true)
    assert.equal(none.isEmpty, false)
    addAll(none, none.another(1) as Segment, FIRST, 3)
    assert.deepEqual(none.root, { bytes: new Uint8Array(3) })
  })

  it('lend half of what is left to a worker without work, unless that is too little', () => {
    const segments = new Segments(100, 1)
    begin(segments.another(1) as Segment, FIRST, 20)
    assert.equal(segments.another(81), undefined)
    const half = segments.another(80) as Segment
    assert.deepEqual([half.next, half.end], [60, 100])
    begin(half, SECOND, 1)
    assert.deepEqual(
      [segments.isAtWork(FIRST), segments.isAtWork(SECOND), segments.isAtWork(undefined)],
      [true, true, false],
    )
  })

  it('are combined when both neighbours are complete, best by the worker that has the larger accumulator', () => {
    const segments = new Segments(30, 3)
    const a = segments.another(1) as Segment
    addAll(segments, a, FIRST, 10)
    const second = segments.another(100) as Segment
    assert.equal(second.next, 10)
    assert.equal(segments.takePair(FIRST), undefined)
    addAll(segments, second, SECOND, 20)
    assert.deepEqual([segments.suits(FIRST), segments.suits(SECOND)], [false, true])
    const pair = segments.takePair(SECOND)
    assert.ok(pair !== undefined)
    assert.deepEqual([pair.a, pair.b], [a, second])
    assert.equal(segments.takePair(FIRST), undefined)
    segments.combined(pair, segments.newId(), { bytes: new Uint8Array(30) })
    assert.equal(segments.root, undefined)
    addAll(segments, segments.another(100) as Segment, FIRST, 1)
    const last = segments.takePair(undefined)
    assert.ok(last !== undefined)
    segments.combined(last, segments.newId(), { bytes: new Uint8Array(31) })
    assert.deepEqual(segments.root, { bytes: new Uint8Array(31) })
  })

  it('are taken over from a worker that is gone', () => {
    const segments = new Segments(10, 1)
    const one = segments.another(1) as Segment
    begin(one, FIRST, 5)
    segments.added(one, 1, { value: 5 })
    assert.equal(segments.ownOf(SECOND), undefined)
    assert.equal(segments.another(100), one)
  })
})
