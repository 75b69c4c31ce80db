import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { FaultSearch } from '../../../src/pool/jobs/fault-search.js'

interface One {
  readonly at: number
  isDropped: boolean
}

const items = (count: number): One[] => Array.from({ length: count }, (_, at) => ({ at, isDropped: false }))

/** Runs all searches to their end. Returns the calls, and the items that failed alone. */
function search(all: readonly One[], isBad: (at: number) => boolean, each: (call: readonly One[]) => void = () => {}) {
  const open = [new FaultSearch<One>([all], false, true)]
  const calls: number[][] = []
  const failed: number[] = []
  const passed: number[] = []
  for (let one = open.shift(); one !== undefined; one = open.shift()) {
    for (let call = one.next(); call.length > 0; call = one.next()) {
      calls.push(call.map(({ at }) => at))
      each(call)
      const bad = call.some(({ at }) => isBad(at))
      if (bad && call.length === 1) failed.push((call[0] as One).at)
      if (!bad) passed.push(...call.map(({ at }) => at))
      if (bad) one.failed()
      else one.passed()
    }
    open.push(...one.followers())
  }
  return { calls, failed: failed.toSorted((a, b) => a - b), passed: passed.toSorted((a, b) => a - b) }
}

/**
 * Returns the most suspects of which so many calls surely find the one at fault, call it alone, and have all others in calls that
 * return. `aside`: others wait for such a call, too. A call has some suspects, with or without those.
 */
function mostAmong(calls: number, aside: boolean): number {
  if (calls <= 1) return calls === 1 && !aside ? 1 : 0
  // A call that fails leaves the suspects in it; others wait. A single one has failed alone by that.
  const inFailed = Math.max(mostAmong(calls - 1, true), 1)
  const withoutOthers = inFailed + mostAmong(calls - 1, aside)
  return aside ? Math.max(withoutOthers, mostAmong(calls - 1, true) + mostAmong(calls - 1, false)) : withoutOthers
}

describe('the search for inputs at fault', () => {
  it('ends with each item called alone and failed, or in a call that returned, once', () => {
    for (const bad of [[], [0], [5], [15], [3, 4], [0, 15], [1, 2, 3, 8, 9], Array.from({ length: 16 }, (_, i) => i)]) {
      const { failed, passed } = search(items(16), (at) => bad.includes(at))
      assert.deepEqual(failed, bad)
      assert.deepEqual(
        passed,
        items(16)
          .map(({ at }) => at)
          .filter((at) => !bad.includes(at)),
      )
    }
  })

  it('makes at most 12 calls for one among 1,024, and 11 among 512', () => {
    for (const [count, most] of [
      [1_024, 12],
      [512, 11],
    ] as const)
      for (let bad = 0; bad < count; bad++) assert.ok(search(items(count), (at) => at === bad).calls.length <= most)
  })

  it('makes ⌈log₂ n⌉ + 2 calls at most for one at fault: no order of calls needs fewer among 1,024', () => {
    for (let count = 2; count <= 200; count++)
      for (let bad = 0; bad < count; bad++)
        assert.ok(search(items(count), (at) => at === bad).calls.length <= Math.ceil(Math.log2(count)) + 2)
    const most = [11, 12].map((calls) => mostAmong(calls, false))
    assert.deepEqual(most, [768, 1_536])
  })

  it('makes about two calls for each item if all are at fault', () => {
    assert.ok(search(items(1_024), () => true).calls.length <= 3 * 1_024)
  })

  it('leaves out items that are no longer wanted', () => {
    const all = items(8)
    const { calls } = search(
      all,
      (at) => at === 0,
      () => {
        for (const at of [5, 6, 7]) (all[at] as One).isDropped = true
      },
    )
    assert.ok(calls.every((call) => !call.some((at) => at > 4)))
  })
})
