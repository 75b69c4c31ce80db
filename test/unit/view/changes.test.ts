import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { assert as check, jsonValue, property, type Arbitrary } from 'fast-check'

import { type Change, changed, changesBetween, type Json } from '#manyhands/view/live/changes.js'

/** A value as it arrives at a page. */
function sent<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

describe('changes between two states', () => {
  it('make the next state of the one before, after both went over a wire', () => {
    const json = jsonValue({ maxDepth: 4 }) as Arbitrary<Json>
    check(
      property(json, json, (before, after) => {
        const change = changesBetween(before, after)
        const next = change === undefined ? sent(before) : changed(sent(before), sent(change))
        assert.deepEqual(next, sent(after))
      }),
      { seed: 14, numRuns: 500 },
    )
  })

  it('are none between equal states', () => {
    const state = (): Json => ({ a: [1, { b: null }], c: 'text', d: undefined, e: NaN })
    assert.equal(changesBetween(state(), state()), undefined)
  })

  it('name only what is another: numbers at the end of a list, members, what is gone', () => {
    const before: Json = { bins: [1, 2, 3], run: { state: 'running', host: 'a' }, gone: 1 }
    const after: Json = { bins: [1, 2, 4, 5], run: { state: 'ended', host: 'a' } }
    assert.deepEqual(changesBetween(before, after), {
      bins: { 2: [4], 3: [5], length: [4] },
      run: { state: ['ended'] },
      gone: [],
    })
    assert.deepEqual(changesBetween([1, 2, 3], [1]), { length: [1] })
  })

  it('leave parts that have not changed as they are', () => {
    const before = { same: { a: 1 }, list: [{ a: 1 }, { a: 2 }] }
    const change = changesBetween(before, { same: { a: 1 }, list: [{ a: 1 }, { a: 3 }] }) as Change
    const after = changed(before, change) as typeof before
    assert.equal(after.same, before.same)
    assert.equal(after.list[0], before.list[0])
    assert.deepEqual(before.list[1], { a: 2 })
  })
})
