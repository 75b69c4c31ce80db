import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'

import { ResourceLimitError, TaskTimeoutError } from '#manyhands/errors/task-errors.js'
import { ModuleLoadError } from '#manyhands/errors/worker-errors.js'
import { NO_RETRIES } from '#manyhands/task/failure-policy.js'
import type { BatchFrame, CancelFrame } from '#manyhands/wire/protocol/frames.js'

import { oneBatch, scripted, valuesOf, work } from '../support/work.js'

describe('a task that takes too long', () => {
  it('a task that takes too long fails on time, and its worker goes on if it answers the cancel', async () => {
    const { worker, batch, outcomes } = oneBatch(2, {}, { timeout: { ms: 1_000 } })
    const cancelled = worker.next('cancel')
    worker.begin(batch, 1_001)
    await cancelled
    const error = outcomes.errors.get(0)
    assert.ok(error instanceof TaskTimeoutError)
    assert.equal(error.timeout, 1_000)
    const { offset } = worker.sent.at(-1) as CancelFrame
    assert.equal(offset, 0)
    worker.beacon.leave(0)
    worker.tell({ type: 'cancelled', batch: batch.id, offset: 0 })
    worker.begin(batch)
    worker.done(batch, [1], ['fine'], { end: true })
    assert.equal(outcomes.values.get(1), 'fine')
    assert.equal(worker.killed, false)
  })

  it('a task that does not answer the cancel is ended with its worker; its mates run elsewhere, uncharged', async () => {
    const { dispatcher, backend, worker, outcomes } = oneBatch(3, {}, { timeout: { ms: 1_000 }, workerDeaths: 0 })
    const killed = worker.next('killed')
    worker.begin(worker.batches[0] as BatchFrame, 1_001)
    await killed
    assert.deepEqual([...outcomes.errors.keys()], [0])
    const next = await backend.worker(1)
    next.ready()
    assert.deepEqual(
      next.batches.map((frame) => [valuesOf(frame), frame.attempts]),
      [[[1, 2], undefined]],
    )
    next.finish(next.batches[0] as BatchFrame)
    assert.deepEqual(outcomes.ended, { ending: undefined })
    // The pool ended it itself: that is no crash.
    assert.equal(dispatcher.workerSet.restarts, 0)
  })

  it('the timeout of a task counts from its own start', async () => {
    const { worker, outcomes } = oneBatch(1, {}, { timeout: { ms: 60_000 } })
    worker.begin(worker.batches[0] as BatchFrame, 59_000)
    for (let looks = 0; looks < 3; looks++) await worker.next('look')
    assert.equal(outcomes.errors.size, 0)
    worker.finish(worker.batches[0] as BatchFrame)
    assert.equal(outcomes.values.size, 1)
  })

  it('a timeout relative to the median of very short tasks is 50 ms', async () => {
    const { worker, outcomes } = oneBatch(4, { batch: 1 }, { timeout: { ofMedian: 3 } })
    const next = (): BatchFrame => worker.batches[0] as BatchFrame
    for (let i = 0; i < 3; i++) worker.finish(next(), 0.001)
    worker.begin(next(), 51)
    await outcomes.until(() => outcomes.errors.size > 0)
    const error = outcomes.errors.get(3)
    assert.ok(error instanceof TaskTimeoutError)
    assert.equal(error.timeout, 50)
    worker.tell({ type: 'cancelled', batch: next().id, offset: 0 })
    worker.done(next(), [], [], { end: true })
  })

  it('a timeout relative to the median counts once three tasks have succeeded', async () => {
    const { worker, outcomes } = oneBatch(5, { batch: 1 }, { timeout: { ofMedian: 3 } })
    const next = (): BatchFrame => worker.batches[0] as BatchFrame
    worker.finish(next(), 100)
    worker.finish(next(), 100)
    worker.begin(next(), 5_000)
    for (let looks = 0; looks < 2; looks++) await worker.next('look')
    assert.equal(outcomes.errors.size, 0)
    worker.beacon.leave(0)
    worker.finish(next(), 100)
    worker.begin(next(), 250)
    for (let looks = 0; looks < 2; looks++) await worker.next('look')
    assert.equal(outcomes.errors.size, 0)
    worker.beacon.leave(1)
    worker.finish(next(), 100)
    worker.begin(next(), 301)
    await outcomes.until(() => outcomes.errors.size > 0)
    const error = outcomes.errors.get(4)
    assert.ok(error instanceof TaskTimeoutError)
    assert.equal(error.timeout, 300)
    worker.tell({ type: 'cancelled', batch: next().id, offset: 0 })
    worker.done(next(), [], [], { end: true })
  })

  it('a task that took too long runs again if it has retries', async () => {
    const { worker, batch, job, outcomes } = oneBatch(
      1,
      {},
      { timeout: { ms: 1_000 }, retries: { ...NO_RETRIES, times: 1 } },
    )
    const again = worker.next('batch')
    worker.begin(batch, 1_001)
    await worker.next('cancel')
    worker.beacon.leave(0)
    worker.tell({ type: 'cancelled', batch: batch.id, offset: 0 })
    worker.done(batch, [], [], { end: true })
    await again
    assert.deepEqual(worker.batches[0]?.attempts, [2])
    worker.finish(worker.batches[0])
    assert.equal(outcomes.values.size, 1)
    assert.equal(job.retried, 1)
  })

  it('a long task without a timeout is warned of, once', async () => {
    const { worker } = oneBatch(1, {}, {}, { warnAfter: 600_000 })
    const warnings: string[] = []
    const listen = (warning: Error & { code?: string }): void => {
      if (warning.code === 'MH_SLOW_TASK') warnings.push(warning.message)
    }
    process.on('warning', listen)
    const warned = once(process, 'warning')
    worker.begin(worker.batches[0] as BatchFrame, 720_000)
    await warned
    assert.deepEqual(warnings, ['work[0] has been running for 12 minutes; set a timeout if tasks may never end'])
    // Something new makes it look again.
    worker.tell({ type: 'log', stream: 'stdout', level: 'log', text: 'still here', time: 0 })
    await worker.next('look')
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', listen)
    assert.equal(warnings.length, 1)
    worker.finish(worker.batches[0] as BatchFrame)
  })

  it('a task is not warned of before warnAfter', async () => {
    const { worker } = oneBatch(1, {}, {}, { warnAfter: 600_000 })
    let warned = false
    const listen = (): void => void (warned = true)
    process.on('warning', listen)
    worker.begin(worker.batches[0] as BatchFrame, 500_000)
    await worker.next('look')
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', listen)
    assert.equal(warned, false)
    worker.finish(worker.batches[0] as BatchFrame)
  })
})

describe('a worker', () => {
  it('a worker whose module does not finish loading is ended, and the run fails', async () => {
    const { dispatcher, backend } = scripted(1, { initTimeout: 20 })
    const { job, outcomes } = work(2)
    dispatcher.add(job)
    const worker = await backend.worker(0)
    const killed = worker.next('killed')
    worker.comeUp()
    await killed
    const error = outcomes.ended?.ending?.thrown
    assert.ok(error instanceof ModuleLoadError)
    assert.match(error.message, /"work" was not ready after 20 ms/)
  })

  it('a worker that takes twice its maxMemory is ended with its task', async () => {
    const { backend, worker, outcomes } = oneBatch(2, {}, {}, { maxMemory: 1_000 })
    worker.memory = 2_000
    worker.begin(worker.batches[0] as BatchFrame)
    for (let looks = 0; looks < 2; looks++) await worker.next('look')
    assert.equal(outcomes.errors.size, 0)
    worker.memory = 2_001
    await worker.next('killed')
    const error = outcomes.errors.get(0)
    assert.ok(error instanceof ResourceLimitError)
    assert.equal(error.attempts, 1)
    const next = await backend.worker(1)
    next.ready()
    assert.deepEqual(next.batches.slice(0, 1).map(valuesOf), [[1]])
    next.finish(next.batches[0] as BatchFrame)
    assert.deepEqual(outcomes.ended, { ending: undefined })
  })

  it('a worker that is above maxMemory after a task is replaced', async () => {
    const { backend, worker, outcomes } = oneBatch(2, { batch: 1 }, {}, { maxMemory: 1_000 })
    const batch = worker.batches[0] as BatchFrame
    const results = { values: [0] }
    worker.tell({ type: 'done', batch: batch.id, offsets: 0, results, ms: 1, bytes: 8, end: true, memory: 1_001 })
    const next = await backend.worker(1)
    assert.equal(outcomes.errors.size, 0)
    next.ready()
  })
})
