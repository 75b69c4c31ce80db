import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'

import * as fc from 'fast-check'
import { Pool } from 'manyhands'

import { decode } from '#manyhands/wire/codec/decode.js'
import { Encoder } from '#manyhands/wire/codec/encoder.js'
import { deserialize, serialize } from '#manyhands/wire/protocol/v8-bytes.js'
import { readShaped } from '#manyhands/wire/shapes/shape-reader.js'
import { ShapeWriter } from '#manyhands/wire/shapes/shape-writer.js'

import { BACKENDS, check } from './support/check.js'
import { values } from './support/values.js'

const keys = fc.oneof(
  fc.constantFrom('id', 'name', 'tags', 'of'),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '', '0', '10', '9', 'a\0', '\0'),
  fc.string({ unit: 'binary' }),
)

const leaves = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, NaN, '', '\ud800', '\udc00', '😀'),
)

/** Objects and arrays of plain parts, many of them with the same keys. */
const { plain } = fc.letrec<{ plain: unknown }>((tie) => ({
  plain: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaves,
    fc.array(tie('plain'), { maxLength: 5 }),
    fc.array(fc.double(), { maxLength: 20 }),
    fc.array(fc.tuple(keys, tie('plain')), { maxLength: 6 }).map(objectOf),
    fc.tuple(tie('plain'), tie('plain')).map(([id, name]) => ({ id, name })),
    fc.tuple(tie('plain'), tie('plain')).map(([name, id]) => ({ name, id, tags: [] })),
  ),
}))

function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {}
  for (const [key, value] of entries)
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  return object
}

/** Values after their way when each is encoded. */
function encodedWay(list: readonly unknown[]): { arrived: unknown[]; bytes: number[] } {
  const encoder = new Encoder()
  const encoded = list.map((value) => encoder.encode(value))
  const sent = deserialize(serialize(encoded.map(({ value, specials }) => [value, specials]))) as [unknown, undefined][]
  return { arrived: sent.map(([value, specials]) => decode(value, specials)), bytes: encoded.map((one) => one.bytes) }
}

/** All that there is to values, the order of keys, the sign of zero and holes among it. */
function everythingOf(list: readonly unknown[]): string {
  return inspect(list, { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null })
}

export function identity<T>(value: T): T {
  return value
}

/** Returns objects of which each has its own reason not to travel, if its input names one. */
export function refused({ kind, of }: { kind: string; of: unknown }): unknown {
  return { of, bad: unsendable(kind) }
}

const KINDS = ['function', 'symbol', 'proxy', 'class', 'throws', 'key', 'deep', 'promise', 'cycle', 'date', 'none']

function unsendable(kind: string): unknown {
  switch (kind) {
    case 'function':
      return [unsendable]
    case 'symbol':
      return { s: Symbol('s') }
    case 'proxy':
      return [{ p: new Proxy({}, {}) }]
    case 'class':
      return new (class Account {})()
    case 'throws':
      return {
        get x(): never {
          throw new Error('cannot be read')
        },
      }
    case 'key':
      return { [Symbol.for('k')]: 1 }
    case 'deep': {
      let value: unknown = 1
      for (let level = 0; level < 2_100; level++) value = [value]
      return value
    }
    case 'promise':
      return { p: Promise.resolve() }
    case 'cycle': {
      const value: unknown[] = []
      return value.push(value) && value
    }
    case 'date':
      return new Date(0)
    default:
      return null
  }
}

describe('values by shape', () => {
  const writer = new ShapeWriter()

  it('arrive as encoded ones do, and count as many bytes', async () => {
    await check(
      fc.array(plain, { maxLength: 30 }),
      (list) => {
        const bytes = list.map((value) => writer.add(value, Infinity))
        const arrived = readShaped(deserialize(serialize(writer.finish())))
        const other = encodedWay(list)
        assert.deepStrictEqual(arrived, other.arrived)
        assert.equal(everythingOf(arrived), everythingOf(other.arrived))
        assert.deepEqual(bytes, other.bytes)
      },
      3_000,
    )
  })

  it('are written or left out whole, whatever they hold', async () => {
    await check(
      fc.array(values, { maxLength: 30 }),
      (list) => {
        const before = everythingOf(list)
        const ones = list.filter((value) => writer.add(value, Infinity) !== -1)
        const arrived = readShaped(deserialize(serialize(writer.finish())))
        assert.deepStrictEqual(arrived, ones)
        assert.equal(everythingOf(arrived), everythingOf(encodedWay(ones).arrived))
        assert.equal(everythingOf(list), before)
      },
      3_000,
    )
  })

  it('share no part with each other', async () => {
    await check(
      plain.filter((value) => typeof value === 'object' && value !== null),
      (value) => {
        for (const one of [value, { value }, value]) writer.add(one, Infinity)
        const [first, second, third] = readShaped(writer.finish()) as [object, { value: object }, object]
        assert.ok(first !== second.value && first !== third && second.value !== third)
      },
      300,
    )
  })

  it('are refused if their bytes were changed, or are some other values', async () => {
    const before = [Object, Array].map((type) => Object.getOwnPropertyNames(type.prototype).length)
    await check(
      fc.tuple(
        fc.array(plain, { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(20),
      ),
      ([list, changes, cut]) => {
        for (const value of list) writer.add(value, Infinity)
        const [count, numbers, bytes, text, others, shapes] = writer.finish()
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
        const pieces: unknown[] = [count, numbers, bytes, text, others, shapes]
        if (cut < 6) pieces[cut] = [cut, text.slice(1), [], bytes.slice(1), undefined][changes.length]
        try {
          assert.ok(readShaped(pieces).length <= bytes.length)
        } catch (error) {
          assert.ok(error instanceof Error)
        }
      },
      20_000,
    )
    const after = [Object, Array].map((type) => Object.getOwnPropertyNames(type.prototype).length)
    assert.deepEqual(after, before)
    assert.deepEqual([Object.keys(Object.prototype), Object.keys(Array.prototype)], [[], []])
  })
})

for (const backend of BACKENDS) {
  describe(`plain objects in batches: ${backend}`, () => {
    it('come back as they were, also with others among them', async () => {
      await using pool = new Pool({ backend, workers: 1 })
      const objects = fc.tuple(plain, plain).map(([id, name]) => ({ id, name }))
      await check(
        fc.tuple(
          fc.array(fc.oneof({ weight: 20, arbitrary: objects }, { weight: 1, arbitrary: values }), {
            minLength: 100,
            maxLength: 100,
            size: 'max',
          }),
          fc.constantFrom(8, 20, 100),
        ),
        async ([inputs, batch]) => {
          const outputs = await pool.map(inputs, identity, { batch })
          assert.deepStrictEqual(outputs, inputs)
          assert.equal(everythingOf(outputs), everythingOf(encodedWay(inputs).arrived))
        },
        30,
      )
    })

    it('are refused as they are alone, as inputs and as results', async () => {
      await using pool = new Pool({ backend, workers: 1 })
      const onError = (error: Error): unknown => ({ refused: `${error.name}: ${error.message}` })
      const requests = fc.record({
        kind: fc.oneof(
          { weight: 9, arbitrary: fc.constant('none') },
          { weight: 1, arbitrary: fc.constantFrom(...KINDS) },
        ),
        of: plain,
      })
      await check(
        fc.array(requests, { minLength: 60, maxLength: 60, size: 'max' }),
        async (list) => {
          const inputs = list.map(({ kind, of }) => ({ of, bad: unsendable(kind) }))
          const outcomes = async (batch: number): Promise<unknown[]> => [
            ...(await pool.map(inputs, identity, { batch, onError })),
            ...(await pool.map(list, refused, { batch, onError })),
          ]
          const together = await outcomes(30)
          assert.deepStrictEqual(together, await outcomes(1))
        },
        15,
      )
    })
  })
}
