import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'

import {
  BatchError,
  currentTask,
  reduce,
  SerializationError,
  stateful,
  TaskError,
  TaskTimeoutError,
  WorkerInitError,
  withPool,
} from 'manyhands'

import { sum, texts, range, failure } from './support.js'

const BACKENDS = ['serial', 'threads', 'processes'] as const
const folder = mkdtempSync(join(tmpdir(), 'manyhands-reduce-'))
after(() => rmSync(folder, { recursive: true, force: true }))

for (const backend of BACKENDS) {
  describe(`reduce on ${backend}`, () => {
    it('makes one value, in the order of the inputs', async () => {
      const inputs = range(5_000).map(String)
      assert.deepEqual(await reduce(inputs, texts, { backend, workers: 2 }), inputs)
      assert.equal(await reduce(new Set([1, 2, 3]), sum, { backend }), 6)
    })

    it('reads generators and async iterables', async () => {
      async function* slowly(): AsyncGenerator<string> {
        for (const text of ['a', 'b', 'c']) {
          await new Promise((resolve) => setImmediate(resolve))
          yield text
        }
      }
      assert.deepEqual(await reduce(slowly(), texts, { backend }), ['a', 'b', 'c'])
      assert.deepEqual(await reduce(slowly(), texts, { backend, grain: 2 }), ['a', 'b', 'c'])
      assert.equal(await reduce(range(1_000).values(), sum, { backend, window: 10 }), 499_500)
    })

    it('gives initial() without inputs, or if all are skipped', async () => {
      assert.equal(await reduce([], { ...sum, initial: () => 42 }, { backend }), 42)
      assert.deepEqual(await reduce(['a'], texts, { backend, grain: 3, skip: () => true }), [])
    })

    it('copies an initial value that is always the same object', async () => {
      const same: string[] = []
      const inputs = range(40).map(String)
      assert.deepEqual(await reduce(inputs, { ...texts, initial: () => same }, { backend, grain: 3 }), inputs)
      assert.deepEqual(same, [])
    })

    it('awaits functions that are async', async () => {
      const value = await reduce(
        range(50),
        {
          initial: () => Promise.resolve({ total: 0 }),
          add: async (sums, input) => {
            await Promise.resolve()
            sums.total += input
          },
          combine: (a, b) => Promise.resolve({ total: a.total + b.total }),
        },
        { backend, grain: 7 },
      )
      assert.deepEqual(value, { total: 1_225 })
    })

    it('passes args, and spreads inputs', async () => {
      const value = await reduce(
        [
          [1, 2],
          [3, 4],
        ] as never[],
        {
          initial: (factor: number) => factor - 10,
          add: ((total: number, a: number, b: number, factor: number) => total + a * b * factor) as never,
          combine: (a: number, b: number, factor: number) => a + b + factor - 10,
        },
        { backend, spread: true, args: [10] },
      )
      assert.equal(value, 140)
    })

    it('leaves a failed input out, also if it was counted half', async () => {
      const halves = {
        ...texts,
        add: (list: string[], input: string): void => {
          list.push(input)
          if (input.startsWith('bad')) throw new RangeError(input)
        },
      }
      const inputs = ['a', 'bad 1', 'b', 'bad 2', 'bad 3', 'c']
      for (const grain of [undefined, 1, 2, 4, 100]) {
        const options = grain === undefined ? { backend } : { backend, grain }
        const { value, failed } = await reduce.settled(inputs, halves, options)
        assert.deepEqual(value, ['a', 'b', 'c'])
        assert.deepEqual(
          failed.map(({ task: { index }, input, cause, attempts }) => [index, input, String(cause), attempts]),
          [
            [1, 'bad 1', 'RangeError: bad 1', 1],
            [3, 'bad 2', 'RangeError: bad 2', 1],
            [4, 'bad 3', 'RangeError: bad 3', 1],
          ],
        )
        assert.deepEqual(await reduce(inputs, halves, { ...options, onError: 'return' }), ['a', 'b', 'c'])
        const error = await failure(reduce(inputs, halves, { ...options, onError: 'collect' }))
        assert.ok(error instanceof BatchError)
        assert.equal(error.errors.length, 3)
        assert.deepEqual((error.results.at(-1) as { value: unknown }).value, ['a', 'b', 'c'])
      }
    })

    it('ends at the first failure, and names its input', async () => {
      const error = await failure(
        reduce(
          range(100),
          {
            ...sum,
            add: (total, input) => {
              if (input === 42) throw new RangeError('no')
              return total + input
            },
          },
          { backend, grain: 10, name: 'total' },
        ),
      )
      assert.ok(error instanceof TaskError)
      assert.equal(error.message, 'total[42] failed: RangeError: no')
      assert.equal(error.input, 42)
      assert.ok(error.cause instanceof RangeError)
    })

    it('adds again what may succeed, and gives inputs back as they came', async () => {
      const inputs = range(12).map((index) => ({ index, marks: [] as number[] }))
      const own = mkdtempSync(join(folder, 'retries-'))
      const value = await reduce(
        inputs,
        {
          initial: (): number[][] => [],
          add: (list, { index, marks }) => {
            marks.push(index)
            list.push(marks)
            const file = `${own}/${index}`
            if (index % 3 !== 1 || existsSync(file)) return
            writeFileSync(file, '')
            throw new Error('once')
          },
          combine: (a, b) => [...a, ...b],
        },
        { backend, grain: 4, retries: 1 },
      )
      assert.deepEqual(
        value,
        range(12).map((i) => [i]),
      )
    })

    it('asks when before it adds an input again', async () => {
      const error = await failure(
        reduce(
          [1, 2],
          {
            ...sum,
            add: () => {
              throw new TypeError('never')
            },
          },
          { backend, retries: { times: 5, when: ({ cause }) => !(cause instanceof TypeError) } },
        ),
      )
      assert.equal((error as TaskError).attempts, 1)
    })

    it('leaves inputs out that take too long', async () => {
      const { value, failed } = await reduce.settled(
        range(6),
        {
          ...sum,
          add: (total, input) => (input === 2 ? new Promise<number>(() => {}) : total + input),
        },
        { backend, timeout: 1_000, grain: 3 },
      )
      assert.equal(value, 13)
      assert.equal(failed.length, 1)
      assert.ok(failed[0] instanceof TaskTimeoutError)
      assert.equal(failed[0].task.index, 2)
      assert.equal(failed[0].timeout, 1_000)
    })

    it('names an accumulator that cannot travel, and an input', async () => {
      const accumulator = await failure(
        reduce([1], { initial: () => ({ items: [() => 1] }), add: (all) => all, combine: (a) => a }, { backend }),
      )
      assert.ok(accumulator instanceof SerializationError)
      assert.equal(accumulator.path, 'accumulator.items[0]')
      const { value, failed } = await reduce.settled([1, () => 1, 3] as number[], sum, { backend })
      assert.equal(value, 4)
      assert.ok(failed[0] instanceof SerializationError)
      assert.equal(failed[0].path, 'input')
      assert.equal(failed[0].task.index, 1)
    })

    it('names the part that failed', async () => {
      const broken = (): never => {
        throw new Error('broken')
      }
      const initial = await failure(reduce([1], { ...sum, initial: broken }, { backend, onError: 'return' }))
      assert.match((initial as TaskError).message, /^reduce\.initial/)
      const combine = await failure(reduce(range(9), { ...sum, combine: broken }, { backend, grain: 2 }))
      assert.match((combine as TaskError).message, /^reduce\.combine/)
    })

    it('tells the running input in currentTask()', async () => {
      const indexes = await reduce(
        ['a', 'b', 'c', 'd'],
        {
          initial: (): number[] => [],
          add: (list) => void list.push(currentTask().index),
          combine: (a, b) => [...a, ...b],
        },
        { backend, grain: 3, skip: new Set([1]) },
      )
      assert.deepEqual(indexes, [0, 2, 3])
    })

    it('builds a stateful reducer once in a worker, and closes it', async () => {
      const file = join(mkdtempSync(join(folder, 'stateful-')), 'closed')
      class Scaled {
        readonly #factor: number
        readonly #file: string
        #offset = 0
        constructor(factor: number, path: string) {
          this.#factor = factor
          this.#file = path
        }
        async init(): Promise<void> {
          await Promise.resolve()
          this.#offset = 1
        }
        initial(): number {
          return 0
        }
        add(total: number, input: number): number {
          return total + (input + this.#offset) * this.#factor
        }
        combine(a: number, b: number): number {
          return a + b
        }
        close(): void {
          writeFileSync(this.#file, '')
        }
      }
      await withPool({ backend, workers: 1 }, async (pool) => {
        assert.equal(await pool.reduce([1, 2, 3], stateful(Scaled, 10, file)), 90)
      })
      assert.ok(existsSync(file))
    })

    it('fails with a WorkerInitError if a stateful reducer cannot be built', async () => {
      class Broken {
        constructor() {
          throw new Error('no database')
        }
        initial(): number {
          return 0
        }
        add(total: number): number {
          return total
        }
        combine(a: number): number {
          return a
        }
      }
      const error = await failure(reduce([1], stateful(Broken), { backend }))
      assert.ok(error instanceof WorkerInitError)
      assert.match(error.message, /no database/)
    })

    it('counts inputs in its progress', async () => {
      let last: { done: number; failed: number; total?: number | undefined } | undefined
      await reduce.settled(
        range(30),
        {
          ...sum,
          add: (total, input) => {
            if (input === 7) throw new Error('no')
            return total + input
          },
        },
        { backend, progress: (state) => (last = state) },
      )
      assert.deepEqual([last?.done, last?.failed, last?.total], [29, 1, 30])
    })

    it('rejects with what its inputs throw, or its signal has', async () => {
      function* broken(): Generator<number> {
        yield 1
        throw new RangeError('input')
      }
      assert.ok((await failure(reduce(broken(), sum, { backend }))) instanceof RangeError)
      const controller = new AbortController()
      const endless = reduce(
        range(1_000),
        { ...sum, add: () => new Promise<number>(() => {}) },
        { backend, signal: controller.signal },
      )
      controller.abort('enough')
      assert.equal(await failure(endless), 'enough')
      const late = await failure(
        reduce([1], { ...sum, add: () => new Promise<number>(() => {}) }, { backend, deadline: 50 }),
      )
      assert.equal((late as TaskError).code, 'MH_TASK_ABORTED')
    })
  })
}
