import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Median } from '#manyhands/pool/jobs/median.js'

function medianOf(values: Iterable<number>): Median {
  const median = new Median()
  for (const value of values) median.add(value)
  return median
}

describe('the median', () => {
  it('is the value in the middle, whatever the order', () => {
    assert.equal(medianOf([5, 1, 100]).quantile(), 5)
    assert.equal(medianOf([3]).quantile(), 3)
    assert.equal(medianOf([10, 9, 1, 2, 5]).quantile(), 5)
  })

  it('the median of nothing is 0', () => {
    assert.equal(new Median().quantile(), 0)
    assert.equal(new Median().count, 0)
  })

  it('has other quantiles', () => {
    const median = medianOf(Array.from({ length: 100 }, (_, i) => i))
    assert.equal(median.quantile(0.95), 95)
    assert.equal(median.quantile(0.99), 99)
    assert.equal(median.quantile(1), 99)
    assert.equal(median.quantile(0), 0)
  })

  it('forgets what is long ago', () => {
    const median = medianOf(Array.from({ length: 1_001 }, () => 1))
    for (let i = 0; i < 1_001; i++) median.add(9)
    assert.equal(median.quantile(0), 9)
    assert.equal(median.count, 2_002)
  })
})
