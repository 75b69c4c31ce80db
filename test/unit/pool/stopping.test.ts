import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { TaskAbortedError } from '#manyhands/errors/task-errors.js'
import { monotonicNow } from '#manyhands/util/time.js'

import type { ScriptedWorker } from '../support/scripted-backend.js'
import { oneBatch } from '../support/work.js'

/** The items that the host has told a worker to cancel. */
function cancelled({ sent }: ScriptedWorker): number[] {
  return sent.flatMap((frame) => (frame.type === 'cancel' ? [frame.offset] : []))
}

describe('an item that its worker has taken, and that is not shown as running yet', () => {
  it('is cancelled once it is shown, if its run is over; then its worker is ended', async () => {
    const { dispatcher, worker, batch, job } = oneBatch(3)
    assert.equal(worker.beacon.claim(batch.slot), 0)
    const looked = worker.next('look')
    dispatcher.remove(job, 'enough')
    await looked
    assert.deepEqual(cancelled(worker), [])
    const told = worker.next('cancel')
    worker.beacon.enter(0, batch.slot, 0, monotonicNow())
    await told
    await worker.next('killed')
    assert.deepEqual(cancelled(worker), [0])
  })

  it('is aborted once it is shown, if its run is halted', async () => {
    const { dispatcher, worker, batch, job, outcomes } = oneBatch(3)
    assert.equal(worker.beacon.claim(batch.slot), 0)
    const looked = worker.next('look')
    dispatcher.halt(job, 'now', 'enough')
    await looked
    const told = worker.next('cancel')
    worker.beacon.enter(0, batch.slot, 0, monotonicNow())
    await told
    assert.deepEqual([...outcomes.errors.keys()].toSorted(), [0, 1, 2])
    for (const error of outcomes.errors.values()) assert.ok(error instanceof TaskAbortedError)
    assert.equal((outcomes.errors.get(0) as TaskAbortedError).attempts, 1)
    await worker.next('killed')
  })

  it('is cancelled no second time when it has answered, though a late look still shows it', async () => {
    const { dispatcher, worker, batch, job } = oneBatch(1)
    worker.begin(batch)
    const told = worker.next('cancel')
    dispatcher.remove(job, 'enough')
    await told
    worker.tell({ type: 'cancelled', batch: batch.id, offset: 0 })
    await worker.next('look')
    await worker.next('look')
    assert.deepEqual(cancelled(worker), [0])
    assert.equal(worker.killed, false)
    worker.done(batch, [0], [0], { end: true })
  })
})
