import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  availableWorkers,
  InvalidArgumentError,
  InvalidStateError,
  map,
  Pool,
  stateful,
  TaskError,
  TimeoutError,
} from 'manyhands'
import { Cache } from 'manyhands/cache'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { until } from '../../support/until.js'

const SERIAL = { backend: 'serial' } as const

function increment(x: number): number {
  return x + 1
}

function* upTo(count: number): Generator<number> {
  for (let i = 1; i <= count; i++) yield i
}

async function* upToLater(count: number): AsyncGenerator<number> {
  yield* upTo(count)
}

describe('skip', () => {
  const inputs = { 'an array': () => [1, 2, 3], 'a generator': () => upTo(3), 'an async generator': () => upToLater(3) }
  for (const [kind, make] of Object.entries(inputs)) {
    it(`takes a mask of the same length: ${kind}`, async () => {
      assert.deepEqual(await map(make(), increment, { ...SERIAL, skip: [true, false, true] }), [3])
      assert.deepEqual(await map(make(), increment, { ...SERIAL, skip: [true, true, true] }), [])
    })

    it(`refuses a mask of another length: ${kind}`, async () => {
      for (const skip of [[], [true, true], [false, false, false, false]]) {
        const error = await failure((async () => await map(make(), increment, { ...SERIAL, skip }))())
        assert.ok(error instanceof InvalidArgumentError, String(error))
        assert.match(
          error.message,
          /^skip: expected an array as long as the inputs, got \d booleans for (?:3|more) inputs/,
        )
      }
    })

    it(`takes a set of indexes: ${kind}`, async () => {
      assert.deepEqual(await map(make(), increment, { ...SERIAL, skip: new Set([1, 7]) }), [2, 4])
    })
  }

  it('refuses masks and sets of anything else', () => {
    for (const skip of [[1, 0, 1], [undefined], new Set(['1']), new Set([-1]), 'all', {}])
      assert.throws(() => map([1], increment, { skip: skip as never }), InvalidArgumentError)
  })
})

describe('functions that decide', () => {
  const fails = (): never => {
    throw new Error('no')
  }
  const options = {
    skip: { skip: async () => false },
    'retries.when': { retries: { times: 3, when: async () => false } },
    onError: { onError: async () => Promise.reject(new Error('later')) },
  }
  for (const [option, given] of Object.entries(options)) {
    it(`an async ${option} is refused, rather than counted as true`, async () => {
      const error = await failure(map([1, 2], fails, { ...SERIAL, ...(given as object) }))
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.equal(error.option, option)
      assert.match(error.message, /a Promise: it must not be async/)
    })
  }
})

describe('workers', () => {
  it('takes all, and shares in percent', () => {
    assert.equal(availableWorkers('all'), availableWorkers())
    assert.equal(availableWorkers('100%'), availableWorkers())
    assert.equal(availableWorkers('50%'), availableWorkers(0.5))
    assert.equal(availableWorkers('1%'), 1)
    assert.equal(availableWorkers('200%'), 2 * availableWorkers())
    for (const wrong of ['0%', '%', '-50%', 'half', '4', ''])
      assert.throws(() => availableWorkers(wrong as never), InvalidArgumentError)
  })

  it('are taken by runs, pools and resize', async () => {
    assert.deepEqual(await map([1], increment, { ...SERIAL, workers: 'all' }), [2])
    const pool = new Pool({ ...SERIAL, workers: '50%' })
    pool.resize('all')
    await pool.close()
  })
})

describe('a list of stateful workers', () => {
  class Own {
    readonly #number: number

    constructor(number: number) {
      this.#number = number
    }

    call(): number {
      return this.#number
    }
  }

  const list = [1, 2, 3].map((number) => stateful(Own, number))

  it('fixes the number of workers: another one is refused', () => {
    for (const workers of [2, 4]) {
      const error = (() => {
        try {
          map([1], list, { workers })
        } catch (thrown) {
          return thrown
        }
        return undefined
      })()
      assert.ok(error instanceof InvalidArgumentError)
      assert.equal(error.option, 'workers')
      assert.match(error.message, new RegExp(`expected 3.*got ${workers}`))
    }
    map([1], list, { workers: 3 }).cancel()
    map([1], list, { ...SERIAL, workers: 2 }).cancel()
  })

  it('is refused by a pool with fewer workers, and used in part of one with more', async () => {
    const pool = new Pool({ workers: 2 })
    try {
      assert.throws(() => pool.map([1], list), /fn: expected a list of at most 2 stateful workers.*got one of 3/)
      const used = new Set(await pool.map(upTo(50), list.slice(0, 1)))
      assert.deepEqual([...used], [1])
    } finally {
      await pool.close()
    }
  })
})

describe('the array of a run', () => {
  it('can be awaited again, and is the same', async () => {
    const results = map([1, 2], increment, SERIAL)
    const [first, second] = await Promise.all([results, results])
    assert.deepEqual(first, [2, 3])
    assert.equal(second, first)
    assert.equal(await results, first)
    assert.equal(await results.toArray(), first)
    assert.throws(() => results.settled(), InvalidStateError)
  })

  it('rejects again if it did', async () => {
    const results = map([0], (x: number) => (1n / BigInt(x)).toString(), SERIAL)
    const error = await failure(results)
    assert.ok(error instanceof TaskError)
    assert.equal(await failure(results), error)
  })

  it('is read on when it is awaited again after a stall', async () => {
    using scratch = new Scratch()
    const gate = scratch.file('gate')
    const open = async (path: string): Promise<string> => {
      const { existsSync } = await import('node:fs')
      while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5))
      return 'open'
    }
    const results = map([gate], open, { workers: 1, stallTimeout: 150 })
    assert.ok((await failure(results)) instanceof TimeoutError)
    scratch.touch('gate')
    let values: string[] | undefined
    // A slow machine may stall once more.
    await until(async () => (values = await results.toArray().catch(() => undefined)) !== undefined)
    assert.deepEqual(values, ['open'])
  })
})

describe('new Cache()', () => {
  it('has a folder by default', () => {
    assert.match(new Cache().dir ?? '', /[\\/]\.manyhands[\\/]cache$/)
    assert.equal(new Cache(null).dir, null)
  })
})
