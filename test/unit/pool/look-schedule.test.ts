import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { JobOptions } from '#manyhands/pool/jobs/job-options.js'
import { LookSchedule } from '#manyhands/pool/scheduling/look-schedule.js'
import { Batch } from '#manyhands/pool/workers/batch.js'
import type { WorkerHandle } from '#manyhands/pool/workers/worker-handle.js'
import type { TaskPolicy } from '#manyhands/task/failure-policy.js'

import { work } from '../support/work.js'

const LIMITS = { maxMemory: Infinity, warnAfter: 60_000 }
/** A time on the clock of these tests, in milliseconds. */
const START = 1_000_000

/** A worker on another machine with one batch of so many items. */
function worker(
  items: number,
  policy: Partial<TaskPolicy> = {},
  options: Partial<JobOptions> = {},
): { handle: WorkerHandle; batch: Batch } {
  const { job } = work(items, options, policy)
  const chunk = job.take(items)
  assert.ok(chunk)
  const batch = new Batch(1, 0, job, chunk, { alone: false, isExclusive: true, own: undefined })
  const handle = { batches: new Map([[1, batch]]), lookedAt: 0, memoryAt: 0 } as unknown as WorkerHandle
  return { handle, batch }
}

/** An item that was seen running. */
const seen = (offset: number, startedAt: number): { batch: number; offset: number; startedAt: number } => ({
  batch: 1,
  offset,
  startedAt,
})

describe('looks at a worker on another machine', () => {
  it('without limits there is none before a warning of a slow task is due', () => {
    const schedule = new LookSchedule(LIMITS)
    const { handle } = worker(3)
    assert.equal(schedule.isDue(handle, START + 59_999, START), false)
    assert.equal(schedule.isDue(handle, START + 60_000, START), true)
  })

  it('with a timeout there is one when an item may have passed it, and one when an item that was seen does', () => {
    const schedule = new LookSchedule(LIMITS)
    const { handle, batch } = worker(3, { timeout: { ms: 1_000 } })
    assert.equal(schedule.isDue(handle, START + 999, START), false)
    assert.equal(schedule.isDue(handle, START + 1_000, START), true)
    schedule.note(handle, { running: [seen(1, START + 300)], staged: [] }, START + 1_000)
    assert.equal(schedule.isDue(handle, START + 1_299, START), false)
    assert.equal(schedule.isDue(handle, START + 1_300, START), true)
    batch.release(1)
    assert.equal(schedule.isDue(handle, START + 1_300, START), false)
    assert.equal(schedule.isDue(handle, START + 2_000, START), true)
  })

  it('the shortest of different timeouts counts', () => {
    const schedule = new LookSchedule(LIMITS)
    const { batch } = worker(2, { timeout: { ms: 5_000 } })
    const other = worker(1, { timeout: { ms: 200 } })
    const batches = new Map([batch, other.batch].map((one, i) => [i + 1, one]))
    const both = { batches, lookedAt: 0, memoryAt: 0 } as unknown as WorkerHandle
    assert.equal(schedule.isDue(both, START + 199, START), false)
    assert.equal(schedule.isDue(both, START + 200, START), true)
  })

  it('a timeout in medians asks for none until it is known, and then for those that it needs', () => {
    const schedule = new LookSchedule(LIMITS)
    const { handle, batch } = worker(3, { timeout: { ofMedian: 3 } })
    assert.equal(schedule.isDue(handle, START + 10_000, START), false)
    const known = new LookSchedule(LIMITS)
    for (let i = 0; i < 3; i++) batch.job.durations.add(100)
    assert.equal(known.isDue(handle, START + 299, START), false)
    assert.equal(known.isDue(handle, START + 300, START), true)
  })

  it('a step that was seen is looked at again a little after its deadline, when its worker must have ended it', () => {
    const schedule = new LookSchedule(LIMITS)
    const { handle } = worker(3)
    schedule.note(handle, { running: [{ ...seen(0, START), step: 1, until: START + 100 }], staged: [] }, START)
    assert.equal(schedule.isDue(handle, START + 299, START), false)
    assert.equal(schedule.isDue(handle, START + 300, START), true)
  })

  it('a limit of memory asks for one whenever its memory was not reported for 50 ms', () => {
    const schedule = new LookSchedule({ ...LIMITS, maxMemory: 1e9 })
    const { handle } = worker(3)
    handle.memoryAt = START
    assert.equal(schedule.isDue(handle, START + 49, START), false)
    assert.equal(schedule.isDue(handle, START + 50, START), true)
  })

  it('a worker that had nothing to do counts from when it got its new work', () => {
    const schedule = new LookSchedule(LIMITS)
    const { handle } = worker(3, { timeout: { ms: 1_000 } })
    schedule.note(handle, { running: [], staged: [] }, START)
    schedule.forget(handle)
    assert.equal(schedule.isDue(handle, START + 5_999, START + 5_000), false)
    assert.equal(schedule.isDue(handle, START + 6_000, START + 5_000), true)
  })

  it('results can wait behind a slow item only in a batch of several, whose output is in no order', () => {
    const schedule = new LookSchedule(LIMITS)
    assert.equal(schedule.quietMs(worker(1).handle), Infinity)
    assert.equal(schedule.quietMs(worker(3, {}, { ordersOutput: true }).handle), Infinity)
    assert.ok(schedule.quietMs(worker(3).handle) < 200)
  })
})
