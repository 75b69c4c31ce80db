import { expect, test } from '@jest/globals'

import { map, Pool, registerClass } from '../helper/library.mjs'

class Refusal extends TypeError {
  constructor(message, count) {
    super(message)
    this.count = count
  }
}

registerClass(Refusal, {
  name: 'Refusal',
  encode: ({ message, count }) => ({ message, count }),
  decode: ({ message, count }) => new Refusal(message, count),
})

const VALUES = [
  new Map([[1, { a: [2] }]]),
  new Set([new Date(3)]),
  new Date(5),
  /x+/gi,
  Buffer.from('abc'),
  new Uint8Array([1, 2]),
  new Float64Array([1.5]),
  new ArrayBuffer(3),
  new URL('http://a.b/'),
  [1, [2]],
  { a: { b: [1] } },
  new Error('plain'),
  new RangeError('far', { cause: new TypeError('near') }),
  new AggregateError([new Error('one')], 'all'),
]

/** Runs in tasks: the name of the class that a value is an instance of. */
function classOf(value) {
  const classes = { Map, Set, Date, RegExp, Buffer, Uint8Array, Float64Array, ArrayBuffer, URL, Array }
  const errors = { AggregateError, RangeError, TypeError, Error }
  for (const [name, Class] of Object.entries({ ...classes, ...errors, Object })) if (value instanceof Class) return name
  return typeof value
}

for (const backend of ['threads', 'processes', 'serial']) {
  test(`${backend}: globals of the language in tasks`, async () => {
    const made = await map([4], (size) => [new Uint8Array(size), new Map([[size, new Date(0)]])], { backend })
    expect(made).toStrictEqual([[new Uint8Array(4), new Map([[4, new Date(0)]])]])
  })

  test(`${backend}: what is thrown in tasks is an Error there`, async () => {
    const caught = await map(
      [null],
      (nothing) => {
        try {
          return nothing.x
        } catch (error) {
          return [error instanceof TypeError, error instanceof Error]
        }
      },
      { backend },
    )
    expect(caught).toEqual([[true, true]])
  })

  test(`${backend}: inputs, captured values and results are of the classes of both sides`, async () => {
    const names = VALUES.map(classOf)
    const captured = VALUES
    expect(await map(VALUES, classOf, { backend })).toEqual(names)
    expect(await map([0], () => captured.map(classOf), { backend })).toEqual([names])
    const results = await map(VALUES, (value) => value, { backend })
    expect(results).toStrictEqual(VALUES)
    expect(results.map(classOf)).toEqual(names)
  })

  test(`${backend}: errors come back as those of the test`, async () => {
    const failure = async (fn) => map([1], fn, { backend }).catch((error) => error)
    const range = await failure(() => {
      throw new RangeError('far')
    })
    expect(range).toBeInstanceOf(Error)
    expect(range).toMatchObject({ name: 'TaskError', attempts: 1 })
    expect(range.cause).toBeInstanceOf(RangeError)
    expect(range.cause.stack).toMatch(/realms\.test\.js:\d+/)
    const refusal = await failure(() => {
      throw new Refusal('no', 3)
    })
    expect(refusal.cause).toBeInstanceOf(Refusal)
    expect(refusal.cause).toMatchObject({ message: 'no', count: 3 })
    await expect(map([1], () => JSON.parse('{'), { backend })).rejects.toThrow(/JSON/)
  })

  test(`${backend}: pools`, async () => {
    const pool = new Pool({ backend, workers: 1 })
    try {
      expect(await pool.run((a, b) => new Set([a, b]), 1, 2)).toStrictEqual(new Set([1, 2]))
      expect(await pool.map([1, 2], (x) => x * 2)).toEqual([2, 4])
    } finally {
      await pool.close()
    }
  })
}
