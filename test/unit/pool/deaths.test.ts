import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { WorkerCrashedError } from '#manyhands/errors/task-errors.js'
import { ModuleLoadError, WorkerStartError } from '#manyhands/errors/worker-errors.js'
import type { BatchFrame } from '#manyhands/wire/protocol/frames.js'

import type { ScriptedWorker } from '../support/scripted-backend.js'
import { idle, oneBatch, scripted, work, valuesOf } from '../support/work.js'

const EXIT = { reason: 'exit', exitCode: 3 } as const

/** The inputs of a batch, which attempt each is, and how many may run at once. */
function described(frame: BatchFrame | undefined): unknown {
  return frame && [valuesOf(frame), frame.attempts, frame.concurrency]
}

/** Finishes all that a worker has, and is given meanwhile. */
function finishAll(worker: ScriptedWorker): void {
  while (worker.batches[0] !== undefined) worker.finish(worker.batches[0])
}

describe('a worker that dies', () => {
  it('a death charges the task that ran, which runs again alone; its mates go back uncharged', async () => {
    const { dispatcher, backend, worker, batch, outcomes } = oneBatch(8, { batch: 4 })
    worker.begin(batch)
    worker.beacon.leave(0)
    worker.done(batch, [0], [0])
    worker.begin(batch)
    worker.die(EXIT)
    const next = await backend.worker(1)
    assert.deepEqual(next.batches.map(described), [[[1], [2], 1]])
    next.ready()
    next.finish(next.batches[0] as BatchFrame)
    assert.deepEqual(described(next.batches[0]), [[2, 3, 4, 5], undefined, 1])
    finishAll(next)
    assert.deepEqual([...outcomes.values.keys()].toSorted(), [0, 1, 2, 3, 4, 5, 6, 7])
    assert.equal(outcomes.doubles, 0)
    assert.equal(dispatcher.workerSet.restarts, 1)
  })

  it('a task fails after workerDeaths deaths', async () => {
    const { dispatcher, backend } = scripted(1)
    const { job, outcomes } = work(1, {}, { workerDeaths: 2 })
    dispatcher.add(job)
    for (let death = 0; death < 3; death++) {
      const worker = await backend.worker(death)
      worker.ready()
      assert.deepEqual(worker.batches[0]?.attempts, death === 0 ? undefined : [death + 1])
      worker.begin(worker.batches[0] as BatchFrame)
      worker.die({ reason: 'signal', signal: 'SIGSEGV' })
    }
    const error = outcomes.errors.get(0)
    assert.ok(error instanceof WorkerCrashedError)
    assert.deepEqual([error.reason, error.signal, error.attempts], ['signal', 'SIGSEGV', 3])
    assert.equal(backend.workers.length, 3)
  })

  it('a death makes all suspects that ran at once: each runs alone, and only the guilty one is charged', async () => {
    const { backend, worker, outcomes } = oneBatch(4, { concurrency: 3 }, { workerDeaths: 0 })
    for (let i = 0; i < 3; i++) worker.begin(worker.batches[0] as BatchFrame)
    worker.die(EXIT)
    assert.equal(outcomes.errors.size, 0)
    const second = await backend.worker(1)
    second.ready()
    assert.deepEqual(second.batches.map(described), [[[0], [2], 1]])
    second.finish(second.batches[0] as BatchFrame)
    assert.deepEqual(second.batches.map(described), [[[1], [2], 1]])
    second.begin(second.batches[0] as BatchFrame)
    second.die(EXIT)
    assert.deepEqual([...outcomes.errors.keys()], [1])
    const third = await backend.worker(2)
    third.ready()
    finishAll(third)
    assert.deepEqual([...outcomes.values.keys()].toSorted(), [0, 2, 3])
    assert.deepEqual(outcomes.ended, { ending: undefined })
  })

  it('a death of which nothing is known makes suspects of all that may have run beside each other', async () => {
    const { dispatcher, backend, workers } = idle(1)
    const [worker] = workers
    assert.ok(worker)
    const jobs = [
      work(2, { batch: 2, concurrency: 2 }, { workerDeaths: 0 }),
      work(2, { batch: 1 }, { workerDeaths: 0 }),
      work(1, { batch: 1, concurrency: 3 }, { workerDeaths: 0 }),
    ]
    for (const { job } of jobs) dispatcher.add(job)
    worker.load()
    worker.vanish({ reason: 'heartbeat' })
    const next = await backend.worker(1)
    next.ready()
    // Attempts count where it may have run: of the jobs that share, and of the first batch of the one that does not.
    const attempts = new Map<string, number | undefined>()
    for (let rounds = 0; next.batches[0] !== undefined; rounds++) {
      assert.ok(rounds < 20)
      const [batch] = next.batches
      const of = jobs.findIndex(({ job }) => job.id === batch.group)
      for (const [at, input] of valuesOf(batch).entries()) attempts.set(`${of}:${String(input)}`, batch.attempts?.[at])
      next.finish(batch)
    }
    assert.deepEqual(
      [...attempts].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      [
        ['0:0', 2],
        ['0:1', 2],
        ['1:0', 2],
        ['1:1', undefined],
        ['2:0', 2],
      ],
    )
  })

  it('a worker that dies before it began anything charges no task', async () => {
    const { backend, worker, outcomes } = oneBatch(3, {}, { workerDeaths: 0 })
    worker.die({ reason: 'signal', signal: 'SIGKILL' })
    const next = await backend.worker(1)
    next.ready()
    finishAll(next)
    assert.equal(outcomes.values.size, 3)
  })

  it('two deaths while a module loads fail the run', async () => {
    const { dispatcher, backend } = scripted(1)
    const { job, outcomes } = work(5)
    dispatcher.add(job)
    for (let death = 0; death < 2; death++) {
      const worker = await backend.worker(death)
      worker.comeUp()
      worker.die(EXIT)
    }
    assert.ok(outcomes.ended?.ending?.thrown instanceof ModuleLoadError)
    assert.ok(backend.workers.length <= 3)
  })

  it('SIGKILL while a module loads says nothing of the module, unless it goes on', async () => {
    const { dispatcher, backend } = scripted(1)
    const { job, outcomes } = work(5)
    dispatcher.add(job)
    const thrown = (): unknown => outcomes.ended?.ending?.thrown
    const diesLoading = async (at: number, death: Parameters<ScriptedWorker['die']>[0]): Promise<void> => {
      const worker = await backend.worker(at)
      worker.comeUp()
      worker.die(death)
    }
    const KILLED = { reason: 'signal', signal: 'SIGKILL' } as const
    for (let at = 0; at < 7; at++) await diesLoading(at, KILLED)
    assert.equal(thrown(), undefined)
    // One that loads it shows that it can be loaded.
    const good = await backend.worker(7)
    good.ready()
    good.die(EXIT)
    for (let at = 8; at < 15; at++) await diesLoading(at, KILLED)
    assert.equal(thrown(), undefined)
    await diesLoading(15, KILLED)
    assert.ok(thrown() instanceof ModuleLoadError)
  })

  it('a worker that dies before it was ready is tried three times', async () => {
    const { dispatcher, backend } = scripted(2)
    const { job, outcomes } = work(5)
    dispatcher.add(job)
    for (let death = 0; death < 3; death++) backend.alive[0]?.die(EXIT)
    const error = outcomes.ended?.ending?.thrown
    assert.ok(error instanceof WorkerStartError)
    assert.match(error.message, /the last 3 ended before they were ready/)
  })

  it('a worker is replaced after maxTasks tasks', async () => {
    const { dispatcher, backend, workers } = idle(1, { maxTasks: 4 })
    const { job, outcomes } = work(8, { batch: 1 })
    dispatcher.add(job)
    const [first] = workers
    assert.ok(first)
    first.load()
    // One of its four it ran before.
    finishAll(first)
    assert.equal(first.sent.filter(({ type }) => type === 'batch').length, 3)
    assert.equal(first.sent.at(-1)?.type, 'close')
    for (let at = 1; outcomes.ended === undefined; at++) {
      const next = await backend.worker(at)
      next.ready()
      finishAll(next)
    }
    assert.equal(outcomes.values.size, 8)
    assert.equal(backend.workers.length, 3)
  })
})
