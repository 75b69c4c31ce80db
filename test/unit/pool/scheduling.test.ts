import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { BatchFrame } from '#manyhands/wire/protocol/frames.js'

import { stoppedClock } from '../../support/movable-clock.js'
import type { ScriptedWorker } from '../support/scripted-backend.js'
import { idle, oneBatch, scripted, work, valuesOf } from '../support/work.js'

/** The inputs that a worker was given, per batch. */
function given(worker: ScriptedWorker | undefined): number[][] {
  return (worker?.sent ?? []).flatMap((frame) => (frame.type === 'batch' ? [valuesOf(frame) as number[]] : []))
}

describe('workers', () => {
  it('a worker has two batches: one runs, one waits', () => {
    const { dispatcher, workers } = idle(1)
    const [worker] = workers
    assert.ok(worker)
    dispatcher.add(work(20, { batch: 3 }).job)
    assert.deepEqual(given(worker), [
      [0, 1, 2],
      [3, 4, 5],
    ])
    worker.load()
    assert.equal(given(worker).length, 2)
    worker.finish(worker.batches[0] as never)
    assert.deepEqual(given(worker)[2], [6, 7, 8])
    assert.equal(given(worker).length, 3)
  })

  it('workers are started only if there is something for them', () => {
    const { dispatcher, backend } = scripted(4)
    dispatcher.add(work(0).job)
    assert.equal(backend.workers.length, 0)
    dispatcher.add(work(2, { batch: 1 }).job)
    assert.equal(backend.workers.length, 2)
    dispatcher.add(work(1).job)
    assert.equal(backend.workers.length, 3)
  })

  it('all workers have one batch before any has a second', () => {
    const { dispatcher, backend } = scripted(3)
    dispatcher.add(work(4, { batch: 1 }).job)
    assert.deepEqual(backend.workers.map(given), [[[0], [3]], [[1]], [[2]]])
  })

  it('the worker with least to do gets the next batch', () => {
    const { dispatcher, workers } = idle(2)
    dispatcher.add(work(3, { batch: 2 }).job)
    assert.deepEqual(workers.map(given), [[[0, 1]], [[2]]])
    dispatcher.add(work(1).job)
    // Both have room; the second has fewer inputs.
    assert.deepEqual(workers.map(given), [[[0, 1]], [[2], [0]]])
  })

  it('a job has no more workers than maxWorkers', () => {
    const { dispatcher, backend } = scripted(3)
    dispatcher.add(work(20, { batch: 1, maxWorkers: 2 }).job)
    assert.equal(backend.workers.length, 2)
    dispatcher.add(work(20, { batch: 1, maxWorkers: 1 }).job)
    assert.equal(backend.workers.length, 3)
    assert.equal(given(backend.workers[2]).length, 2)
  })

  it('a worker has as much in flight as may run at once, and as much to follow', () => {
    const { dispatcher, workers } = idle(1)
    dispatcher.add(work(100, { batch: 1, concurrency: 4 }).job)
    assert.equal(given(workers[0]).flat().length, 8)
  })

  it('resize stops workers that are too many one by one, and they take nothing more', () => {
    const { dispatcher, backend } = scripted(2)
    const { job } = work(8, { batch: 1 })
    dispatcher.add(job)
    const [first, second] = backend.workers
    assert.ok(first && second)
    for (const worker of backend.workers) worker.ready()
    dispatcher.resize(1)
    while (second.batches[0] !== undefined) second.finish(second.batches[0])
    assert.equal(second.sent.at(-1)?.type, 'close')
    assert.equal(given(second).length, 2)
    assert.notEqual(first.sent.at(-1)?.type, 'close')
  })
})

describe('workers that are idle', () => {
  it('a worker is stopped idleTimeout after its last work, not after that of others', (t) => {
    const elapse = stoppedClock(t)
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const pass = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 5) {
        elapse(5)
        t.mock.timers.tick(5)
      }
    }
    const { dispatcher, workers } = idle(2, { idleTimeout: 400 })
    const [first, second] = workers
    assert.ok(first && second)
    const isClosed = (): boolean[] => [first, second].map(({ sent }) => sent.at(-1)?.type === 'close')
    // The last work of one ends later than that of the other.
    pass(200)
    dispatcher.add(work(1).job)
    const [busy, other] = first.batches.length > 0 ? [first, second] : [second, first]
    busy.load()
    busy.finish(busy.batches[0] as BatchFrame)
    pass(195)
    assert.deepEqual(isClosed(), [false, false])
    pass(10)
    assert.equal(other.sent.at(-1)?.type, 'close')
    assert.notEqual(busy.sent.at(-1)?.type, 'close')
    pass(185)
    assert.notEqual(busy.sent.at(-1)?.type, 'close')
    pass(10)
    assert.deepEqual(isClosed(), [true, true])
  })
})

describe('jobs', () => {
  it('jobs of higher priority come first', () => {
    const { dispatcher, backend } = scripted(1)
    dispatcher.add(work(3, { batch: 1 }).job)
    const urgent = work(2, { batch: 1 }, { priority: 1 })
    dispatcher.add(urgent.job)
    const [worker] = backend.workers
    assert.ok(worker)
    worker.ready()
    const groups: number[] = []
    while (worker.batches[0] !== undefined) {
      groups.push(worker.batches[0].group)
      worker.finish(worker.batches[0])
    }
    // The first two were given before the urgent ones came.
    assert.deepEqual(
      groups.map((group) => group === urgent.job.id),
      [false, false, true, true, false],
    )
  })

  it('jobs of the same priority have the same time of workers', () => {
    const { dispatcher, backend } = scripted(1)
    const long = work(6, { batch: 1 })
    const short = work(60, { batch: 1 })
    dispatcher.add(long.job)
    dispatcher.add(short.job)
    const [worker] = backend.workers
    assert.ok(worker)
    worker.ready()
    const groups: number[] = []
    for (let i = 0; i < 40; i++) {
      const batch = worker.batches[0]
      assert.ok(batch)
      groups.push(batch.group)
      worker.finish(batch, batch.group === long.job.id ? 10 : 1)
    }
    const ofLong = groups.filter((group) => group === long.job.id).length
    assert.ok(ofLong >= 4 && ofLong <= 6, `${ofLong} of 40`)
  })

  it('a job ends when the last input has its outcome', () => {
    const { worker, batch, outcomes } = oneBatch(3)
    worker.done(batch, [0, 1], ['a', 'b'])
    assert.equal(outcomes.ended, undefined)
    worker.fail(batch, 2, new RangeError('c'), true)
    assert.deepEqual(
      [...outcomes.values],
      [
        [0, 'a'],
        [1, 'b'],
      ],
    )
    assert.match(String(outcomes.errors.get(2)), /work\[2\] failed: RangeError: c/)
    assert.deepEqual(outcomes.ended, { ending: undefined })
  })

  it('a job hands on its last outcomes before its end', () => {
    const { worker, batch, outcomes } = oneBatch(2)
    const heard: string[] = []
    outcomes.flush = () => void heard.push(`flush of ${outcomes.values.size}`)
    outcomes.end = () => void heard.push('end')
    worker.finish(batch)
    assert.deepEqual(heard, ['flush of 2', 'end'])
  })

  it('a second outcome for an input is ignored', () => {
    const { worker, batch, job, outcomes } = oneBatch(2)
    worker.done(batch, [0], ['first'])
    worker.done(batch, [0, 1], ['again', 'b'], { end: true })
    worker.done({ ...batch, id: 9_999 }, [0], ['from nowhere'])
    assert.deepEqual([...outcomes.values.values()], ['first', 'b'])
    assert.equal(outcomes.doubles, 0)
    assert.equal(job.done, 2)
  })

  it('a job that is over leaves no function behind, and running items are told', async () => {
    const { dispatcher, worker, batch, job, outcomes } = oneBatch(5)
    worker.begin(batch)
    const cancelled = worker.next('cancel')
    dispatcher.remove(job, 'enough')
    await cancelled
    assert.deepEqual(
      worker.sent.filter(({ type }) => type === 'forget' || type === 'cancel').map(({ type }) => type),
      ['forget', 'cancel'],
    )
    // What was not begun is not begun any more.
    assert.equal(worker.begin(batch), -1)
    assert.equal(outcomes.values.size + outcomes.errors.size, 0)
    worker.tell({ type: 'cancelled', batch: batch.id, offset: 0 })
    worker.done(batch, [], [], { end: true })
    assert.equal(worker.killed, false)
  })
})
