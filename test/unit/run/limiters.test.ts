import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'

import { MemoryLimiter, RateLimiter } from '#manyhands/run/source/limiters.js'

import { stoppedClock } from '../../support/movable-clock.js'

/** A clock, and timers that go by it. */
function played(t: TestContext): (ms: number) => void {
  const elapse = stoppedClock(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  return (ms) => {
    elapse(ms)
    t.mock.timers.tick(ms)
  }
}

describe('a rate limiter', () => {
  it('a rate of 10 a second lets one start each 100 ms', (t) => {
    const pass = played(t)
    const limiter = new RateLimiter(10)
    let opened = 0
    limiter.onOpen(() => opened++)
    assert.equal(limiter.room(5), 1)
    limiter.started(1)
    assert.equal(limiter.room(5), 0)
    pass(90)
    assert.deepEqual([opened, limiter.room(5)], [0, 0])
    pass(11)
    assert.deepEqual([opened, limiter.room(5)], [1, 1])
    limiter.close()
  })

  it('time in which nothing started is not made up for by a burst', (t) => {
    const pass = played(t)
    const limiter = new RateLimiter(1_000)
    assert.equal(limiter.room(100), 1)
    limiter.started(1)
    pass(5_000)
    // What a late timer may have missed, and no more.
    assert.equal(limiter.room(100), 11)
    limiter.close()
  })

  it('a limiter that was closed wakes no one', (t) => {
    const pass = played(t)
    const limiter = new RateLimiter(10)
    limiter.onOpen(() => assert.fail('it was closed'))
    limiter.room(1)
    limiter.started(1)
    assert.equal(limiter.room(1), 0)
    limiter.close()
    pass(1_000)
  })
})

describe('a memory limiter', () => {
  it('a memory limiter lets one start at a time while there is enough memory, else none, warns once, and looks again', async (t) => {
    const pass = played(t)
    let free = 2_000
    const limiter = new MemoryLimiter(1_000, () => free)
    let opened = 0
    limiter.onOpen(() => opened++)
    assert.equal(limiter.room(8), 1)
    free = 999
    const warnings: unknown[] = []
    const listen = ({ code }: Error & { code?: string }): void => void (code?.startsWith('MH_') && warnings.push(code))
    process.on('warning', listen)
    t.after(() => process.off('warning', listen))
    assert.deepEqual([limiter.room(8), limiter.room(8)], [0, 0])
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(warnings, ['MH_LOW_MEMORY'])
    assert.equal(opened, 0)
    pass(100)
    assert.equal(opened, 1)
    free = 1_000
    assert.equal(limiter.room(8), 1)
    limiter.close()
  })
})
