import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { shorten, tableLines } from '#manyhands/util/text/show-text.js'

describe('texts for people', () => {
  it('shorten keeps texts that fit, and ends others with …', () => {
    for (const [text, length, expected] of [
      ['abc', 3, 'abc'],
      ['abcd', 3, 'ab…'],
      ['', 0, ''],
      ['a', 0, '…'],
    ] as const)
      assert.equal(shorten(text, length), expected)
  })

  it('tableLines aligns columns by their widest cell, and leaves no spaces at the end', () => {
    const rows = [
      ['node', 'run', 'why'],
      ['a', '1,000', ''],
    ]
    assert.deepEqual(tableLines(rows), ['node    run  why', 'a     1,000'])
    assert.deepEqual(tableLines(rows, [0, 1]), ['node  run    why', 'a     1,000'])
    assert.deepEqual(tableLines([]), [])
  })
})
