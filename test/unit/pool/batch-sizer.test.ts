import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { BatchSizer } from '#manyhands/pool/jobs/batch-sizer.js'

/** The sizes that follow one another while every item takes so long and gives so many bytes. */
function sizes(msPerItem: number, bytesPerItem: number, rounds: number): number[] {
  const sizer = new BatchSizer(undefined)
  return Array.from({ length: rounds }, () => {
    const size = sizer.next(undefined, 2)
    sizer.observe(size, size * msPerItem, size * bytesPerItem)
    return size
  })
}

describe('the size of batches', () => {
  it('starts at one, so that the first result comes soon, and doubles', () => {
    assert.deepEqual(sizes(0.001, 8, 6), [1, 2, 4, 8, 16, 32])
  })

  it('ends where a batch takes about 4 ms', () => {
    assert.equal(sizes(0.1, 8, 20).at(-1), 40)
    assert.equal(sizes(1, 8, 20).at(-1), 4)
    assert.deepEqual(sizes(50, 8, 5), [1, 1, 1, 1, 1])
  })

  it('ends at 1,024 items, and where results take about 256 KiB', () => {
    assert.equal(sizes(0.000_01, 8, 30).at(-1), 1_024)
    assert.equal(sizes(0.001, 64 * 1024, 30).at(-1), 4)
    assert.equal(sizes(0.001, 1024 * 1024, 30).at(-1), 1)
  })

  it('ends at more where the backend says so', () => {
    const sizer = new BatchSizer(undefined, 4_096)
    for (let size = 1; size <= 8_192; size *= 2) sizer.observe(size, size * 1e-5, 8)
    assert.equal(sizer.next(undefined, 2), 4_096)
    assert.equal(sizer.burst(1_000_000, 2), 4_096)
  })

  it('shrinks when tasks become slower', () => {
    const sizer = new BatchSizer(undefined)
    for (let i = 0; i < 20; i++) sizer.observe(100, 1, 800)
    assert.equal(sizer.next(undefined, 2), 200)
    for (let i = 0; i < 20; i++) sizer.observe(100, 400, 800)
    assert.equal(sizer.next(undefined, 2), 1)
  })

  it('grows only by batches that were as large: single items prove nothing about thousands', () => {
    const sizer = new BatchSizer(undefined)
    for (let i = 0; i < 50; i++) sizer.observe(1, 0.001, 8)
    assert.equal(sizer.next(undefined, 2), 2)
  })

  it('shrinks near the end, so that workers finish together', () => {
    const sizer = new BatchSizer(undefined)
    for (let i = 0; i < 20; i++) sizer.observe(1_024, 0.1, 8_192)
    assert.equal(sizer.next(1_000_000, 2), 1_024)
    assert.equal(sizer.next(800, 2), 100)
    assert.equal(sizer.next(9, 2), 2)
    assert.equal(sizer.next(1, 2), 1)
    assert.equal(sizer.next(0, 2), 1)
  })

  it('is what the user says', () => {
    const sizer = new BatchSizer(7)
    sizer.observe(7, 10_000, 1e9)
    assert.equal(sizer.next(3, 2), 7)
  })

  it('the batch size of calls that came at once is their share per worker', () => {
    const sizer = new BatchSizer(undefined)
    assert.equal(sizer.burst(10, 4), 3)
    assert.equal(sizer.burst(1, 4), 1)
    assert.equal(sizer.burst(1_000_000, 2), 1_024)
    sizer.observe(10, 10, 80)
    assert.equal(sizer.burst(1_000, 2), 4)
  })

  it('learns nothing from nothing', () => {
    const sizer = new BatchSizer(undefined)
    sizer.observe(0, 100, 100)
    assert.equal(sizer.msPerItem, 0)
    assert.equal(sizer.next(undefined, 1), 1)
  })
})
