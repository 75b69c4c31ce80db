import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ModuleLoadError, WorkerStartError } from '#manyhands/errors/worker-errors.js'
import type { BatchFrame } from '#manyhands/wire/protocol/frames.js'

import { stoppedClock } from '../../support/movable-clock.js'
import type { ScriptedBackend } from '../support/scripted-backend.js'
import { scripted, work } from '../support/work.js'

const NEVER_BEGAN = { reason: 'exit', cause: new Error('spawn EAGAIN') } as const

/** All that have work finish it, until nobody has any. */
function finishAll({ alive }: ScriptedBackend): void {
  for (const worker of alive) while (worker.batches[0] !== undefined) worker.finish(worker.batches[0])
}

describe('workers for which there is no room', () => {
  it('workers that cannot be started are done without, and tried again later', async () => {
    const { dispatcher, backend } = scripted(4)
    backend.limit = 2
    const { job, outcomes } = work(8, { batch: 1 })
    dispatcher.add(job)
    assert.equal(backend.workers.length, 2)
    for (const worker of backend.workers) worker.ready()
    backend.workers[0]?.finish(backend.workers[0].batches[0] as BatchFrame)
    assert.equal(backend.workers.length, 2, 'it is too early to try again')
    backend.limit = Infinity
    // The two are busy and say nothing: the pool comes back to it by itself.
    const third = await backend.worker(2)
    const fourth = await backend.worker(3)
    for (const worker of [third, fourth]) worker.ready()
    finishAll(backend)
    assert.equal(outcomes.values.size, 8)
    assert.equal(outcomes.errors.size, 0)
  })

  it('workers that die while they start are done without, and tried again later', async () => {
    const { dispatcher, backend } = scripted(8)
    const { job, outcomes } = work(16, { batch: 1 })
    dispatcher.add(job)
    assert.equal(backend.workers.length, 8)
    for (const worker of backend.workers.slice(3)) worker.die(NEVER_BEGAN)
    assert.equal(outcomes.ended, undefined, 'others are still coming up')
    assert.equal(backend.workers.length, 8, 'the next are tried later')
    for (const worker of backend.alive) worker.ready()
    for (const worker of backend.alive) while (worker.batches.length > 0) worker.finish(worker.batches[0] as BatchFrame)
    assert.equal(outcomes.values.size, 16)
  })

  it('a worker that cannot be started is an error if there is no other', () => {
    const { dispatcher, backend } = scripted(4)
    backend.limit = 0
    const { job, outcomes } = work(4)
    dispatcher.add(job)
    const error = outcomes.ended?.ending?.thrown
    assert.ok(error instanceof WorkerStartError)
    assert.match(error.message, /spawn EAGAIN/)
  })

  it('it is an error if no worker comes up', () => {
    const { dispatcher, backend } = scripted(4)
    const { job, outcomes } = work(4, { batch: 1 })
    dispatcher.add(job)
    while (outcomes.ended === undefined) {
      assert.ok(backend.workers.length < 20, 'it goes on and on')
      backend.alive[0]?.die(NEVER_BEGAN)
    }
    assert.ok(outcomes.ended.ending?.thrown instanceof WorkerStartError)
    assert.equal(outcomes.values.size, 0)
  })

  it('a worker that hangs while it comes up is ended, and the next is tried', async () => {
    const { dispatcher, backend } = scripted(1, { startTimeout: 20 })
    const { job, outcomes } = work(2, { batch: 2 }, { workerDeaths: 0 })
    dispatcher.add(job)
    await backend.workers[0]?.next('killed')
    const second = await backend.worker(1)
    second.ready()
    finishAll(backend)
    assert.equal(outcomes.values.size, 2)
    assert.equal(second.killed, false)
  })

  it('a worker has the whole initTimeout to load a function, however long it took to come up', async (t) => {
    const { dispatcher, backend } = scripted(1, { initTimeout: 60_000, startTimeout: 600_000 })
    // With a time limit the host looks at a worker with each tick.
    const { job, outcomes } = work(2, { batch: 2 }, { timeout: { ms: 6_000_000 } })
    dispatcher.add(job)
    const [worker] = backend.workers
    assert.ok(worker)
    const thrown = (): unknown => outcomes.ended?.ending?.thrown
    const elapse = stoppedClock(t)
    elapse(120_000)
    worker.comeUp()
    await worker.next('look')
    assert.equal(thrown(), undefined)
    elapse(50_000)
    await worker.next('look')
    assert.equal(thrown(), undefined)
    elapse(11_000)
    await worker.next('killed')
    assert.ok(thrown() instanceof ModuleLoadError)
  })
})
