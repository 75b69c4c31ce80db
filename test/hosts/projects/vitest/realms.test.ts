import { afterEach, expect, test, vi } from 'vitest'

import { map, Pool, registerClass } from '../helper/library.mjs'
import { FACTOR } from './factor.ts'
import { scaled } from './scaled.ts'

vi.mock('./factor.ts', () => ({ factor: () => 100, FACTOR: 7 }))

afterEach(() => void vi.useRealTimers())

class Refusal extends TypeError {
  readonly count: number

  constructor(message: string, count: number) {
    super(message)
    this.count = count
  }
}

registerClass(Refusal, {
  name: 'Refusal',
  encode: ({ message, count }: Refusal) => ({ message, count }),
  decode: ({ message, count }: { message: string; count: number }) => new Refusal(message, count),
})

const VALUES: unknown[] = [
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

/** Runs in tasks, too: the name of the class that a value is an instance of. */
function classOf(value: unknown): string {
  const classes = { Map, Set, Date, RegExp, Buffer, Uint8Array, Float64Array, ArrayBuffer, URL, Array }
  const errors = { AggregateError, RangeError, TypeError, Error }
  for (const [name, Class] of Object.entries({ ...classes, ...errors, Object })) if (value instanceof Class) return name
  return typeof value
}

for (const backend of ['threads', 'processes', 'serial'] as const) {
  test(`${backend}: globals of the language in tasks`, async () => {
    const task = (size: number): unknown => {
      try {
        return (null as never as { x: 1 }).x
      } catch (error) {
        return [new Uint8Array(size), new Map([[size, new Date(0)]]), error instanceof TypeError]
      }
    }
    const made = await map([4], task, { backend })
    expect(made).toStrictEqual([[new Uint8Array(4), new Map([[4, new Date(0)]]), true]])
  })

  test(`${backend}: inputs, captured values and results are of the classes of both sides`, async () => {
    const names = VALUES.map(classOf)
    const captured = VALUES
    expect(await map(VALUES, classOf, { backend })).toEqual(names)
    expect(await map([0], () => captured.map(classOf), { backend })).toEqual([names])
    const results = await map(VALUES, (value: unknown) => value, { backend })
    expect(results).toStrictEqual(VALUES)
    expect(results.map(classOf)).toEqual(names)
  })

  test(`${backend}: errors come back as those of the test`, async () => {
    const failure = async (fn: (x: number) => unknown): Promise<unknown> =>
      map([1], fn, { backend })
        .toArray()
        .catch((error: unknown) => error)
    const range = (await failure(() => {
      throw new RangeError('far')
    })) as Error
    expect(range).toBeInstanceOf(Error)
    expect(range.cause).toBeInstanceOf(RangeError)
    const refusal = (await failure(() => {
      throw new Refusal('no', 3)
    })) as Error
    expect(refusal.cause).toBeInstanceOf(Refusal)
    expect(refusal.cause).toMatchObject({ message: 'no', count: 3 })
    await expect(map([1], () => JSON.parse('{') as unknown, { backend })).rejects.toThrow(/JSON/)
  })

  test(`${backend}: modules as the test sees them, mocks are refused`, async () => {
    expect(await map([2], (x: number) => [...scaled(x), FACTOR], { backend })).toEqual([[200, 14, 7]])
    const mocked = vi.fn(() => 5)
    const message = /cannot send "mocked" \(captured at realms\.test\.ts:\d+\): it is a mock of the test runner/
    await expect(map([1], () => mocked(), { backend })).rejects.toThrow(message)
    expect(await map([1], () => mocked(), { backend: 'serial', copy: false })).toEqual([5])
    expect(mocked).toHaveBeenCalledTimes(1)
  })

  test(`${backend}: fake timers`, async () => {
    vi.useFakeTimers()
    const pool = new Pool({ backend, workers: 1 })
    const wait = (x: number): unknown => new Promise((resolve) => setTimeout(resolve, 1, x))
    // Tasks that run here see the fakes, too.
    const task = backend === 'serial' ? (x: number): unknown => x : wait
    expect(await pool.run(task, 3)).toBe(3)
    expect(await pool.map([4], task, { retries: 1, timeout: 60_000, progress: () => {} })).toEqual([4])
    const endless = (): unknown => new Promise(() => {})
    await expect(pool.map([1], endless, { timeout: 20 })).rejects.toMatchObject({ name: 'TaskTimeoutError' })
    await expect(pool.map([1], endless, { deadline: 20 })).rejects.toMatchObject({ name: 'TaskAbortedError' })
    await expect(pool.queue().pop({ timeout: 20 })).rejects.toMatchObject({ name: 'TimeoutError' })
    await pool.close()
  })
}
