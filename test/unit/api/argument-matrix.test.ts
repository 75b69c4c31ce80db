import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Pool, stateful } from 'manyhands'

/** Multiplies, in a worker that knows its number. */
class Multiplier {
  readonly id: number
  constructor(id: number) {
    this.id = id
  }
  call(a: number): [result: number, id: number] {
    return [a * a, this.id]
  }
}

const square = (a: number): number => a * a
const multiply = (a: number, b: number): number => a * b
const multiplyFields = ({ a, b }: { a: number; b: number }): number => a * b
const LENGTHS = [0, 1, 4, 7]
const BATCHES_AND_WINDOWS = [
  [1, 2],
  [2, 2],
  [4, 1],
  [4, 4],
  ['auto', Infinity],
] as const

function* unsized<T>(values: readonly T[]): Generator<T> {
  yield* values
}

/** Values as they are to be compared: without an order, sorted. */
function comparable(values: readonly number[], ordered: boolean): readonly number[] {
  return ordered ? values : values.toSorted((a, b) => a - b)
}

for (const [backend, ...numbers] of [
  ['serial', 1],
  ['threads', 1, 3, 4],
  ['processes', 1, 3, 4],
] as const)
  for (const workers of numbers) {
    describe(`each way to bring inputs gives what a loop gives: ${backend}, ${workers} workers`, () => {
      it('ordered or not, sized or not, one argument, several, objects, stateful', async () => {
        const pool = new Pool({ backend, workers })
        const worker = stateful(Multiplier, 5)
        try {
          for (const length of LENGTHS)
            for (const ordered of [true, false])
              for (const isSized of [true, false])
                for (const [batch, window] of BATCHES_AND_WINDOWS) {
                  const options = { ordered, batch, window }
                  const inputs = <T>(make: (n: number) => T): Iterable<T> => {
                    const values = Array.from({ length }, (_, n) => make(n))
                    return isSized ? values : unsized(values)
                  }
                  const label = JSON.stringify({ length, ordered, isSized, batch, window })
                  const check = (found: readonly number[], make: (n: number) => number): void => {
                    const expected = Array.from({ length }, (_, n) => make(n))
                    assert.deepEqual(comparable(found, ordered), comparable(expected, ordered), label)
                  }
                  const numbers = inputs((n) => n)
                  const pairs = inputs((n) => [n, n + 1] as const)
                  const fields = inputs((n) => ({ a: n, b: n + 2 }))
                  const [single, spread, objects, objectsOfState] = await Promise.all([
                    pool.map(numbers, square, options).toArray(),
                    pool.map(pairs, multiply, { ...options, spread: true }).toArray(),
                    pool.map(fields, multiplyFields, options).toArray(),
                    pool
                      .map(
                        inputs((n) => n),
                        worker,
                        options,
                      )
                      .toArray(),
                  ])
                  check(single, (n) => n * n)
                  check(spread, (n) => n * (n + 1))
                  check(objects, (n) => n * (n + 2))
                  check(
                    objectsOfState.map(([result]) => result),
                    (n) => n * n,
                  )
                  assert.ok(objectsOfState.every(([, id]) => id === 5))
                }
        } finally {
          await pool.close()
        }
      })
    })
  }
