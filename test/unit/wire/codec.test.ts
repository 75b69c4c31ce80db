import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { deserialize, serialize } from 'node:v8'

import { ClassRegistry } from '#manyhands/wire/codec/class-registry.js'
import { decode } from '#manyhands/wire/codec/decode.js'
import { encodeThrown } from '#manyhands/wire/codec/encode-thrown.js'
import { type EncoderOptions, Encoder } from '#manyhands/wire/codec/encoder.js'
import { pathTo } from '#manyhands/wire/codec/path.js'
import { Unsendable } from '#manyhands/wire/codec/unsendable.js'

class Point {
  readonly x: number
  constructor(x: number) {
    this.x = x
  }
}

/** A value after its way: encoded, cloned as in a message, decoded. */
function there<T>(value: T, options: EncoderOptions = {}): T {
  const { value: plain, specials } = structuredClone(new Encoder(options).encode(value))
  return decode(plain, specials, { classes: options.classes }) as T
}

/** Where in a value what cannot travel stands, and why it cannot. */
function refusal(value: unknown): [path: string, reason: string] {
  try {
    new Encoder().encode(value)
  } catch (error) {
    assert.ok(Unsendable.is(error), String(error))
    return [pathTo(value, error.offender, 'input'), error.reason]
  }
  return assert.fail('it was encoded')
}

describe('encoded values', () => {
  it('have no special parts where structured clone keeps them as they are', () => {
    for (const value of [
      1,
      'a',
      null,
      undefined,
      true,
      1n,
      [1, [2]],
      { a: { b: new Date(1) } },
      new Uint8Array(3),
      /a/g,
    ]) {
      const encoded = new Encoder().encode(value)
      assert.equal(encoded.specials, undefined)
      assert.deepStrictEqual(encoded.value, value)
    }
  })

  it('are copies: what happens to the original later does not matter', () => {
    const original = { list: [1], bytes: new Uint8Array([1]), map: new Map([['a', { n: 1 }]]) }
    const { value, specials } = new Encoder().encode(original)
    original.list.push(2)
    original.bytes[0] = 9
    original.map.get('a')!.n = 9
    assert.deepStrictEqual(decode(value, specials), {
      list: [1],
      bytes: new Uint8Array([1]),
      map: new Map([['a', { n: 1 }]]),
    })
  })

  it('bring what structured clone does not: Buffers, URLs, objects without a prototype', () => {
    const value = {
      b: Buffer.from('abc'),
      u: new URL('https://a.example/b?c'),
      o: Object.create(null) as object,
      s: [new URL('x:y')],
    }
    const back = there(value)
    assert.deepStrictEqual(back, value)
    assert.ok(Buffer.isBuffer(back.b))
    assert.equal(Object.getPrototypeOf(back.o), null)
  })

  it('keep special parts wherever they stand', () => {
    const buffer = Buffer.from('x')
    const values = [
      buffer,
      Object.assign([buffer], { 2: buffer }),
      new Map<unknown, unknown>([[buffer, new URL('a:b')]]),
      new Set([buffer, new RangeError('r')]),
      { __proto__: null, a: buffer },
      Object.defineProperty({}, '__proto__', { value: buffer, enumerable: true, configurable: true, writable: true }),
      new Error('outer', { cause: { buffer, list: [new URL('a:b')] } }),
      Object.assign([1], { named: buffer }),
    ]
    for (const value of values) assert.deepStrictEqual(there(value), value)
  })

  it('keep what is the same the same, through cycles, too', () => {
    const error = new Error('same') as Error & { self?: unknown }
    error.self = error
    const buffer = Buffer.from('b')
    const map = new Map<unknown, unknown>()
    map.set('map', map).set(map, [buffer, buffer])
    const back = there({ error, again: error, map })
    assert.equal(back.error, back.again)
    assert.equal(back.error.self, back.error)
    assert.equal(back.map.get('map'), back.map)
    const [first, second] = back.map.get(back.map) as unknown[]
    assert.equal(first, second)
  })

  it('share nothing with the value before, by the same encoder', () => {
    const encoder = new Encoder()
    const part = { n: 1 }
    const [a, b] = [encoder.encode([part]), encoder.encode([part])].map(({ value }) => value as object[])
    assert.deepEqual(a, b)
    assert.notEqual(a?.[0], b?.[0])
    assert.throws(() => encoder.encode([part, () => 1]), Unsendable.is)
    const { value, specials } = encoder.encode([part])
    assert.deepEqual(value, [{ n: 1 }])
    assert.equal(specials, undefined)
  })

  it('know about how large they are', () => {
    const bytesOf = (value: unknown): number => new Encoder().encode(value).bytes
    assert.ok(bytesOf('x'.repeat(1_000)) >= 1_000)
    assert.ok(bytesOf(new Uint8Array(5_000)) >= 5_000)
    assert.ok(bytesOf([1, 2, 3]) < 200)
    assert.ok(bytesOf({ deep: [{ b: Buffer.alloc(3_000) }] }) >= 3_000)
  })

  it('may hold instances of registered classes', () => {
    const classes = new ClassRegistry()
    classes.add(Point.prototype, {
      name: 'Point',
      encode: (point) => [(point as Point).x],
      decode: (data) => new Point((data as [number])[0]),
    })
    const back = there({ at: new Map([['p', new Point(3)]]) }, { classes })
    assert.ok(back.at.get('p') instanceof Point)
    assert.equal(back.at.get('p')?.x, 3)
    const { value, specials } = new Encoder({ classes }).encode([new Point(1)])
    assert.throws(() => decode(value, specials), /no class is registered as "Point" here/)
  })

  it('an instance whose decode throws is named by its class', () => {
    const classes = new ClassRegistry()
    const decodePoint = (): never => {
      throw new Error('no such point')
    }
    classes.add(Point.prototype, { name: 'Point', encode: () => 1, decode: decodePoint })
    const { value, specials } = new Encoder({ classes }).encode([new Point(1)])
    assert.throws(
      () => decode(value, specials, { classes }),
      /^TypeError: holds an instance of "Point" that cannot be decoded: no such point$/,
    )
  })
})

describe('what cannot travel', () => {
  const symbol = Symbol('s')
  const cases: readonly (readonly [what: string, value: unknown, path: string, reason: RegExp])[] = [
    ['a function', () => 1, 'input', /is a function/],
    ['a function deep inside', { items: [1, { fn() {} }] }, 'input.items[1].fn', /is a function/],
    ['a symbol', [symbol], 'input[0]', /is a symbol/],
    ['an abort signal', [new AbortController().signal], 'input[0]', /is an instance of AbortSignal; .*currentTask\(\)/],
    ['an async context', new AsyncLocalStorage(), 'input', /is an instance of AsyncLocalStorage; .*getStore\(\)/],
    ['an instance', { at: { p: new Point(1) } }, 'input.at.p', /is an instance of Point.*registerClass/],
    ['an instance of a class without a name', [new (class {})()], 'input[0]', /an unnamed class/],
    ['a promise', { later: Promise.resolve(1) }, 'input.later', /is a Promise; await it first/],
    ['a WeakMap', [[new WeakMap()]], 'input[0][0]', /is a WeakMap/],
    ['a WeakSet', { 'odd key': new WeakSet() }, 'input["odd key"]', /is a WeakSet/],
    ['something in a Map', new Map([['k', () => 1]]), 'input.get("k")', /is a function/],
    ['something in a Set', new Set([symbol]), 'input.values()', /is a symbol/],
    ['something in an error', { e: new Error('x', { cause: () => 1 }) }, 'input.e.cause', /is a function/],
    [
      'a generator object',
      [
        (function* () {
          yield 1
        })(),
      ],
      'input[0]',
      /is a generator object/,
    ],
    ['a timer', { timer: setTimeout(() => {}, 0) }, 'input.timer', /open handle|instance of Timeout/],
    ['a socket', { server: createServer() }, 'input.server', /holds a socket; open it inside the task/],
    ['the global object', { g: globalThis }, 'input.g', /./],
  ]
  for (const [what, value, path, reason] of cases) {
    it(`is refused with its place: ${what}`, () => {
      const [where, why] = refusal(value)
      assert.equal(where, path)
      assert.match(why, reason)
    })
  }

  it('is what is nested too deeply, rather than a crash', () => {
    let deep: unknown = 1
    for (let i = 0; i < 50_000; i++) deep = [deep]
    assert.match(refusal(deep)[1], /nested (too|more than)/)
  })

  it('is what throws when it is read', () => {
    const getter = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('secret')
      },
    })
    assert.match(refusal({ getter })[1], /secret|could not be read|accessor/)
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    assert.equal(typeof refusal({ proxy })[1], 'string')
  })
})

describe('what was thrown', () => {
  function back(thrown: unknown): unknown {
    const { value, specials } = deserialize(serialize(encodeThrown(thrown))) as ReturnType<typeof encodeThrown>
    return decode(value, specials)
  }

  it('comes as it was, where it can', () => {
    for (const thrown of [null, undefined, 0, '', 'text', 5n, { a: [1] }, [], Number.NaN, -0])
      assert.deepStrictEqual(back(thrown), thrown)
  })

  it('keeps class, name, stack, causes and fields of errors', () => {
    const error = Object.assign(new RangeError('outer', { cause: new TypeError('inner') }), {
      code: 'E',
      at: new Date(3),
    })
    error.name = 'Odd'
    const copy = back(error) as RangeError & { code: string; at: Date }
    assert.ok(copy instanceof RangeError)
    assert.deepEqual([copy.name, copy.message, copy.stack, copy.code], ['Odd', 'outer', error.stack, 'E'])
    assert.deepStrictEqual(copy.at, new Date(3))
    assert.ok(copy.cause instanceof TypeError)
    const many = back(new AggregateError([new Error('a'), 2], 'many')) as AggregateError
    assert.deepEqual([many.message, many.errors.length, many.errors[1]], ['many', 2, 2])
  })

  it('has texts in the place of what cannot travel', () => {
    const copy = back(Object.assign(new Error('kept'), { fn: () => 1, ok: 1 })) as Error & { fn: unknown; ok: number }
    assert.equal(copy.message, 'kept')
    assert.match(String(copy.fn), /^\[uncloneable: .*function/)
    assert.equal(copy.ok, 1)
    assert.match(String(back(() => 1)), /^\[uncloneable: /)
  })

  it('is cut where it is endless', () => {
    const copy = back(new Error('x'.repeat(10_000_000))) as Error
    assert.ok(copy.message.length <= 65_600, String(copy.message.length))
    assert.ok((copy.stack ?? '').length < 200_000)
  })
})
