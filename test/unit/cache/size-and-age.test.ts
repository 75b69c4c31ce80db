import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Cache } from 'manyhands/cache'

import { Scratch } from '#manyhands/testing/scratch.js'

import { movableClock } from '../../support/movable-clock.js'

const text = (x: number, length: number): string => String(x).padEnd(length, '.')

describe('the limits of a cache', () => {
  for (const [kind, length] of [
    ['small', 1_000],
    ['large', 50_000],
  ] as const) {
    it(`maxBytes holds for ${kind} results: the least recently used go first`, async () => {
      using scratch = new Scratch()
      const maxBytes = length * 40
      const cache = new Cache(scratch.file('cache'), { maxBytes })
      const cached = cache.wrap(text)
      for (let i = 0; i < 100; i++) {
        await cached(i, length)
        // In use all the time.
        await cached(0, length)
        assert.ok(cache.stats().bytes <= maxBytes * 1.05, `${cache.stats().bytes} of ${maxBytes} after ${i}`)
      }
      assert.equal(await cached.has(0, length), true)
      assert.equal(await cached.has(1, length), false)
      assert.equal(await cached.has(99, length), true)
    })
  }

  it('maxAge: results that are older are neither used nor kept', async (t) => {
    using scratch = new Scratch()
    const keeping = new Cache(scratch.file('cache')).wrap(text)
    await keeping(1, 10)
    await keeping(2, 50_000)
    const elapse = movableClock(t)
    const cache = new Cache(scratch.file('cache'), { maxAge: 60_000 })
    elapse(50_000)
    assert.equal(await cache.wrap(text).has(1, 10), true)
    assert.equal((await cache.prune()).removed, 0)
    elapse(10_000)
    assert.equal(await cache.wrap(text).has(1, 10), false)
    assert.equal((await cache.prune()).removed, 2)
    assert.ok(cache.stats().bytes < 1_000)
  })

  it('prune takes limits of its own', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const cached = cache.wrap(text)
    for (let i = 0; i < 50; i++) await cached(i, i % 2 === 0 ? 1_000 : 40_000)
    const before = cache.stats().bytes
    assert.equal((await cache.prune()).removed, 0)
    const { removed, bytes } = await cache.prune({ maxBytes: '500K' })
    assert.ok(removed > 10 && bytes <= 500 * 1024 && bytes < before)
    const { entries, corrupt } = await cache.verify()
    assert.deepEqual([entries, corrupt.length], [50 - removed, 0])
    // What is left can be used, and what comes is kept.
    assert.equal(await cached.has(49, 40_000), true)
    assert.equal(await cached(0, 1_000), text(0, 1_000))
    assert.equal(await cached.has(0, 1_000), true)
    await cache.clear()
    assert.equal(cache.stats().bytes, 0)
    assert.equal(await cached.has(49, 40_000), false)
    assert.equal(await cached(49, 40_000), text(49, 40_000))
    assert.equal(await cached.has(49, 40_000), true)
  })
})
