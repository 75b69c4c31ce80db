import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'

import { roundTrip } from './support/round-trip.js'

test('globals of the language that a test runner has defined anew are those of the worker', async () => {
  const names = ['Uint8Array', 'Map', 'TypeError'] as const
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  for (const [name, descriptor] of before) Object.defineProperty(globalThis, name, { ...descriptor, enumerable: true })
  try {
    const Bytes = Uint8Array
    const made = await roundTrip(
      (x: number) => [new Uint8Array(4).length, new Bytes(x).length, new Map([[x, 1]]).size],
      3,
    )
    assert.deepEqual(made, [4, 3, 1])
    assert.equal(await roundTrip((x: unknown) => new TypeError(String(x)) instanceof TypeError, 'no'), true)
  } finally {
    for (const [name, descriptor] of before) Object.defineProperty(globalThis, name, descriptor as PropertyDescriptor)
  }
})

test('functions and classes of another realm are those of the worker', async () => {
  const realm = runInNewContext(
    '({ Bytes: Uint8Array, slice: Array.prototype.slice, sqrt: Math.sqrt, Failure: RangeError })',
  )
  const { Bytes, slice, sqrt, Failure } = realm as {
    Bytes: typeof Uint8Array
    slice: (this: number[], from: number) => number[]
    sqrt: (x: number) => number
    Failure: typeof RangeError
  }
  const made = await roundTrip(
    (x: number) => [new Bytes(x).length, sqrt(x), slice.call([1, 2, 3], 1), new Failure('x').name],
    4,
  )
  assert.deepEqual(made, [4, 2, [2, 3], 'RangeError'])
})
