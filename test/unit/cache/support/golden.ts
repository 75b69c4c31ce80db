import { registerClass } from 'manyhands'

import { canonicalHash } from '#manyhands/task/canonical/canonical-hash.js'
import { hostClasses } from '#manyhands/task/register-class.js'

const cyclic: Record<string, unknown> = { name: 'a' }
cyclic['self'] = cyclic
cyclic['list'] = [cyclic, { up: cyclic }]

const part = { x: 1, y: [1, 2, 3] }
const bare: Record<string, unknown> = Object.create(null) as Record<string, unknown>
bare['k'] = 1

// eslint-disable-next-line no-sparse-arrays
const holed = [1, , 3]
const named = Object.assign([1, 2], { extra: true })

function nested(levels: number): unknown {
  return levels === 0 ? 'end' : { a: [nested(levels - 1)] }
}

/** Values, by what they are: their hashes are the same in every process, thread and version of Node. */
export const GOLDEN: readonly (readonly [name: string, make: () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['true', () => true],
  ['zero', () => 0],
  ['minus zero', () => -0],
  ['NaN', () => Number.NaN],
  ['one', () => 1],
  ['text one', () => '1'],
  ['empty text', () => ''],
  ['text', () => 'käse 🧀'],
  ['lone surrogate', () => '\uD800'],
  ['long text', () => 'abc'.repeat(10_000)],
  ['bigint', () => -(2n ** 70n)],
  ['empty array', () => []],
  ['array', () => [1, 'a', null, undefined, true]],
  ['holes', () => holed],
  ['no holes', () => [1, undefined, 3]],
  ['array with a name', () => named],
  ['record', () => ({ b: 2, a: 1, c: undefined })],
  ['record in another order', () => ({ c: undefined, a: 1, b: 2 })],
  ['keys by code units', () => ({ é: 1, z: 2, Z: 3, '10': 4, '9': 5 })],
  ['bare', () => bare],
  [
    'map',
    () =>
      new Map<unknown, unknown>([
        ['a', 1],
        [{ k: 1 }, new Set([1])],
      ]),
  ],
  [
    'map in another order',
    () =>
      new Map<unknown, unknown>([
        [{ k: 1 }, new Set([1])],
        ['a', 1],
      ]),
  ],
  ['set', () => new Set([3, 1, 2])],
  ['set in another order', () => new Set([2, 3, 1])],
  ['date', () => new Date(1e12)],
  ['no date', () => new Date(Number.NaN)],
  ['pattern', () => /a+b/giu],
  ['url', () => new URL('https://example.org/a?b=c#d')],
  ['bytes', () => new Uint8Array([1, 2, 3])],
  ['buffer', () => Buffer.from([1, 2, 3])],
  ['part of a buffer', () => new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4)],
  ['floats', () => new Float64Array([1.5, -0, Number.NaN])],
  ['big integers', () => new BigInt64Array([1n, -1n])],
  ['view', () => new DataView(new Uint8Array([1, 2, 3]).buffer)],
  ['array buffer', () => new Uint8Array([1, 2, 3]).buffer],
  ['boxed', () => new String('x')],
  ['error', () => Object.assign(new RangeError('r', { cause: new Error('c') }), { code: 'E' })],
  ['errors', () => new AggregateError([new Error('1'), 2], 'm')],
  ['cycle', () => cyclic],
  ['shared parts', () => [part, part, { part }]],
  ['equal parts', () => [{ x: 1, y: [1, 2, 3] }, { x: 1, y: [1, 2, 3] }, { part: { x: 1, y: [1, 2, 3] } }]],
  ['deep', () => nested(20)],
  ['proto key', () => JSON.parse('{"__proto__": {"a": 1}}')],
  ['injected', () => ["a','b"]],
  ['not injected', () => ['a', 'b']],
]

/** The hash of a value, made where this runs. */
export function hashHere(value: unknown): string {
  return canonicalHash(value, hostClasses()).toString('hex').slice(0, 16)
}

export class Point {
  readonly x: number
  constructor(x: number) {
    this.x = x
  }
}

/** Lets points travel. */
export function registerPoints(): void {
  registerClass(Point, { name: 'Point', encode: ({ x }) => x, decode: (x) => new Point(x) })
}
