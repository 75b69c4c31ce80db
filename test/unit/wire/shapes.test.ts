import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createContext, runInContext } from 'node:vm'

import { Encoder } from '#manyhands/wire/codec/encoder.js'
import { ColumnBuilder } from '#manyhands/wire/protocol/column-builder.js'
import { deserialize, serialize } from '#manyhands/wire/protocol/v8-bytes.js'
import { readShaped } from '#manyhands/wire/shapes/shape-reader.js'
import { ShapeWriter } from '#manyhands/wire/shapes/shape-writer.js'
import type { ShapedValues } from '#manyhands/wire/shapes/shaped-values.js'
import { Shaping } from '#manyhands/wire/shapes/shaping.js'

/** Writes values by shape; fails if one of them cannot be written. */
function written(...values: readonly unknown[]): ShapedValues {
  const writer = new ShapeWriter()
  for (const value of values) assert.notEqual(writer.add(value, Infinity), -1)
  return writer.finish()
}

/** Values after their way to a worker. */
function there(...values: readonly unknown[]): unknown[] {
  return readShaped(deserialize(serialize(written(...values))))
}

function isRefused(value: unknown): boolean {
  return new ShapeWriter().add(value, Infinity) === -1
}

/** Arrays in each other. */
function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

describe('values that are written by shape', () => {
  it('arrive as they are', () => {
    const long = 'x'.repeat(100)
    const values: unknown[] = [
      { id: 1, name: 'short', text: long, none: null, missing: undefined, yes: true, no: false, big: 10n ** 30n },
      [-0, NaN, Infinity, 1.5, 2 ** 53],
      [1, 'a', 2, { a: [] }, [[]], {}],
      { '': 1, 2: 'two', 1: 'one', toString: 'own', constructor: 3 },
      'short',
      7,
      undefined,
      null,
      { unpaired: '\ud83d', and: '\ude00', wide: '日本語', latin: 'é', emoji: '😀'.repeat(20) },
    ]
    assert.deepStrictEqual(there(...values), values)
    assert.ok(Object.is((there([-0])[0] as number[])[0], -0))
  })

  it('keep the order of their keys, whatever came before', () => {
    const values = [
      { a: 1, b: 2 },
      { b: 1, a: 2 },
      { a: 1 },
      { a: 1, b: 2, c: 3 },
      {},
      { b: { a: 1 } },
      { a: { b: 1 } },
    ]
    const arrived = there(...values, ...values)
    assert.equal(JSON.stringify(arrived), JSON.stringify([...values, ...values]))
  })

  it('keep more keys than shapes are made for, and keys of any text', () => {
    const table = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key ${i}`, i]))
    const many = Array.from({ length: 300 }, (_, i) => ({ [`only ${i}`]: { [`${i} as well`]: i } }))
    const odd = [JSON.parse('{"__proto__":{"a":1},"b":2}') as object, { 'with\0null': 1, '\0': 2 }]
    const values = [table, ...many, ...odd]
    const arrived = there(...values)
    assert.deepStrictEqual(arrived, values)
    assert.deepEqual(Object.keys(arrived.at(-2) as object), ['__proto__', 'b'])
    assert.equal(Object.getPrototypeOf(arrived.at(-2)), Object.prototype)
  })

  it('are told apart by their keys, also if a key holds what ends a key', () => {
    const values = [{ a: 1, '': 2 }, { 'a\0': 3 }, { 'a\0': 4, '': 5 }, { '\0': 6 }]
    assert.deepStrictEqual(there(...values), values)
  })

  it('are copies, and share nothing with each other', () => {
    const part = { n: 1 }
    const writer = new ShapeWriter()
    writer.add({ part }, Infinity)
    part.n = 2
    writer.add({ part }, Infinity)
    const [first, second] = readShaped(writer.finish()) as [{ part: { n: number } }, { part: { n: number } }]
    assert.deepEqual([first.part.n, second.part.n], [1, 2])
    assert.notEqual(first.part, second.part)
  })

  it('need each shape once, also if two messages are written at once', () => {
    const writers = [new ShapeWriter(), new ShapeWriter()]
    for (let i = 0; i < 100; i++) for (const writer of writers) writer.add({ a: i, b: { c: i } }, Infinity)
    for (const writer of writers) {
      const values = writer.finish()
      assert.equal(values[5].length, 2)
      assert.deepEqual(readShaped(values).at(-1), { a: 99, b: { c: 99 } })
    }
  })

  it('can be frozen, and have hidden properties and getters, as if they were encoded', () => {
    const hidden = Object.defineProperty({ a: 1 }, 'b', { value: 2, enumerable: false })
    let reads = 0
    const computed = {
      get a() {
        return ++reads
      },
    }
    assert.deepStrictEqual(there(Object.freeze({ a: [1] }), hidden, computed), [{ a: [1] }, { a: 1 }, { a: 1 }])
    assert.equal(reads, 1)
  })

  it('count as many bytes as if they were encoded', () => {
    const encoder = new Encoder()
    const writer = new ShapeWriter()
    const values = [
      { a: 1, bb: 'text', c: [1, 'x', [true, null]], d: { e: undefined, f: 1n } },
      [],
      {},
      [[1, 2, 3]],
      null,
    ]
    for (const value of values) assert.equal(writer.add(value, Infinity), encoder.encode(value).bytes)
  })
})

describe('values that cannot be written by shape', () => {
  it('are those that structured clone or a special part has to carry', () => {
    const part = {}
    const cycle: unknown[] = []
    cycle.push(cycle)
    const named = Object.assign([1, 2], { name: 3 })
    const holed = [1, 2, 3]
    delete holed[1]
    const instead = Object.assign([1, 2, 3], { name: 4 })
    delete instead[1]
    const otherRealm: unknown = runInContext('({ a: [1] })', createContext({}))
    for (const value of [
      ...[new Date(), new Map(), new Set(), /a/, new Error('a'), new Uint8Array(1), new ArrayBuffer(1)],
      ...[() => 1, Symbol('a'), Object(1), new URL('a:b'), new (class A {})(), Object.create(null)],
      ...[{ [Symbol('a')]: 1 }, named, holed, instead, otherRealm, cycle, { a: part, b: part }, [part, [part]]],
      ...[new Proxy({}, {}), new Proxy([], {}), nested(65), Object.create({ a: 1 })],
    ])
      assert.ok(isRefused({ a: [value] }) && isRefused(value), Object.prototype.toString.call(value))
    assert.equal(isRefused(nested(64)), false)
    const parts = Array.from({ length: 100 }, () => ({}))
    assert.equal(isRefused(parts), false)
    assert.equal(isRefused([...parts, parts[50]]), true)
  })

  it('are those whose getters throw, and those above the limit', () => {
    const throws = {
      a: 'text',
      get b(): never {
        throw new Error('no')
      },
    }
    const writer = new ShapeWriter()
    assert.ok(writer.add({ a: 1 }, Infinity) > 0)
    assert.equal(writer.add(throws, Infinity), -1)
    assert.equal(writer.add({ a: 'x'.repeat(100) }, 50), -1)
    assert.equal(writer.add({ a: ['y', 2, { b: () => 1 }] }, Infinity), -1)
    assert.ok(writer.add({ a: 2 }, Infinity) > 0)
    assert.deepEqual(readShaped(writer.finish()), [{ a: 1 }, { a: 2 }])
  })

  it('are all objects while all have an enumerable property in common', () => {
    Reflect.defineProperty(Object.prototype, 'everywhere', { value: 1, enumerable: true, configurable: true })
    try {
      assert.ok(isRefused({ a: 1 }))
    } finally {
      Reflect.deleteProperty(Object.prototype, 'everywhere')
    }
    assert.equal(isRefused({ a: 1 }), false)
  })
})

describe('bytes that are no values by shape', () => {
  const [count, numbers, bytes, text, list, shapes] = written({ a: 1, b: 'b', c: ['long enough to be listed'] })
  const deep = new Uint8Array(8 * 70 + 71).fill(8, 8 * 70)
  new Float64Array(deep.buffer, 0, 70).fill(1)

  for (const [what, values] of Object.entries({
    'no list': 7,
    nothing: undefined,
    'too few parts': [1],
    'a count that is too large': [2 ** 32, numbers, bytes, text, list, shapes],
    'more numbers than bytes': [count, 1_000, bytes, text, list, shapes],
    'a text that is missing': [count, numbers, bytes, undefined, list, shapes],
    'a text that is too long': [count, numbers, bytes, `${text}x`, list, shapes],
    'a text that is too short': [count, numbers, bytes, '', list, shapes],
    'an empty list': [count, numbers, bytes, text, [], shapes],
    'a shape that is missing': [count, numbers, bytes, text, list, []],
    'a shape that is no text': [count, numbers, bytes, text, list, [[]]],
    'a shape that sets the prototype': [count, numbers, bytes, text, list, ['__proto__\0b\0c\0']],
    'too many shapes': [count, numbers, bytes, text, list, new Array(65).fill('')],
    'fewer values than bytes': [0, numbers, bytes, text, list, shapes],
    'an unknown tag': [1, 0, new Uint8Array([255]), '', [], []],
    'a tag that is missing': [1, 0, new Uint8Array([6]), '', [], ['']],
    'an array that is longer than all': [1, 1, withNumber(2 ** 31, 8), '', [], []],
    'numbers that are not there': [1, 1, withNumber(3, 9), '', [], []],
    'a table without keys': [1, 1, withNumber(1, 7), '', [], []],
    'a length that is no number': [1, 1, withNumber(NaN, 9), '', [], []],
    'more levels than are written': [1, 70, deep, '', [], []],
  }))
    it(`are refused: ${what}`, () => {
      assert.throws(() => readShaped(values), Error)
    })
})

/** A number, and a tag after it. */
function withNumber(value: number, tag: number): Uint8Array {
  const bytes = new Uint8Array(9)
  new Float64Array(bytes.buffer, 0, 1)[0] = value
  bytes[8] = tag
  return bytes
}

describe('a column', () => {
  it('is written by shape if it begins with an object and may have several values', () => {
    const encoder = new Encoder()
    const built = (values: readonly unknown[], most: number): boolean => {
      const column = new ColumnBuilder()
      for (const value of values) if (column.addShaped(value, encoder, most) < 0) column.push(value)
      column.seal()
      assert.deepStrictEqual([...column.column(undefined).values], values)
      assert.equal(column.length, values.length)
      assert.deepStrictEqual(column.value(values.length - 1), values.at(-1))
      return 'shaped' in column.column(undefined)
    }
    assert.equal(built([{ a: 1 }, 2, 'three', undefined], 8), true)
    assert.equal(built([2, { a: 1 }], 8), false)
    assert.equal(built([{ a: 1 }, 'x', 3, new Date(1)], 8), false)
    // After that some columns are passed over.
    const others = [{}, 1, 2, 3]
    assert.deepEqual([built(others, 8), built(others, 8), built(others, 8)], [false, false, true])
    assert.equal(built(others, 7), false)
  })

  it('is not written by shape while columns turn out short', () => {
    const encoder = new Encoder()
    const isShaped = (count: number): boolean => {
      const column = new ColumnBuilder()
      for (let i = 0; i < count; i++) if (column.addShaped({ i }, encoder, 100) < 0) column.push({ i })
      column.seal()
      return 'shaped' in column.column(undefined)
    }
    const lengths = [1, 1, 3, 4, 1, 1, 5, 100]
    assert.deepEqual(lengths.map(isShaped), [true, false, false, false, true, false, false, true])
  })

  it('is tried more and more seldom while none can be written by shape', () => {
    const shaping = new Shaping()
    const tries = (count: number): number => {
      let tried = 0
      for (let i = 0; i < count; i++) {
        const writer = shaping.begin(8)
        if (writer === undefined) continue
        tried++
        shaping.fail(writer)
      }
      return tried
    }
    assert.equal(tries(1_000), 20)
  })
})
