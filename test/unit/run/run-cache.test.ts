import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { TaskError } from 'manyhands'
import { Cache } from 'manyhands/cache'

import { Store } from '#manyhands/cache/store/store.js'
import { encodeValue } from '#manyhands/cache/store/value-codec.js'
import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { PlayedRun } from '../support/played-run.js'
import { valuesOf } from '../support/work.js'

const META = { name: 'f', fn: 'module#f', code: 'c'.repeat(64), args: [] }

/** A cached function whose calls only the test's worker makes. */
function cached(cache: Cache): ReturnType<typeof cache.wrap<[number], number>> {
  return cache.wrap((input: number): number => input, { version: '1' })
}

describe('a run with a cache', () => {
  it('inputs whose results are stored never come to a worker', async () => {
    using scratch = new Scratch()
    const fn = cached(new Cache(scratch.file('cache')))
    await fn.inject([1], 100)
    await fn.inject([3], 300)
    await using run = new PlayedRun([1, 2, 3], fn)
    const all = run.results.toArray()
    assert.deepEqual(await run.finish(1), [2])
    assert.deepEqual(await all, [100, 2, 300])
    assert.equal(run.results.stats().cached, 2)
  })

  it('a run of which all is stored starts no worker', async () => {
    using scratch = new Scratch()
    const fn = cached(new Cache(scratch.file('cache')))
    await fn.inject([1], 100)
    await using run = new PlayedRun([1, 1], fn)
    assert.deepEqual(await run.results, [100, 100])
    assert.equal(run.workers.flatMap(({ sent }) => sent).filter(({ type }) => type === 'batch').length, 0)
  })

  it('an input that comes several times is sent once', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    await using run = new PlayedRun([5, 5, 6, 5], cached(cache))
    const all = run.results.toArray()
    assert.deepEqual(await run.finish(2), [5, 6])
    assert.deepEqual(await all, [5, 5, 6, 5])
    assert.equal(cache.stats().joined, 2)
  })

  it('what waits for an input that fails is sent itself', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    await using run = new PlayedRun([5, 5], cached(cache), { onError: 'return' })
    const all = run.results.toArray()
    assert.deepEqual(await run.finish(1, new RangeError('no')), [5])
    assert.deepEqual(await run.finish(1), [5])
    const [first, second] = (await all) as unknown[]
    assert.ok(first instanceof TaskError)
    assert.equal(second, 5)
    assert.equal(cache.stats().stored, 1)
  })

  it('a result is stored before the reader has it', async () => {
    using scratch = new Scratch()
    const dir = scratch.file('cache')
    const fn = cached(new Cache(dir))
    await using run = new PlayedRun([1, 2], fn)
    const first = run.results.next()
    await run.finish(1)
    assert.equal((await first).value, 1)
    assert.equal(await cached(new Cache(dir)).has(1), true)
    assert.equal(await cached(new Cache(dir)).has(2), false)
  })

  it('an input that another process computes is not sent: its result is waited for', async () => {
    using scratch = new Scratch()
    const fn = cached(new Cache(scratch.file('cache')))
    const other = new Store(scratch.file('cache'), scratch.file('cache/v1'), {})
    const claim = other.claims.take(await fn.key(1), 'running')
    await using run = new PlayedRun([1, 2], fn, { ordered: false })
    assert.equal((await Promise.all([run.results.next(), run.finish(1)]))[0].value, 2)
    const rest = run.results.next()
    other.put({ key: await fn.key(1), meta: META, stored: encodeValue(100, {}) })
    claim?.release()
    assert.equal((await rest).value, 100)
    assert.deepEqual(
      run.workers.flatMap(({ sent }) => sent.flatMap((frame) => (frame.type === 'batch' ? valuesOf(frame) : []))),
      [2],
    )
  })

  it('an input that another process gave up is sent', async () => {
    using scratch = new Scratch()
    const fn = cached(new Cache(scratch.file('cache')))
    const other = new Store(scratch.file('cache'), scratch.file('cache/v1'), {})
    const claim = other.claims.take(await fn.key(1), 'running')
    await using run = new PlayedRun([1], fn)
    const all = run.results.start().toArray()
    claim?.release()
    assert.deepEqual(await run.finish(1), [1])
    assert.deepEqual(await all, [1])
  })

  it('a run that is cancelled lets go of its claims and of who waits for its results', async () => {
    using scratch = new Scratch()
    const fn = cached(new Cache(scratch.file('cache')))
    const other = new Store(scratch.file('cache'), scratch.file('cache/v1'), {})
    await using run = new PlayedRun([1, 1], fn)
    const failed = failure(run.results.toArray())
    await run.worker()
    assert.equal(other.claims.take(await fn.key(1), 'running'), undefined)
    run.results.cancel(new RangeError('enough'))
    assert.ok((await failed) instanceof RangeError)
    assert.ok(other.claims.take(await fn.key(1), 'running') !== undefined)
  })
})
