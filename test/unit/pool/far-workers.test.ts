import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Job } from '#manyhands/pool/jobs/job.js'
import { FAR_MS, FarDepth, type HeldWork } from '#manyhands/pool/workers/far-depth.js'
import { patienceOf } from '#manyhands/pool/workers/patience.js'
import type { BatchFrame } from '#manyhands/wire/protocol/frames.js'

import { stoppedClock } from '../../support/movable-clock.js'
import { type ScriptedWorker, ScriptedBackend } from '../support/scripted-backend.js'
import { scripted, valuesOf, work } from '../support/work.js'

/** A job whose tasks take so many milliseconds. */
function jobOf(msPerItem: number, bursts = false): Job {
  const { job } = work(1, { bursts })
  job.sizer.observe(100, 100 * msPerItem, 8)
  return job
}

/** A worker that has so many tasks of a job. */
function held(job: Job, pending: number): HeldWork {
  return { pending, workMs: pending * job.sizer.msPerItem, count: () => pending }
}

describe('results of tasks on another machine', () => {
  it('results of a run may wait longer the longer it has run, from 5 ms to 100 ms', (t) => {
    const pass = stoppedClock(t)
    const job = jobOf(10)
    assert.equal(patienceOf(job), 5)
    pass(500)
    assert.ok(Math.abs(patienceOf(job) - 50) < 5)
    pass(10_000)
    assert.equal(patienceOf(job), 100)
  })

  it('results of single calls wait a twentieth of their time, 5 ms at most', (t) => {
    const pass = stoppedClock(t)
    const [short, long] = [jobOf(10, true), jobOf(1_000, true)]
    pass(10_000)
    assert.equal(patienceOf(short), 0.5)
    assert.equal(patienceOf(long), 5)
  })
})

describe('the work that a worker on another machine has', () => {
  it('has room for twice what its results may wait, if only one job has work', (t) => {
    const pass = stoppedClock(t)
    const job = jobOf(10)
    pass(60_000)
    const full = (FAR_MS + 200) / 10
    const depth = new FarDepth()
    for (let pending = 0; pending < full; pending++)
      assert.ok(depth.of(job, held(job, pending), true) > 2, `${pending}`)
    assert.equal(depth.of(job, held(job, Math.ceil(full)), true), 2)
    // It is filled up again when a good part is done.
    assert.equal(depth.of(job, held(job, Math.floor(full) - 2), true), 2)
    assert.ok(depth.of(job, held(job, Math.floor(full) - 6), true) > 2)
    assert.ok(depth.of(job, held(job, Math.floor(full) - 2), true) > 2)
  })

  it('has 32 ms of work if several jobs have some', () => {
    const depth = new FarDepth()
    const job = jobOf(1)
    assert.ok(depth.of(job, held(job, 31), false) > 2)
    assert.equal(depth.of(job, held(job, 32), false), 2)
  })

  it('has two batches at most while nothing is known of its tasks, or if they are long', () => {
    const depth = new FarDepth()
    const [unknown, long] = [work(1).job, jobOf(60_000)]
    assert.equal(depth.of(unknown, held(unknown, 2), true), 2)
    assert.equal(depth.of(long, held(long, 2), true), 2)
  })

  it('has room for long tasks beside many batches of short ones', () => {
    const depth = new FarDepth()
    const long = jobOf(60_000)
    assert.ok(depth.of(long, { pending: 6, workMs: 30, count: () => 0 }, false) > 6)
    assert.equal(depth.of(long, { pending: 9, workMs: 60_030, count: () => 1 }, false), 2)
  })

  it('is taken back when another job has work', async (t) => {
    const pass = stoppedClock(t)
    const { dispatcher, worker } = far()
    const first = work(1_000, { batch: 1 })
    dispatcher.add(first.job)
    worker.ready()
    pass(60_000)
    for (let i = 0; i < 5; i++) worker.finish(worker.batches[0] as BatchFrame, 10)
    const had = worker.batches.length
    assert.ok(had >= 20, `${had} batches`)
    const second = work(1, { batch: 1 })
    dispatcher.add(second.job)
    const isRevoked = ({ slot }: BatchFrame): boolean => worker.beacon.isEmpty(slot)
    while (!worker.batches.some(isRevoked)) await new Promise((resolve) => setImmediate(resolve))
    // Batches that were taken back end without an outcome.
    for (const batch of worker.batches.filter(isRevoked)) worker.done(batch, [], [], { end: true })
    const left = worker.batches.length
    assert.ok(left * 10 <= FAR_MS + 20, `${left} of ${had} batches are left`)
    let finished = 0
    for (; worker.batches[0]?.group === first.job.id; finished++) worker.finish(worker.batches[0], 10)
    assert.ok(finished <= left + 1, `${finished} batches came first`)
    assert.equal(worker.batches[0]?.group, second.job.id)
    assert.equal(first.outcomes.doubles, 0)
  })

  it('if the worker is gone without a word, what it may have begun meanwhile is suspected, and the rest is not', (t) => {
    const pass = stoppedClock(t)
    const { dispatcher, backend, worker } = far()
    const { job } = work(1_000, { batch: 1 })
    dispatcher.add(job)
    worker.ready()
    pass(60_000)
    for (let i = 0; i < 5; i++) worker.finish(worker.batches[0] as BatchFrame, 10)
    const had = worker.batches.length
    const first = valuesOf(worker.batches[0] as BatchFrame)[0] as number
    worker.vanish({ reason: 'heartbeat' })
    const [, next] = backend.workers
    assert.ok(next)
    next.ready()
    const suspects: number[] = []
    for (let batch = next.batches[0]; batch?.attempts?.[0] === 2; batch = next.batches[0]) {
      suspects.push(valuesOf(batch)[0] as number)
      next.finish(batch)
    }
    assert.deepEqual(
      suspects,
      Array.from({ length: Math.ceil(had / 2) }, (_, i) => first + i),
    )
    assert.ok(next.batches.every(({ attempts }) => attempts === undefined))
  })
})

/** A pool with one worker on another machine. */
function far(): {
  dispatcher: ReturnType<typeof scripted>['dispatcher']
  backend: ScriptedBackend
  worker: ScriptedWorker
} {
  const { dispatcher, backend } = scripted(1, { backend: new ScriptedBackend({ remote: true }) })
  dispatcher.warmUp()
  return { dispatcher, backend, worker: backend.workers[0] as ScriptedWorker }
}
