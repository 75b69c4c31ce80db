import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { BatchFrame } from '#manyhands/wire/protocol/frames.js'

import type { ScriptedWorker } from '../support/scripted-backend.js'
import { idle, oneBatch, type Work, work, valuesOf } from '../support/work.js'

/** How many items of a job a worker has in unfinished batches. */
function itemsOf({ job }: Work, worker: ScriptedWorker): number {
  const own = worker.batches.filter(({ group }) => group === job.id)
  return own.reduce((sum, batch) => sum + valuesOf(batch).length, 0)
}

describe('jobs that share a worker', () => {
  it('each have as much in it as may run at once, and as much to follow, however many they are', async () => {
    const { dispatcher, workers } = idle(1)
    const [worker] = workers as [ScriptedWorker]
    const jobs = Array.from({ length: 100 }, () => work(50, { batch: 1, concurrency: 3 }))
    for (const { job } of jobs) dispatcher.add(job)
    // With many jobs the dispatcher looks once for all that happened in a turn.
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(new Set(jobs.map((one) => itemsOf(one, worker))), new Set([6]))
    const slots = worker.batches.map(({ slot }) => slot)
    assert.equal(new Set(slots).size, worker.batches.length)
  })

  it('are spread over all workers, however many of their tasks one could run', () => {
    const { dispatcher, workers } = idle(4)
    const many = work(100, { concurrency: 4_096 })
    dispatcher.add(many.job)
    const counts = workers.map((worker) => itemsOf(many, worker))
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      100,
    )
    assert.ok(
      counts.every((count) => count >= 15),
      String(counts),
    )
  })

  it('leave room for a job whose tasks have the worker to themselves', () => {
    const { dispatcher, workers } = idle(1)
    const [worker] = workers as [ScriptedWorker]
    dispatcher.add(work(500, { batch: 1, concurrency: 8 }).job)
    const exclusive = work(20, { batch: 1 })
    dispatcher.add(exclusive.job)
    assert.equal(itemsOf(exclusive, worker), 2)
    const slots = worker.batches.filter(({ group }) => group === exclusive.job.id).map(({ slot }) => slot)
    // Their plain results can be read before they are sent, so that a slow item holds nothing up.
    assert.ok(slots.every((slot) => slot < 8))
  })

  it('use the slots again that they have given back', () => {
    const { dispatcher, workers } = idle(1)
    const [worker] = workers as [ScriptedWorker]
    const given = work(5_000, { batch: 1, concurrency: 10 })
    dispatcher.add(given.job)
    worker.load()
    let highest = 0
    while (worker.batches[0] !== undefined) {
      highest = Math.max(highest, worker.batches[0].slot)
      worker.finish(worker.batches[0])
    }
    assert.equal(given.outcomes.values.size, 5_000)
    assert.ok(highest < 32, `slot ${highest}`)
  })

  it('make room for a suspect: nothing else is given to a worker that is at work', async () => {
    const { dispatcher, backend, workers } = idle(1)
    const other = work(1_000, { batch: 1, concurrency: 4 })
    const guilty = work(2, { batch: 2, concurrency: 2 }, { workerDeaths: 1 })
    dispatcher.add(guilty.job)
    dispatcher.add(other.job)
    const [worker] = workers as [ScriptedWorker]
    worker.load()
    const first = worker.batches.find(({ group }) => group === guilty.job.id) as BatchFrame
    worker.begin(first)
    worker.begin(first)
    worker.die({ reason: 'exit', exitCode: 3 })
    const next = await backend.worker(1)
    next.ready()
    // The workers empty, and both suspects have one to themselves, sooner or later.
    for (let rounds = 0; guilty.outcomes.values.size < 2; rounds++) {
      assert.ok(rounds < 10)
      const alone = next.batches.filter(({ group }) => group === guilty.job.id)
      if (alone.length > 0) assert.equal(next.batches.length, 1)
      const [batch] = next.batches
      assert.ok(batch)
      next.finish(batch)
    }
  })
})

describe('a failure that ends its job', () => {
  const options = { failureEnds: (): boolean => true }

  it('is announced with the batch, if the task does not run again', () => {
    assert.equal(oneBatch(2, options).batch.fatal, true)
    assert.equal(oneBatch(2).batch.fatal, undefined)
    assert.equal(oneBatch(2, { failureEnds: () => false }).batch.fatal, undefined)
    const retries = { times: 1, delay: 0, maxDelay: 0, factor: 1, jitter: false, when: undefined }
    assert.equal(oneBatch(2, options, { retries }).batch.fatal, undefined)
  })

  it('is answered, so that a worker that stopped for nothing goes on with what it gave back', async () => {
    const { worker, batch, outcomes, job } = oneBatch(4, options)
    const resumed = worker.next('resume')
    worker.begin(batch)
    worker.batches.length = 0
    worker.tell({
      type: 'done',
      batch: batch.id,
      offsets: [0],
      results: { values: [undefined] },
      failures: [[0, { kind: 'thrown', error: { value: 'no', specials: undefined, bytes: 2 } }]],
      ms: 1,
      bytes: 8,
      end: true,
      stopped: true,
    })
    await resumed
    assert.deepEqual(worker.sent.at(-1), { type: 'resume', group: job.id })
    const again = worker.batches[0] as BatchFrame
    assert.deepEqual(valuesOf(again), [1, 2, 3])
    worker.finish(again)
    assert.equal(outcomes.errors.size, 1)
    assert.deepEqual([...outcomes.values.keys()], [1, 2, 3])
  })
})
