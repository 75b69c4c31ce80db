import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { inspect } from 'node:util'

import * as fc from 'fast-check'
import { Pool } from 'manyhands'

import { BACKENDS, check } from './support/check.js'
import { cycles, values } from './support/values.js'

export function identity<T>(value: T): T {
  return value
}

const BATCH = 200

for (const backend of BACKENDS) {
  describe(`values there and back: ${backend}`, () => {
    const pool = new Pool({ backend, workers: 1 })
    after(() => pool.close())

    it('are equal, and the originals are as before', async () => {
      await check(
        fc.array(values, { minLength: BATCH, maxLength: BATCH, size: 'max' }),
        async (inputs) => {
          const before = inputs.map(everythingOf)
          assert.deepStrictEqual(await pool.map(inputs, identity), inputs)
          assert.deepEqual(inputs.map(everythingOf), before)
        },
        8,
      )
    })

    it('keep their cycles', async () => {
      await check(
        fc.array(cycles, { minLength: 50, maxLength: 50, size: 'max' }),
        async (inputs) => {
          assert.deepStrictEqual(await pool.map(inputs, identity), inputs)
        },
        8,
      )
    })

    it('are equal as args, as captures, as arguments of a call, and inside of errors', async () => {
      await check(
        values,
        async (value) => {
          assert.deepStrictEqual(await pool.map([1], (_: number, arg: unknown) => arg, { args: [value] }), [value])
          assert.deepStrictEqual(await pool.map([1], () => [value]), [[value]])
          assert.deepStrictEqual(await pool.run((...args: unknown[]) => args, value, 1), [value, 1])
          const thrown = await pool.map([1], () => Promise.reject(Object.assign(new Error('with'), { value })), {
            onError: (error) => [(error.cause as { value?: unknown }).value],
          })
          assert.deepStrictEqual(thrown, [[value]])
        },
        60,
      )
    })
  })
}

/** All that there is to a value, as a text. */
function everythingOf(value: unknown): string {
  return inspect(value, { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null })
}
