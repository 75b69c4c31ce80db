import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { batched, type BatchedOptions, map, TaskError } from 'manyhands'

/** Runs here, and returns the numbers of inputs of all calls, with the settled records. */
async function callsOf<I, R>(
  inputs: Iterable<I> | AsyncIterable<I>,
  fn: (inputs: I[]) => (R | Error)[],
  options: BatchedOptions,
  more: object = {},
) {
  const calls: number[] = []
  const counted = batched((group: I[]) => {
    calls.push(group.length)
    return fn(group)
  }, options)
  const records = []
  for await (const one of map(inputs, counted, { backend: 'serial', copy: false, ...more }).settled()) records.push(one)
  return { calls, records }
}

const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i)
const same = (inputs: number[]): number[] => [...inputs]

function poisoned(...bad: number[]): (inputs: number[]) => number[] {
  return (inputs) => {
    if (bad.some((one) => inputs.includes(one))) throw new RangeError('poison')
    return [...inputs]
  }
}

describe('the calls of a batched function', () => {
  it('have `size` inputs, and the last one the rest', async () => {
    const { calls, records } = await callsOf(numbers(150), same, { size: 64 })
    assert.deepEqual(calls, [64, 64, 22])
    assert.deepEqual(
      records.map((one) => one.status === 'fulfilled' && one.value),
      numbers(150),
    )
  })

  it('are not made for no inputs', async () => {
    assert.deepEqual(await callsOf([], same, { size: 4 }), { calls: [], records: [] })
  })

  it('do not wait at the end of the inputs', async () => {
    function* few(): Generator<number> {
      yield* numbers(5)
    }
    for (const inputs of [
      numbers(5),
      few(),
      (async function* () {
        yield* few()
      })(),
    ]) {
      const { calls } = await callsOf(inputs, same, { size: 64, maxDelay: Infinity })
      assert.deepEqual(calls, [5])
    }
  })

  it('wait for a full group while inputs are being read', async () => {
    async function* slowly(): AsyncGenerator<number> {
      for (const n of numbers(12)) {
        await new Promise((resolve) => setImmediate(resolve))
        yield n
      }
    }
    const { calls } = await callsOf(slowly(), same, { size: 6, maxDelay: Infinity })
    assert.deepEqual(calls, [6, 6])
  })

  it('wait no longer than `maxDelay`', async () => {
    for (const maxDelay of [0, 5]) {
      let goOn = (): void => {}
      const first = new Promise<void>((resolve) => (goOn = resolve))
      // The third input comes only after the first two have been called.
      async function* inputs(): AsyncGenerator<number> {
        yield* [0, 1]
        await first
        yield 2
      }
      const fn = (group: number[]): number[] => {
        if (group.includes(1)) goOn()
        return group
      }
      const { calls } = await callsOf(inputs(), fn, { size: 64, maxDelay })
      assert.equal(
        calls.reduce((sum, one) => sum + one),
        3,
      )
      assert.equal(calls.at(-1), 1)
    }
  })

  it('have fewer inputs if the window is smaller', async () => {
    const { calls } = await callsOf(numbers(25), same, { size: 64, maxDelay: Infinity }, { window: 10 })
    assert.deepEqual(calls, [10, 10, 5])
  })

  it('leave out inputs that are skipped', async () => {
    const { calls, records } = await callsOf(numbers(20), same, { size: 4 }, { skip: (n: number) => n % 2 === 1 })
    assert.equal(
      calls.reduce((sum, one) => sum + one),
      10,
    )
    assert.equal(records.length, 10)
  })

  it('are counted by `rate`, whatever the number of their inputs', async () => {
    const { calls } = await callsOf(numbers(40), same, { size: 20 }, { rate: 1_000 })
    assert.deepEqual(calls, [20, 20])
  })
})

describe('one input at fault among many', () => {
  for (const at of [0, 1, 500, 511, 777, 1_022, 1_023]) {
    it(`is found by at most 12 calls more among 1,024, and fails alone: ${at}`, async () => {
      const { calls, records } = await callsOf(numbers(1_024), poisoned(at), { size: 1_024 })
      assert.ok(calls.length <= 13, `${calls.length} calls: ${calls.join()}`)
      const failed = records.filter((one) => one.status === 'rejected')
      assert.deepEqual(
        failed.map(({ index }) => index),
        [at],
      )
      assert.equal(failed[0]?.reason.attempts, 1)
      assert.ok(failed[0]?.reason.cause instanceof RangeError)
      assert.equal(records.length, 1_024)
    })
  }

  it('costs about as many inputs again', async () => {
    for (const at of numbers(64)) {
      const { calls } = await callsOf(numbers(64), poisoned(at), { size: 64 })
      assert.ok(calls.reduce((sum, one) => sum + one) <= 3 * 64, calls.join())
      assert.ok(calls.length <= 9, calls.join())
    }
  })

  it('touches no other call', async () => {
    const { calls } = await callsOf(numbers(64), poisoned(5), { size: 16 })
    assert.equal(calls.filter((one) => one === 16).length, 4)
  })
})

describe('several inputs at fault', () => {
  it('fail, and no others', async () => {
    const bad = [3, 4, 40, 63]
    const { records } = await callsOf(numbers(64), poisoned(...bad), { size: 64 })
    assert.deepEqual(
      records.filter((one) => one.status === 'rejected').map(({ index }) => index),
      bad,
    )
    assert.equal(records.length, 64)
  })

  it('cost about two calls each if all are', async () => {
    const { calls, records } = await callsOf(numbers(256), poisoned(...numbers(256)), { size: 256 })
    assert.ok(records.every((one) => one.status === 'rejected'))
    assert.ok(calls.length <= 3 * 256, `${calls.length} calls`)
  })
})

describe('retries of a batched function', () => {
  it('are for inputs that fail alone: to find them is no retry', async () => {
    const { calls, records } = await callsOf(numbers(8), poisoned(2), { size: 8 }, { retries: 2 })
    const [failed] = records.filter((one) => one.status === 'rejected')
    assert.equal(failed?.reason.attempts, 3)
    // Nothing else is called together with an input that is known to fail.
    assert.equal(calls.filter((one) => one === 1).length >= 3, true)
    assert.equal(records.length, 8)
  })

  it('repeat the whole call without `split`', async () => {
    const { calls, records } = await callsOf(numbers(8), poisoned(2), { size: 4, split: false }, { retries: 2 })
    assert.deepEqual(calls.toSorted(), [4, 4, 4, 4])
    assert.deepEqual(
      records.map(({ status }) => status === 'rejected'),
      numbers(8).map((n) => n < 4),
    )
    for (const one of records) assert.equal(one.status === 'fulfilled' || one.reason.attempts === 3, true)
  })

  it('are made again for an error in the place of a result', async () => {
    let left = 2
    const fn = (group: number[]): (number | Error)[] =>
      group.map((n) => (n === 1 && left-- > 0 ? new Error('not yet') : n))
    const { records } = await callsOf(numbers(4), fn, { size: 4 }, { retries: 2 })
    assert.deepEqual(
      records.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
    )
  })

  it('end a call that failed only once without a failure', async () => {
    let left = 1
    const fn = (group: number[]): number[] => {
      if (left-- > 0) throw new Error('once')
      return group
    }
    const { records } = await callsOf(numbers(16), fn, { size: 16 })
    assert.ok(records.every(({ status }) => status === 'fulfilled'))
  })
})

describe('results of a batched function', () => {
  it('may be a typed array', async () => {
    const fn = batched((xs: number[]) => Float64Array.from(xs, (x) => x / 2), { size: 3 })
    assert.deepEqual(await map([1, 2, 3, 4], fn, { backend: 'serial' }), [0.5, 1, 1.5, 2])
  })

  for (const [title, fn, expected] of [
    [
      'of another length fail their inputs, with both lengths',
      (xs: number[]) => xs.slice(1),
      /got 3 results for 4 inputs/,
    ],
    ['that are no array fail their inputs', () => 'four' as never, /an array of 4 results, got 'four'/],
  ] as const) {
    it(title, async () => {
      const { records } = await callsOf(numbers(4), fn, { size: 4, split: false })
      assert.equal(records.length, 4)
      for (const one of records) {
        assert.ok(one.status === 'rejected' && one.reason instanceof TaskError)
        assert.match(one.reason.message, expected)
      }
    })
  }
})
