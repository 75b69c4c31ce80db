import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

import { batched, map, type SettledRecord, withPool, WorkerInitError } from 'manyhands'
import { Cache } from 'manyhands/cache'

import { type Bad, counting, Counter, facts, positions, squares, squares16, wholeSquares16 } from './fixtures/tasks.js'

let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'manyhands-batched-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i)
const NONE: Bad = { at: -1, how: 'throws' }

async function settled<R>(run: {
  settled(): AsyncIterable<SettledRecord<number, R>>
}): Promise<SettledRecord<number, R>[]> {
  const records = []
  for await (const one of run.settled()) records.push(one)
  return records
}

/** Checks that all are squares, in order, but one, which failed with this code. */
function checkSquares(records: readonly SettledRecord<number, number>[], bad: number, code: string): void {
  for (const [i, one] of records.entries()) {
    assert.equal(one.index, i)
    if (i === bad) assert.equal(one.status === 'rejected' && one.reason.code, code)
    else assert.equal(one.status === 'fulfilled' && one.value, i * i)
  }
}

for (const backend of ['serial', 'threads', 'processes'] as const) {
  const options = { backend, workers: 2 } as const

  describe(`batched: ${backend}`, () => {
    it('results come in the order of the inputs', async () => {
      assert.deepEqual(
        await map(numbers(1_000), squares16, { ...options, args: [NONE] }),
        numbers(1_000).map((n) => n * n),
      )
    })

    it('captured values go along', async () => {
      const k = 3
      const fn = batched((xs: number[]) => xs.map((x) => x * k), { size: 8 })
      assert.deepEqual(
        await map(numbers(20), fn, options),
        numbers(20).map((n) => n * 3),
      )
    })

    for (const how of ['throws', 'is an error'] as const) {
      it(`an input that ${how === 'throws' ? 'its call does not survive' : how} fails alone`, async () => {
        const run = map(numbers(100), squares16, { ...options, args: [{ at: 37, how }] })
        const records = await settled(run)
        assert.equal(records.length, 100)
        checkSquares(records, 37, 'MH_TASK_FAILED')
      })
    }

    it('without `split` all inputs of the call fail', async () => {
      const records = await settled(
        map(numbers(64), wholeSquares16, { ...options, batch: 16, args: [{ at: 37, how: 'throws' }] }),
      )
      const failed = records.filter((one) => one.status === 'rejected')
      assert.deepEqual(
        failed.map(({ index }) => index),
        numbers(64).slice(32, 48),
      )
    })

    it('a call that waits too long is told so by its signal, and the input at fault found', async () => {
      const run = map(numbers(20), squares16, { ...options, timeout: 1_000, args: [{ at: 7, how: 'waits' }] })
      checkSquares(await settled(run), 7, 'MH_TASK_TIMEOUT')
    })

    it('currentTask() has the positions of all inputs, the attempt and the name', async () => {
      const all = await map(numbers(10), facts, { ...options, batch: 4 })
      for (const [i, one] of all.entries()) {
        assert.ok(one.indexes.includes(i))
        assert.equal(one.indexes.length, one.inputs)
        assert.equal(one.attempt, 1)
        assert.equal(one.name, 'facts')
      }
      assert.ok(all.some(({ inputs }) => inputs === 4))
    })

    it('currentTask() refuses to tell one position, or one key, of many', async () => {
      const [index, key] = await settled(map([0, 1], positions, options))
      assert.match(index?.status === 'rejected' ? index.reason.message : '', /currentTask\(\)\.indexes/)
      assert.match(key?.status === 'rejected' ? key.reason.message : '', /currentTask\(\)\.key cannot be read/)
    })

    it('a stateful worker is built once, and lives as long as its pool', async () => {
      await withPool({ backend, workers: 1 }, async (pool) => {
        const first = await pool.map(numbers(8), counting)
        const second = await pool.map(numbers(8), counting)
        assert.deepEqual(
          first.map(({ sum }) => sum),
          numbers(8).map((n) => n + 10),
        )
        assert.ok((second[0]?.calls ?? 0) > (first.at(-1)?.calls ?? 0))
      })
    })

    it('single calls of a pool are made together', async () => {
      await withPool({ backend, workers: 1 }, async (pool) => {
        const results = await Promise.all(numbers(8).map((n) => pool.run(counting, n)))
        assert.deepEqual(
          results.map(({ sum, inputs }) => [sum, inputs]),
          numbers(8).map((n) => [n + 10, 4]),
        )
        assert.deepEqual(await pool.run(counting, 1).then(({ inputs }) => inputs), 1)
      })
    })

    it('results that are in the cache are left out of the calls', async () => {
      const cache = new Cache(mkdtempSync(join(folder, 'cache-')))
      const run = (inputs: number[]) => map(inputs, facts, { ...options, cache })
      await run([0, 2, 4, 6])
      const all = await run(numbers(8))
      assert.deepEqual(
        all.map(({ indexes }) => indexes),
        [
          [0, 1, 2, 3],
          [1, 3, 5, 7],
          [0, 1, 2, 3],
          [1, 3, 5, 7],
          [0, 1, 2, 3],
          [1, 3, 5, 7],
          [0, 1, 2, 3],
          [1, 3, 5, 7],
        ],
      )
      const stats = cache.stats()
      assert.equal(stats.hits, 4)
      assert.equal(stats.stored, 8)
    })

    it('a run with a journal goes on where it ended, input by input', async () => {
      const journal = join(mkdtempSync(join(folder, 'journal-')), 'log.jsonl')
      const how = { ...options, journal }
      // The function is the same with another bad number: that is in the file.
      const first = await settled(map(numbers(40), batched(onlyBelow30, { size: 16 }), how))
      assert.equal(first.filter(({ status }) => status === 'rejected').length, 10)
      const again = await settled(map(numbers(40), batched(onlyBelow30, { size: 3 }), how))
      assert.deepEqual(
        again.map(({ index }) => index),
        numbers(40).slice(30),
      )
    })

    if (backend === 'serial') return

    for (const [how, code, more] of [
      ['exits', 'MH_WORKER_CRASHED', {}],
      ['blocks', 'MH_TASK_TIMEOUT', { timeout: 1_000 }],
    ] as const) {
      it(`an input whose call ${how} is found, and no other fails`, async () => {
        const run = map(numbers(100), squares16, { ...options, ...more, args: [{ at: 37, how }] })
        const records = await settled(run)
        assert.equal(records.length, 100)
        checkSquares(records, 37, code)
      })
    }

    it('a call that lost its worker without `split` runs again as a whole, then all of it fails', async () => {
      const file = join(mkdtempSync(join(folder, 'calls-')), 'calls')
      const run = map(numbers(32), wholeSquares16, { ...options, batch: 16, args: [{ at: 17, how: 'exits' }, file] })
      const records = await settled(run)
      assert.deepEqual(
        records
          .filter((one) => one.status === 'rejected' && one.reason.code === 'MH_WORKER_CRASHED')
          .map(({ index }) => index),
        numbers(32).slice(16),
      )
      assert.deepEqual(readFileSync(file, 'utf8').trim().split('\n'), ['16', '16', '16'])
    })

    it('a stateful worker that cannot be built ends the run', async () => {
      class Broken extends Counter {
        init(): void {
          throw new Error('no model')
        }
      }
      const { stateful } = await import('manyhands')
      await assert.rejects(async () => map([1], batched(stateful(Broken, 1), { size: 2 }), options), WorkerInitError)
    })
  })
}

/** Fails for numbers from 30 on. */
export function onlyBelow30(inputs: number[]): (number | Error)[] {
  return inputs.map((n) => (n < 30 ? n : new RangeError(`${n}`)))
}

describe('a batched function that is called here', () => {
  it('is called with one input', async () => {
    const fn = batched(squares, { size: 4 })
    assert.equal(await fn(3, NONE), 9)
    await assert.rejects(fn(3, { at: 3, how: 'is an error' }), /3 is bad/)
  })

  it('refuses to be called if it is stateful', async () => {
    await assert.rejects(counting(1), /Counter runs in workers only/)
  })
})
