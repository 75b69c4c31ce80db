import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { BackendError } from '#manyhands/errors/worker-errors.js'
import { encodeThrown } from '#manyhands/wire/codec/encode-thrown.js'
import { type BatchFrame, WIRE_VERSION, type WorkerFrame } from '#manyhands/wire/protocol/frames.js'

import { idle, scripted, work } from '../support/work.js'

/** Results for items that there are not. */
const NO_OFFSETS: readonly (number | readonly number[])[] = [
  -1,
  7,
  2 ** 31,
  0.5,
  Number.NaN,
  [4],
  [-1],
  ['length' as never],
]

function result(batch: number, offsets: number | readonly number[], value: unknown): WorkerFrame {
  return { type: 'done', batch, offsets, results: { values: [value] }, ms: 0, bytes: 8, end: false }
}

describe('what a worker says that it has not been asked', () => {
  it('counts for nothing', () => {
    const { dispatcher, workers } = idle(2)
    const { job, outcomes, fn } = work(8, { batch: 4 })
    dispatcher.add(job)
    const [one, other] = workers
    assert.ok(one && other)
    for (const worker of workers) worker.load()
    const [mine, theirs] = [one.batches[0] as BatchFrame, other.batches[0] as BatchFrame]
    const error = encodeThrown(new Error('forged'))
    // Of batches that nobody has, or another worker.
    for (const id of [0, -1, 99_999, Number.NaN, theirs.id]) {
      one.tell(result(id, 0, 'forged'))
      one.tell({ ...result(id, 0, 'forged'), end: true } as WorkerFrame)
      one.tell({ type: 'cancelled', batch: id, offset: 0 })
      one.tell({ type: 'started', batch: id, offset: 0 })
      one.tell({ type: 'log', batch: id, offset: 0, stream: 'stdout', level: 'log', text: 'forged', time: 0 })
    }
    for (const offsets of NO_OFFSETS) one.tell(result(mine.id, offsets, 'forged'))
    for (const offset of [-1, 4, 0.5, Number.NaN]) {
      one.tell({ type: 'started', batch: mine.id, offset })
      one.tell({ type: 'cancelled', batch: mine.id, offset })
      one.tell({ type: 'log', batch: mine.id, offset, stream: 'stdout', level: 'log', text: 'forged', time: 0 })
    }
    for (const unknown of [0, -1, fn.id + 1, fn.id]) {
      one.tell({ type: 'recall', call: unknown, fn: unknown, step: -1, args: 'none' as never })
      one.tell({ type: 'keep', call: unknown, result: { value: 'forged', specials: undefined, bytes: 8 } })
    }
    for (const unknown of [0, -1, fn.id + 1]) {
      one.tell({ type: 'loaded', fn: unknown, stateful: true })
      one.tell({ type: 'load-failed', fn: unknown, phase: 'module', error })
    }
    one.tell({ type: 'no such frame' } as unknown as WorkerFrame)
    assert.equal(outcomes.values.size + outcomes.errors.size, 0)
    // Twice, and again once it is over.
    one.done(mine, [0], ['first'])
    one.done(mine, [0], ['second'])
    one.tell({ ...result(mine.id, 0, undefined), failures: [[0, { kind: 'thrown', error }]] } as WorkerFrame)
    one.finish(mine)
    one.tell(result(mine.id, 1, 'late'))
    one.tell({ ...result(mine.id, 1, 'late'), end: true } as WorkerFrame)
    other.finish(theirs)
    for (const worker of workers) while (worker.batches[0] !== undefined) worker.finish(worker.batches[0])
    assert.deepEqual(
      Array.from({ length: 8 }, (_, i) => outcomes.values.get(i)),
      ['first', 1, 2, 3, 4, 5, 6, 7],
    )
    assert.equal(outcomes.doubles, 0)
    assert.equal(outcomes.errors.size, 0)
    assert.deepEqual(outcomes.ended, { ending: undefined })
  })

  it('is refused where it is of another version of the protocol', () => {
    for (const version of [0, WIRE_VERSION + 1, undefined, '1']) {
      const { dispatcher, backend } = scripted(1)
      const { job, outcomes } = work(2)
      dispatcher.add(job)
      const [worker] = backend.workers
      assert.ok(worker)
      worker.tell({ type: 'ready', version: version as number, pid: 0 })
      assert.ok(outcomes.ended?.ending?.thrown instanceof BackendError)
      assert.ok(worker.killed)
    }
  })
})
