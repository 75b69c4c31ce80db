import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Lengths } from '#manyhands/view/digest/lengths.js'
import { BINS, sumNeighbours, TimeBins } from '#manyhands/view/digest/time-bins.js'

describe('lengths of time', () => {
  it('are empty at first', () => {
    assert.deepEqual(new Lengths().view(10), { n: 0, sum: 0, max: 0, p50: 0, p90: 0, p99: 0, bars: [] })
  })
  it('are counted in bars that hold all of them', () => {
    const lengths = new Lengths()
    for (const ms of [0, 0.002, 1, 1.01, 50, 4_000, 1e15]) lengths.add(ms)
    lengths.add(7, 5)
    const { bars, n, max } = lengths.view(12)
    assert.ok(bars.length <= 12)
    assert.equal(
      bars.reduce((sum, [, , count]) => sum + count, 0),
      n,
    )
    assert.deepEqual([n, max], [12, 1e15])
  })
})

describe('bins of time', () => {
  it('double when a run outgrows them, and keep their sums', () => {
    const bins = new TimeBins()
    const [busy, ended] = [bins.series(), bins.series()]
    bins.spread(busy, 3.5, 1_000.25)
    bins.spreadCount(ended, 10, 40, 7)
    assert.equal(bins.binOf(5 * BINS), 1_280)
    assert.equal(bins.ms, 8)
    assert.deepEqual([sum(busy), sum(ended)], [996.75, 7])
    assert.equal(busy[0], 4.5)
  })
  it('join neighbours to as many as there is room for', () => {
    assert.deepEqual(sumNeighbours([1, 2, 3, 4, 5], 2), [6, 9])
    assert.deepEqual(sumNeighbours([1, 2], 5), [1, 2])
  })
})

function sum(values: Float32Array): number {
  return values.reduce((all, value) => all + value, 0)
}
