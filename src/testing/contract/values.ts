import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map, move, SerializationError, shared, registerClass } from '../../index.ts'
import {
  addOne,
  functionOn,
  identity,
  reuse,
  reuseLarge,
  reuseLargeLater,
  secondTime,
  sumOf,
  Temperature,
  TooCold,
  warmer,
  temperatureCodec,
  tooColdCodec,
} from '../contract-tasks.ts'
import { failure, type Subject } from './subject.ts'

const sparse: unknown[] = [1, 2, 3]
delete sparse[1]

const cyclic: Record<string, unknown> = { name: 'loop' }
cyclic['self'] = cyclic

const VALUES: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['NaN and -0', [Number.NaN, -0]],
  ['a bigint', 12345678901234567890n],
  ['a Date', new Date(86_400_000)],
  ['a regular expression', /a+b/gi],
  ['a Map of Sets', new Map([['a', new Set([1, { b: 2 }])]])],
  ['a sparse array', sparse],
  ['a match with its groups', /(?<year>\d+)/.exec('in 2026')],
  ['typed arrays at any depth', { a: [new Float64Array([1.5, 2.5])], b: new Map([[1, new Uint8Array([7])]]) }],
  ['a Buffer', Buffer.from('héllo')],
  ['a URL', new URL('https://example.org/a?b=c')],
  ['a key named __proto__', JSON.parse('{"__proto__":{"polluted":true}}')],
  ['a cycle', cyclic],
  [
    'an Error with what it carries',
    Object.assign(new RangeError('outer', { cause: new TypeError('inner') }), { code: 'E_X', list: [1] }),
  ],
]

class Unreadable {
  readonly own = {
    get value(): never {
      throw new Error('cannot be read')
    },
  }
}

/** Values that can be sent, and values that are refused. */
export function values({ backend, capabilities }: Subject): void {
  describe('values', () => {
    for (const [name, value] of VALUES) {
      it(`carries ${name} there and back`, async () => {
        const [back] = await map([value], identity, { backend })
        assert.deepEqual(back, value)
      })
    }

    it('keeps Buffers Buffers', async () => {
      const [back] = await map([{ data: Buffer.from('abc') }], identity, { backend })
      assert.ok(Buffer.isBuffer(back?.data))
    })

    it('copies each input on its own, also one that is given twice', async () => {
      const same = { n: 0 }
      const results = await map([same, same, same], addOne, { backend, batch: 3 })
      assert.deepEqual(results, [{ n: 1 }, { n: 1 }, { n: 1 }])
      assert.deepEqual(same, { n: 0 })
    })

    it('copies an input when it is read, also from a generator that uses one object again', async () => {
      function* reusing(): Generator<{ n: number }> {
        const one = { n: 0 }
        for (; one.n < 5; one.n++) yield one
      }
      assert.deepEqual(await map(reusing(), identity, { backend, batch: 5 }), [
        { n: 0 },
        { n: 1 },
        { n: 2 },
        { n: 3 },
        { n: 4 },
      ])
    })

    it('keeps its copies of large arrays until their outcome', async () => {
      const array = new Float64Array(16_384)
      function* reusing(): Generator<Float64Array> {
        for (let i = 0; i < 100; i++) yield array.fill(i)
      }
      const sums: number[] = []
      const options = { backend, workers: 2, retries: 1, window: 20 }
      for await (const back of map(reusing(), secondTime, options)) sums.push(back.reduce((a, b) => a + b))
      assert.deepEqual(
        sums,
        Array.from({ length: 100 }, (_, i) => i * 16_384),
      )
    })

    it('copies a result when its task ends, also one that the task uses again', async () => {
      assert.deepEqual(await map([1, 2, 3], reuse, { backend, batch: 3, workers: 1 }), [[1], [2], [3]])
    })

    for (const from of [0, 100]) {
      it(`copies a large array when its task ends, also one that the task uses again, from ${from} on`, async () => {
        const results = await map([1, 2, 3, 4], reuseLarge, { backend, args: [from], batch: 4, workers: 1 })
        assert.deepEqual(
          results.map((array) => [array.length, array.byteOffset, new Set(array)]),
          [1, 2, 3, 4].map((value) => [10_000 - from, 0, new Set([value])]),
        )
      })
    }

    it('copies large arrays of tasks that run at the same time when each of them ends', async () => {
      const values = Array.from({ length: 9 }, (_, i) => i)
      const results = await map(values, reuseLargeLater, { backend, batch: 9, workers: 1, concurrency: 3 })
      for (const [i, { all, same, bytes }] of results.entries()) {
        assert.deepEqual(new Set(all), new Set([i]))
        assert.equal(same, all)
        assert.ok(Buffer.isBuffer(bytes))
        assert.equal(bytes.readDoubleLE(80_000 - 8), i)
      }
    })

    const refused: readonly (readonly [what: string, make: () => unknown, path: string])[] = [
      ['a function', () => ({ a: [{ f() {} }] }), 'input.a[0].f'],
      ['a symbol', () => [Symbol('s')], 'input[0]'],
      ['an instance of a class', () => ({ when: new (class Clock {})() }), 'input.when'],
      ['a WeakMap', () => ({ 'two words': new WeakMap() }), 'input["two words"]'],
      ['a Promise', () => Promise.resolve(1), 'input'],
      ['a Proxy', () => ({ api: new Proxy({}, { get: () => 'anything' }) }), 'input.api'],
      ['what throws when it is read', () => ({ a: [new Unreadable()].map(({ own }) => own) }), 'input.a[0]'],
    ]
    for (const [what, make, path] of refused) {
      it(`refuses ${what} as input, naming its place`, async () => {
        const error = await failure(map([make()], identity, { backend }))
        assert.ok(error instanceof SerializationError)
        assert.equal(error.path, path)
        assert.equal(error.direction, 'input')
      })
    }

    it('refuses results that cannot travel, and goes on', async () => {
      const results = await map([1, 2, 3], functionOn, {
        backend,
        args: [2],
        onError: (error) => (error as SerializationError).path,
      })
      assert.deepEqual(results, [1, 'result.items[0].fn', 3])
    })

    it('lets registered classes travel, errors among them', async () => {
      registerOnce()
      const [warm] = await map([new Temperature(20)], warmer, { backend })
      assert.ok(warm instanceof Temperature)
      assert.equal(warm.celsius, 21)
      const error = await failure(map([new Temperature(-300)], warmer, { backend }))
      assert.ok((error as Error).cause instanceof TooCold)
      assert.equal(((error as Error).cause as TooCold).celsius, -300)
    })

    it('takes shared and moved arrays', async () => {
      assert.deepEqual(await map([shared(new Float64Array([1, 2]))], sumOf, { backend }), [3])
      const moved = new Float64Array([1, 2, 3])
      assert.deepEqual(await map([move(moved)], sumOf, { backend }), [6])
      assert.equal(moved.length, capabilities.transfer ? 0 : 3)
    })
  })
}

let done = false

/** Registers the classes of the contract's tasks: once for a process, however many backends are tested in it. */
export function registerOnce(): void {
  if (done) return
  done = true
  registerClass(Temperature, temperatureCodec)
  registerClass(TooCold, tooColdCodec)
}
