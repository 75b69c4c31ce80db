import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { boundedLive, type Live, parseLive } from '#manyhands/view/live.js'

const TASK = { slot: 0, task: 7, input: 'a.jpg', step: 'read', since: 1_000, attempt: 2 }
const COUNTS = { busy: 1, workers: 4, total: 10, done: 5, cached: 1, failed: 1, read: 8, waiting: 0, rss: 1e8 }
const LIVE: Live = { v: 1, at: 2_000, running: [TASK], ...COUNTS }

describe('what a run tells of now', () => {
  it('is read as it was written', () => {
    assert.deepEqual(parseLive(JSON.stringify(LIVE)), LIVE)
  })

  it('is not read if it is torn, of another version, or something else', () => {
    const text = JSON.stringify(LIVE)
    for (const other of ['', text.slice(0, -2), 'null', '[]', '7', '{}', '{"v":2,"at":1}', '{"v":1,"at":"now"}'])
      assert.equal(parseLive(other), undefined)
  })

  it('loses only the fields that are not what they should be', () => {
    const odd = {
      ...LIVE,
      total: 'ten',
      done: -1,
      rss: null,
      running: [TASK, null, 7, { slot: 1 }, { ...TASK, slot: -1 }],
    }
    assert.deepEqual(parseLive(JSON.stringify(odd)), { ...LIVE, total: undefined, done: 0, rss: 0 })
    const untold = { ...TASK, input: { a: 1 }, step: 9, attempt: 'x' }
    const [task] = parseLive(JSON.stringify({ ...LIVE, running: [untold] }))?.running ?? []
    assert.deepEqual(task, { ...TASK, input: '', step: undefined, attempt: 1 })
  })

  it('stays small however much runs, and however long inputs are', () => {
    const many = Array.from({ length: 5_000 }, (_, slot) => ({ ...TASK, slot, input: 'x'.repeat(1_000_000 / 5_000) }))
    const bounded = boundedLive({ ...LIVE, running: many.toReversed(), busy: 5_000 })
    assert.ok(JSON.stringify(bounded).length < 80_000)
    assert.deepEqual([bounded.running.length, bounded.running[0]?.slot, bounded.busy], [256, 0, 5_000])
  })
})
