import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { CaptureError, map, Pool, registerClass } from 'manyhands'
import { Cache, type CachedFunction } from 'manyhands/cache'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { BACKENDS } from '../support/each-backend.js'
import { calls } from './support/functions.js'

type Numbers = CachedFunction<[number], number>

class Meters {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

registerClass(Meters, { name: 'Meters', encode: ({ value }) => value, decode: (value) => new Meters(value) })

describe('cached functions that call cached functions', () => {
  it('call themselves, and compute each result once', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const fibonacci: Numbers = cache.wrap(async (n) =>
      n < 2 ? n : (await fibonacci(n - 1)) + (await fibonacci(n - 2)),
    )
    assert.equal(await fibonacci(30), 832_040)
    const { misses, stored } = cache.stats()
    assert.deepEqual([misses, stored], [31, 31])
    const again: Numbers = new Cache(scratch.file('cache')).wrap(async (n) =>
      n < 2 ? n : (await fibonacci(n - 1)) + (await fibonacci(n - 2)),
    )
    assert.notEqual(await again.key(1), await fibonacci.key(1), 'one calls itself, the other one does not')
  })

  it('call each other', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const isEven: CachedFunction<[number], boolean> = cache.wrap((n) => (n === 0 ? true : isOdd(n - 1)))
    const isOdd: CachedFunction<[number], boolean> = cache.wrap((n) => (n === 0 ? false : isEven(n - 1)))
    assert.equal(await isEven(10), true)
    assert.equal(await isOdd(10), false)
  })

  it('call one that is declared later, after an await', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const outer: Numbers = cache.wrap(async (n) => (await inner(n)) * 2)
    await sleep(20)
    const inner: Numbers = cache.wrap((n) => n + 1)
    assert.equal(await outer(1), 4)
  })

  it('count the code, captured values and version of the functions that they call', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const keyWith = async (inner: Numbers): Promise<string> => cache.wrap(async (n: number) => inner(n)).key(1)
    const adding = (step: number): Numbers => cache.wrap((n) => n + step)
    assert.equal(await keyWith(adding(1)), await keyWith(adding(1)))
    assert.notEqual(await keyWith(adding(1)), await keyWith(adding(2)))
    const versioned = (version: number, step: number): Numbers => cache.wrap((n) => n + step, { version })
    assert.equal(await keyWith(versioned(1, 1)), await keyWith(versioned(1, 2)))
    assert.notEqual(await keyWith(versioned(1, 1)), await keyWith(versioned(2, 1)))
  })

  it('refuse what the functions that they call cannot send, with its name', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const socket = new (class Socket {})()
    const inner = cache.wrap((n: number) => (socket instanceof Object ? n : 0))
    const outer = cache.wrap((n: number) => inner(n))
    const error = await failure(map([1], outer))
    assert.ok(error instanceof CaptureError)
    assert.equal(error.variable, 'socket')
  })

  for (const backend of BACKENDS) {
    describe(`in runs on ${backend}`, () => {
      it('compute each result once for all workers, in which they are cached, too', async () => {
        using scratch = new Scratch()
        const cache = new Cache(scratch.file('cache'))
        const notes = scratch.file('notes')
        const fibonacci: Numbers = cache.wrap(async (n) => {
          appendFileSync(notes, '.')
          return n < 2 ? n : (await fibonacci(n - 1)) + (await fibonacci(n - 2))
        })
        // The other order would wait for nothing.
        assert.deepEqual(await map([20, 19, 18, 3], fibonacci, { backend, workers: 2 }), [6_765, 4_181, 2_584, 2])
        assert.ok(calls(notes) < 100, `${calls(notes)} calls`)
        const before = calls(notes)
        assert.equal(await fibonacci(20), 6_765)
        assert.equal(await fibonacci(7), 13)
        assert.equal(calls(notes), before, 'what workers stored is there')
      })

      it('never wait for a call that waits behind them', async () => {
        using scratch = new Scratch()
        const cache = new Cache(scratch.file('cache'))
        const slow: Numbers = cache.wrap(async (n) => {
          await sleep(25)
          return n < 2 ? n : (await slow(n - 1)) + (await slow(n - 2))
        })
        const pool = new Pool({ backend, workers: 1 })
        try {
          assert.deepEqual(await Promise.all([7, 6, 5].map((n) => pool.run(slow, n))), [13, 8, 5])
          assert.deepEqual(await pool.map([9, 8], slow), [34, 21])
        } finally {
          await pool.close()
        }
      })

      it('have the same keys, members and classes there, and can be sent on', async () => {
        using scratch = new Scratch()
        const cache = new Cache(scratch.file('cache'))
        const twice = cache.wrap(({ value }: Meters) => new Meters(value * 2))
        const task = async (value: number): Promise<unknown[]> => {
          const result = await twice(new Meters(value))
          const [nested] = await map([value], async (one) => (await twice(new Meters(one))).value)
          return [await twice.key(new Meters(value)), await twice.has(new Meters(value)), result, nested]
        }
        assert.deepEqual(await map([2], task, { backend }), [[await twice.key(new Meters(2)), true, new Meters(4), 4]])
      })
    })
  }
})
