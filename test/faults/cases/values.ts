import assert from 'node:assert/strict'
import { inspect } from 'node:util'

import { map, move, PayloadTooLargeError, Pool, SerializationError, task } from 'manyhands'

import type { CaseFunction } from '../case.js'

export function identity<T>(value: T): T {
  return value
}

/** F4: results that cannot travel, by what they hold. */
export function unreturnable(kind: string): unknown {
  switch (kind) {
    case 'function':
      return () => 1
    case 'symbol':
      return [Symbol('s')]
    case 'instance':
      return {
        items: [
          new (class Point {
            x = 1
            y(): void {}
          })(),
        ],
      }
    case 'WeakMap':
      return new Map([['key', new WeakMap()]])
    case 'promise':
      return { later: Promise.resolve(1) }
    case 'generator':
      return [
        (function* () {
          yield 1
        })(),
      ]
    case 'getter':
      return {
        get a() {
          throw new Error('no')
        },
      }
    case 'revoked': {
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      return { proxy }
    }
    case 'deep': {
      let value: unknown = 1
      for (let i = 0; i < 100_000; i++) value = [value]
      return value
    }
    case 'symbol key':
      return { [Symbol('key')]: 1 }
    case 'typed array of its own class':
      return new (class Mine extends Uint8Array {})(1)
    default:
      return kind
  }
}

const PATHS: readonly (readonly [kind: string, path: string])[] = [
  ['function', 'result'],
  ['symbol', 'result[0]'],
  ['instance', 'result.items[0]'],
  ['WeakMap', 'result.get("key")'],
  ['promise', 'result.later'],
  ['generator', 'result[0]'],
  ['getter', 'result'],
  ['revoked', 'result'],
  ['deep', 'result'],
  ['symbol key', 'result'],
  ['typed array of its own class', 'result'],
]

/** F4: each is its task's error, with the path; others are unhurt. */
export const unreturnables: CaseFunction = async ({ backend }) => {
  const inputs = PATHS.flatMap(([kind]) => [kind, `fine with ${kind}`])
  const outcomes = await map(inputs, unreturnable, { backend, workers: 2, onError: 'return' })
  for (const [i, [kind, path]] of PATHS.entries()) {
    const error = outcomes[i * 2]
    assert.ok(error instanceof SerializationError, `${kind}: ${inspect(error)}`)
    assert.equal(error.direction, 'result', kind)
    assert.ok(error.path.startsWith(path), `${kind}: ${error.path}`)
    assert.equal(outcomes[i * 2 + 1], `fine with ${kind}`)
  }
}

const thrower = {
  get now(): never {
    throw new Error('not readable')
  },
}

/** F6: inputs and arguments that cannot travel are refused one by one, before they are sent. */
export const unsendable: CaseFunction = async ({ backend }) => {
  const wrong: unknown[] = [{ f() {} }, [Symbol('s')], thrower, new WeakSet(), { deep: [() => 1] }]
  const pool = new Pool({ backend, workers: 2 })
  const queue = pool.queue()
  for (const value of wrong) {
    await assert.rejects(pool.run(identity, value), SerializationError)
    await queue.push(task(identity)(value))
    await assert.rejects(queue.pop(), SerializationError)
    await assert.rejects(
      (async () => pool.map([1], (x: number, y: unknown) => [x, y], { args: [value] }))(),
      (error) => error instanceof SerializationError && error.direction === 'argument',
    )
  }
  const mixed = [1, wrong[0], 2, wrong[1], 3]
  const outcomes = await pool.map(mixed, identity, { onError: (error) => (error as SerializationError).path })
  assert.deepEqual(outcomes, [1, 'input.f', 2, 'input[0]', 3])
  assert.deepEqual(await pool.map([1, 2, 3], identity), [1, 2, 3])
  assert.equal(pool.stats().restarts, 0)
  queue.close()
  await pool.close()
}

/** A kind of value whose bytes are in use, and which the task may have made before. */
export function moved(kind: string): unknown {
  const keep = (globalThis as { kept?: Uint8Array }).kept ?? new Uint8Array(3)
  ;(globalThis as { kept?: Uint8Array }).kept = keep
  if (kind === 'kept') return move(keep)
  const bytes = move(new Uint8Array(3))
  if (kind === 'gone') structuredClone(bytes, { transfer: [bytes.buffer] })
  return bytes
}

/** F6: what was moved can be sent once where its bytes are handed over; each other try is one task's error. */
export const movedTwice: CaseFunction = async ({ backend }) => {
  const sizeOf = (value: Uint8Array): number => value.length
  const pathOf = (error: Error): unknown => (error as SerializationError).path
  const copies = backend === 'processes'
  const second = copies ? 8 : 'input'
  for (const batch of [1, 'auto'] as const) {
    const bytes = move(new Uint8Array(8))
    const inputs = [bytes, bytes, new Uint8Array(1), move(new Uint8Array(2))]
    const sizes = await map(inputs, sizeOf, { backend, batch, workers: 1, onError: pathOf })
    assert.deepEqual(sizes, [8, second, 1, 2])
  }
  const views = new Uint8Array(8)
  const whole = { bytes: views, view: new DataView(views.buffer), words: new Uint32Array(views.buffer) }
  const isOne = ({ bytes, view }: typeof whole): boolean => bytes.buffer === view.buffer
  assert.deepEqual(await map([move(whole)], isOne, { backend }), [true])
  const results = await map(['kept', 'fine', 'kept', 'gone', 'fine'], moved, { backend, workers: 1, onError: pathOf })
  const kinds = results.map((value) => (value instanceof Uint8Array ? value.length : value))
  assert.deepEqual(kinds, [3, 3, copies || backend === 'serial' ? kinds[2] : 'result', 'result', 3])
  const inShared = move(new Uint8Array(new SharedArrayBuffer(4)))
  assert.deepEqual(await map([inShared, inShared], sizeOf, { backend }), [4, 4])
}

/** F5 in small: the property tests have the rest. */
export const roundTrip: CaseFunction = async ({ backend }) => {
  const shared = { n: 1 }
  const cyclic: { list: unknown[]; self?: unknown } = { list: [shared, shared] }
  cyclic.self = cyclic
  const sparse = [1, 2, 3]
  delete sparse[1]
  const values = [
    new Date(-1),
    new Map<unknown, unknown>([[new Set([1]), new Date(1)]]),
    -(2n ** 80n),
    new Uint16Array([1, 2]),
    /a/gimsuy,
    [Number.NaN, -0, undefined, null],
    sparse,
    Object.create(null),
    Object(5),
  ]
  assert.deepStrictEqual(await map(values, identity, { backend }), values)
  const [back] = await map([cyclic], identity, { backend })
  assert.equal(back?.self, back)
  assert.equal(back?.list[0], back?.list[1])
}

/** F33: what is large arrives, or is refused clearly. Nothing hangs. */
export const large: CaseFunction = async ({ backend }) => {
  const bytes = new Uint8Array(256 * 1024 * 1024)
  bytes[bytes.length - 1] = 7
  const last = (array: Uint8Array): number[] => [array.length, array.at(-1) ?? -1]
  assert.deepEqual(await map([bytes], last, { backend }), [[bytes.length, 7]])
  const made = await map([300 * 1024 * 1024], (n) => new Uint8Array(n).fill(3, n - 1), { backend })
  assert.deepEqual(last(made[0] as Uint8Array), [300 * 1024 * 1024, 3])
  const long = 'x'.repeat(400_000_000)
  const outcomes = await map([long, 'short'], (text) => [text, text.length], { backend, onError: 'return' })
  const [first, second] = outcomes
  if (first instanceof Error) assert.ok(first instanceof PayloadTooLargeError, inspect(first).slice(0, 500))
  else assert.equal(first?.[1], long.length)
  assert.deepEqual(second, ['short', 5])
}

/** Longer than a string can be. */
export function tooLong(n: number): string {
  return 'x'.repeat(n)
}

/** F33: what cannot even be made is the task's own error. */
export const tooLarge: CaseFunction = async ({ backend }) => {
  const outcomes = await map([2 ** 30, 3], tooLong, { backend, onError: (error) => (error.cause as Error).name })
  assert.deepEqual(outcomes, ['RangeError', 'xxx'])
}

/** F46: names that mean something to JavaScript are names like all others. */
export const pollution: CaseFunction = async ({ backend }) => {
  const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"hasOwnProperty":3,"then":4}'
  const parse = (text: string): [unknown, unknown] => {
    const value = JSON.parse(text) as object
    return [value, ({} as { polluted?: unknown }).polluted]
  }
  const [[value, polluted] = []] = await map([evil], parse, { backend })
  assert.equal(polluted, undefined)
  assert.deepStrictEqual(value, JSON.parse(evil))
  assert.ok(Object.hasOwn(value as object, '__proto__'))
  const [back] = await map([JSON.parse(evil) as object], identity, { backend })
  assert.deepStrictEqual(back, JSON.parse(evil))
  assert.equal(Object.getPrototypeOf(back), Object.prototype)
  const throwing = (text: string): never => {
    throw Object.assign(new Error('evil'), { fields: JSON.parse(text) as unknown }, JSON.parse('{"constructor":5}'))
  }
  const error = await map([evil], throwing, { backend, onError: (one) => one.cause as Error & { fields: object } })
  assert.ok(Object.hasOwn(error[0]?.fields ?? {}, '__proto__'))
  assert.throws(() => map([1], identity, JSON.parse('{"__proto__":{"workers":1}}') as object), { option: '__proto__' })
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
}
