import * as fc from 'fast-check'

const typedArrays = fc.oneof(
  fc.uint8Array(),
  fc.int16Array(),
  fc.uint32Array(),
  fc.float32Array({ noNaN: true }),
  fc.float64Array(),
  fc.bigInt64Array({ maxLength: 5 }),
)

const binary = fc.oneof(
  typedArrays,
  // A view of a part of a larger buffer.
  fc
    .tuple(fc.uint8Array({ minLength: 8, maxLength: 64 }), fc.nat(3), fc.nat(4))
    .map(([bytes, from, length]) => bytes.subarray(from, from + length)),
  fc.uint8Array({ maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  fc
    .uint8Array({ maxLength: 16 })
    .map((bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
  fc.uint8Array({ minLength: 8, maxLength: 16 }).map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, 8)),
)

const errors = fc
  .tuple(
    fc.constantFrom(Error, TypeError, RangeError, SyntaxError, EvalError, URIError, ReferenceError),
    fc.string(),
    fc.dictionary(fc.constantFrom('code', 'errno', 'path', 'extra'), fc.oneof(fc.string(), fc.integer())),
  )
  .map(([Type, message, fields]) => Object.assign(new Type(message, { cause: message.length }), fields))

const leaves = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0, Number.NaN, Infinity, ''),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(/a/, /b+/giu, new RegExp('', 'y'), /\//),
  fc.webUrl().map((url) => new URL(url)),
  // Boxed values are values, too.
  fc.oneof(fc.integer(), fc.string({ maxLength: 3 }), fc.boolean()).map((value) => Object(value) as object),
  binary,
  errors,
)

/** Keys that other codecs stumble over. */
const keys = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'then', 'length', '', '0', '-1', 'value', 'get'),
)

function record(entries: readonly (readonly [string, unknown])[], bare: boolean): object {
  const object = (bare ? Object.create(null) : {}) as object
  for (const [key, value] of entries)
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  return object
}

/** An array with holes, and perhaps a named property. */
function uneven(items: readonly unknown[], holes: readonly number[], name: string | undefined): unknown[] {
  const array = [...items]
  for (const hole of holes) if (hole < array.length) Reflect.deleteProperty(array, hole)
  if (name !== undefined && !/^\d+$/.test(name) && name !== 'length' && name !== '__proto__')
    Object.assign(array, { [name]: 'named' })
  return array
}

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaves,
    fc.array(tie('tree'), { maxLength: 5 }),
    fc
      .tuple(
        fc.array(tie('tree'), { maxLength: 5 }),
        fc.array(fc.nat(5), { maxLength: 3 }),
        fc.option(keys, { nil: undefined }),
      )
      .map(([items, holes, name]) => uneven(items, holes, name)),
    fc
      .tuple(fc.array(fc.tuple(keys, tie('tree')), { maxLength: 5 }), fc.boolean())
      .map(([entries, bare]) => record(entries, bare)),
    fc.array(fc.tuple(tie('tree'), tie('tree')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('tree'), { maxLength: 4 }).map((members) => new Set(members)),
    // One thing in several places.
    tie('tree').map((part) => [part, { again: part }, new Map([['and again', part]])]),
  ),
}))

/** Values of all the types that may travel, nested. */
export const values: fc.Arbitrary<unknown> = tree

/** Values that contain themselves, in each way in which that can be. */
export const cycles: fc.Arbitrary<unknown> = fc
  .tuple(
    values,
    fc.array(fc.constantFrom('object', 'array', 'map', 'key', 'set', 'error', 'cause'), { minLength: 1, maxLength: 4 }),
  )
  .map(([leaf, kinds]) => {
    const top: Record<string, unknown> = { leaf }
    let inner: unknown = top
    for (const kind of kinds) inner = wrap(inner, kind)
    top['self'] = inner
    return top
  })

function wrap(value: unknown, kind: string): unknown {
  switch (kind) {
    case 'array':
      return [value, value]
    case 'map':
      return new Map([['value', value]])
    case 'key':
      return new Map([[value, 'key']])
    case 'set':
      return new Set([value])
    case 'error':
      return Object.assign(new Error('holds'), { value })
    case 'cause':
      return new RangeError('caused', { cause: value })
    default:
      return { value }
  }
}
