import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { idle, oneBatch, work, valuesOf } from '../support/work.js'

describe('what waits behind a slow task', () => {
  it('items behind a slow one go to an idle worker before it ends', async () => {
    const { dispatcher, workers } = idle(2)
    const { job, outcomes } = work(40, { batch: 20 })
    dispatcher.add(job)
    const [slow, other] = workers
    assert.ok(slow && other)
    for (const worker of workers) worker.load()
    const [first] = slow.batches
    assert.ok(first)
    assert.deepEqual(valuesOf(first).slice(0, 3), [0, 1, 2])
    assert.equal(slow.begin(first), 0)
    assert.equal(slow.begin(first), 1)
    // The other one works on, as long as there is something, while the slow one sits in its second task.
    await (async () => {
      while (outcomes.values.size < 38) {
        if (other.batches[0] === undefined) await other.next('batch')
        else other.finish(other.batches[0])
      }
    })()
    assert.deepEqual(
      [...outcomes.values.keys()].toSorted((a, b) => a - b),
      Array.from({ length: 38 }, (_, i) => i + 2),
    )
    assert.equal(outcomes.ended, undefined)
    assert.equal(slow.begin(first), -1)
    slow.done(first, [0, 1], [0, 1], { end: true })
    assert.deepEqual(outcomes.ended, { ending: undefined })
    assert.equal(outcomes.doubles, 0)
  })

  it('items stay with their worker if no other could run them', async () => {
    const { worker, batch, outcomes } = oneBatch(10)
    worker.begin(batch)
    for (let looks = 0; looks < 1; looks++) await worker.next('look')
    for (let item = 1; item < 10; item++) assert.equal(worker.begin(batch), item)
    worker.finish(batch)
    assert.deepEqual(outcomes.ended, { ending: undefined })
  })

  it('items are not taken back from a worker that has not come up', async () => {
    const { dispatcher, backend, workers } = idle(1)
    dispatcher.resize(2)
    const { job } = work(40, { batch: 10 })
    dispatcher.add(job)
    const [ready, starting] = backend.workers
    assert.ok(ready && starting && workers.length === 1)
    ready.load()
    for (const frame of ready.batches.splice(0))
      ready.done(frame, [...valuesOf(frame).keys()], valuesOf(frame), { end: true })
    const given = starting.batches.flatMap((frame) => valuesOf(frame))
    starting.ready()
    for (const frame of starting.batches) for (const _ of valuesOf(frame)) assert.notEqual(starting.begin(frame), -1)
    assert.ok(given.length > 0)
  })

  it('plain results are seen before a blocked worker can send them', async () => {
    const { worker, batch, outcomes } = oneBatch(6)
    const results = [7.5, null, undefined, true, 'a text stays']
    for (const [item, value] of results.entries()) {
      assert.equal(worker.begin(batch), item)
      worker.beacon.leave(item)
      worker.beacon.stage(batch.slot, item, value)
    }
    // The last one blocks.
    worker.begin(batch)
    await outcomes.until(() => outcomes.values.size === 4)
    assert.deepEqual(
      [...outcomes.values],
      [
        [0, 7.5],
        [1, null],
        [2, undefined],
        [3, true],
      ],
    )
    worker.done(batch, [0, 1, 2, 3, 4, 5], [...results, 6], { end: true })
    assert.deepEqual(outcomes.ended, { ending: undefined })
    assert.equal(outcomes.values.get(4), 'a text stays')
    assert.equal(outcomes.doubles, 0)
  })

  it('a task whose result was seen early counts for maxTasks until its worker tells of it', async () => {
    // One of its three it ran before.
    const { dispatcher, backend, worker, batch, outcomes } = oneBatch(2, {}, {}, { maxTasks: 3 })
    worker.begin(batch)
    worker.beacon.leave(0)
    worker.beacon.stage(batch.slot, 0, 7.5)
    worker.begin(batch)
    await outcomes.until(() => outcomes.values.size === 1)
    const other = work(1)
    dispatcher.add(other.job)
    assert.deepEqual(worker.batches, [batch])
    worker.done(batch, [0, 1], [7.5, 1], { end: true })
    const replacement = await backend.worker(1)
    replacement.ready()
    const [last] = replacement.batches
    assert.ok(last)
    replacement.finish(last)
    assert.deepEqual(
      [outcomes, other.outcomes].map(({ values }) => [...values.values()]),
      [[7.5, 1], [0]],
    )
    assert.equal(outcomes.doubles, 0)
  })

  it('results finished after a look at the worker are seen by a later look', async () => {
    const { worker, batch, outcomes } = oneBatch(3)
    for (let item = 0; item < 2; item++) {
      worker.begin(batch)
      // It was without a core: it ends this one later, and sits in the one after it.
      for (let looks = 0; looks < 2; looks++) await worker.next('look')
      worker.beacon.leave(item)
      worker.beacon.stage(batch.slot, item, item)
    }
    worker.begin(batch)
    await outcomes.until(() => outcomes.values.size === 2)
    worker.done(batch, [0, 1, 2], [0, 1, 2], { end: true })
    assert.deepEqual(outcomes.ended, { ending: undefined })
  })
})
