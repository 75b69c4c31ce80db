import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { BatchError, InvalidStateError, TaskError, TimeoutError } from 'manyhands'

import { failure } from '#manyhands/testing/contract/subject.js'

import { until } from '../../support/until.js'
import { playedRun } from '../support/played-run.js'

const THROWN = new RangeError('no')

describe('the reader of a run', () => {
  it('values are given one by one, as soon as they are there', async () => {
    await using run = playedRun(3)
    const first = run.results.next()
    await run.finish(1)
    assert.deepEqual(await first, { done: false, value: 0 })
    await run.finish(2)
    assert.deepEqual([(await run.results.next()).value, (await run.results.next()).value], [1, 2])
    assert.deepEqual(await run.results.next(), { done: true, value: undefined })
  })

  it('an array waits for all values', async () => {
    await using run = playedRun(4)
    const all = run.results.toArray()
    await run.finish(4)
    assert.deepEqual(await all, [0, 1, 2, 3])
  })

  it('batches() gives all that waits at once', async () => {
    await using run = playedRun(5)
    await run.finish(3)
    const batches = run.results.batches()
    assert.deepEqual((await batches.next()).value, [0, 1, 2])
    const next = batches.next()
    await run.finish(1)
    assert.deepEqual((await next).value, [3])
    await run.finish(1)
    assert.deepEqual((await batches.next()).value, [4])
    assert.equal((await batches.next()).done, true)
  })

  it('settled() gives a record for each outcome, and goes on after failures', async () => {
    await using run = playedRun(3)
    const records = run.results.settled()
    const first = records.next()
    await run.finish(1, THROWN)
    await run.finish(2)
    const record = (await first).value
    assert.ok(record?.status === 'rejected')
    assert.deepEqual([record.index, record.input, record.reason.cause], [0, 0, THROWN])
    assert.deepEqual((await records.next()).value, { status: 'fulfilled', index: 1, value: 1 })
    assert.deepEqual((await records.next()).value, { status: 'fulfilled', index: 2, value: 2 })
    assert.equal((await records.next()).done, true)
  })

  it('values before the first failure are given, then it is thrown, once', async () => {
    await using run = playedRun(3)
    const first = run.results.next()
    await run.finish(1)
    assert.equal((await first).value, 0)
    await run.finish(1, THROWN)
    const error = await failure(run.results.next())
    assert.ok(error instanceof TaskError)
    assert.equal(error.task.index, 1)
    assert.deepEqual(await run.results.next(), { done: true, value: undefined })
  })

  it('a failure before anybody reads is thrown to a loop, and is a record for settled()', async () => {
    await using looped = playedRun(2)
    await looped.finish(1, THROWN)
    assert.ok((await failure(looped.results.next())) instanceof TaskError)
    await using settled = playedRun(2)
    await settled.finish(1, THROWN)
    await settled.finish(1)
    const states: string[] = []
    for await (const { status } of settled.results.settled()) states.push(status)
    assert.deepEqual(states, ['rejected', 'fulfilled'])
  })

  it("onError 'collect' gives the values, then one BatchError with a record of each outcome", async () => {
    await using run = playedRun(3, { onError: 'collect' })
    const all = failure(run.results.toArray())
    await run.finish(1)
    await run.finish(1, THROWN)
    await run.finish(1)
    const error = await all
    assert.ok(error instanceof BatchError)
    assert.deepEqual(
      error.results.map(({ status, index }) => [status, index]),
      [
        ['fulfilled', 0],
        ['rejected', 1],
        ['fulfilled', 2],
      ],
    )
  })

  it('onError with a function gives what it returns; what it throws ends the run', async () => {
    await using run = playedRun(2, { onError: ({ task }) => -1 - task.index })
    const all = run.results.toArray()
    await run.finish(1)
    await run.finish(1, THROWN)
    assert.deepEqual(await all, [0, -2])
    const own = new Error('from onError')
    await using ended = playedRun(3, {
      onError: () => {
        throw own
      },
    })
    const failed = failure(ended.results.toArray())
    await ended.finish(1, THROWN)
    assert.equal(await failed, own)
  })

  it('a stall timeout rejects the read, loses nothing, and lets the reader go on in another form', async () => {
    await using run = playedRun(4, { stallTimeout: 100 })
    await run.finish(2)
    const error = await failure(run.results.toArray())
    assert.ok(error instanceof TimeoutError)
    const batches = run.results.batches()
    assert.deepEqual((await batches.next()).value, [0, 1])
    await run.finish(2)
    const rest: number[] = []
    for await (const batch of batches) rest.push(...batch)
    assert.deepEqual(rest, [2, 3])
  })

  it('a run has one reader: a second form of reading is refused', async () => {
    await using run = playedRun(1)
    const batches = run.results.batches()
    assert.throws(() => run.results.settled(), InvalidStateError)
    assert.throws(() => run.results.batches(), /already read as batches/)
    await run.finish(1)
    assert.deepEqual((await batches.next()).value, [0])
  })

  it('a loop that is left ends the run: nothing more is sent', async () => {
    await using run = playedRun(10, { window: 2 })
    const worker = await run.worker()
    await run.finish(1)
    for await (const value of run.results) {
      assert.equal(value, 0)
      break
    }
    assert.equal(run.results.stats().done, 1)
    assert.ok(worker.sent.filter(({ type }) => type === 'batch').length <= 3)
    assert.deepEqual(await run.results.next(), { done: true, value: undefined })
  })

  it('a consumer that does not read stops the reading of inputs at the window', async () => {
    await using run = playedRun(100, { window: 4 })
    await run.finish(4)
    await until(() => run.results.stats().waiting === 4)
    assert.equal(run.results.stats().read, 4)
    assert.deepEqual((await run.results.next()).value, 0)
    await until(() => run.results.stats().read > 4)
  })
})
