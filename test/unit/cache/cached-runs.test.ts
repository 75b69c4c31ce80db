import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { execute, InvalidArgumentError, map, Pool, type RunEvent, stateful, task, TaskError } from 'manyhands'
import { Cache } from 'manyhands/cache'

import { readRows } from '#manyhands/journal/lines/read-journal.js'
import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { until } from '../../support/until.js'
import { BACKENDS } from '../support/each-backend.js'
import { block, type Gate } from '../support/tasks.js'
import { calls, failing, noted, slowly } from './support/functions.js'

class Adder {
  readonly by: number
  constructor(by: number) {
    this.by = by
  }

  call(x: number): number {
    return x + this.by
  }
}

for (const backend of BACKENDS) {
  describe(`runs with a cache: ${backend}`, () => {
    it('a cached run computes what is missing, each key once, and in order', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const notes = scratch.file('notes')
      const cached = cache.wrap(noted)
      const inputs = [1, 2, 3, 1, 2, 3, { a: 1, b: 2 }, { b: 2, a: 1 }]
      const expected = inputs.map((x) => ({ x }))
      const first = map(inputs, cached, { backend, args: [notes] })
      assert.deepEqual(await first, expected)
      assert.equal(calls(notes), 4)
      assert.equal(first.stats().cached, 4)
      const second = map(inputs, cached, { backend, args: [notes], workers: 2 })
      assert.deepEqual(await second, expected)
      assert.equal(calls(notes), 4)
      assert.deepEqual([second.stats().done, second.stats().cached], [8, 8])
      // Calls find what runs have stored.
      assert.deepEqual(await cached(1, notes), { x: 1 })
      assert.equal(calls(notes), 4)
      const { hits, misses, joined, stored } = cache.stats()
      assert.deepEqual([hits, misses, joined, stored], [9, 4, 4, 4])
    })

    it('take a cache as an option, tell of hits, and note them in the journal', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const notes = scratch.file('notes')
      const events: string[] = []
      const run = (journal: string) =>
        map([1, 2], noted, {
          ...{ backend, cache, args: [notes] as const, journal: scratch.file(journal) },
          onEvent: ({ type }: RunEvent) => void (type.startsWith('worker') || events.push(type)),
        })
      await run('first')
      await run('second')
      assert.deepEqual(events.toSorted(), ['done', 'done', 'hit', 'hit', 'start', 'start'])
      const rows = [...readRows(scratch.file('second'))]
      assert.deepEqual(
        rows.map(({ task: index, state, attempt }) => [index, state, attempt]),
        [
          [0, 'cached', 0],
          [1, 'cached', 0],
        ],
      )
    })

    it('read what a function captured when they start', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      let by = 2
      const cached = cache.wrap((x: number) => x * by)
      assert.deepEqual(await map([1, 2], cached, { backend }), [2, 4])
      by = 3
      assert.deepEqual(await map([1, 2], cached, { backend }), [3, 6])
      by = 2
      assert.deepEqual(await map([1, 2], cached, { backend }), [2, 4])
      assert.equal(cache.stats().hits, 2)
    })

    it('never keep errors: each input fails by itself', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const notes = scratch.file('notes')
      const results = await map([1, 1, 2], cache.wrap(failing), { backend, args: [notes], onError: 'return' })
      assert.ok(results.every((error) => error instanceof TaskError && error.cause instanceof RangeError))
      assert.equal(calls(notes), 3)
      assert.equal(cache.stats().stored, 0)
    })

    it('respect the window, and spread, skip, and unordered', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const cached = cache.wrap((a: number, b: number) => a * b)
      const rows = Array.from({ length: 300 }, (_, i): [number, number] => [i, 2])
      const expected = rows.map(([a, b]) => a * b)
      for (let i = 0; i < 2; i++) assert.deepEqual(await map(rows, cached, { backend, spread: true }), expected)
      assert.equal(cache.stats().hits, 300)
      let read = 0
      const reading = function* (): Generator<[number, number]> {
        for (const row of rows) {
          read++
          yield row
        }
      }
      const results = map(reading(), cached, {
        backend,
        spread: true,
        window: 10,
        ordered: false,
        skip: (_, i) => i === 5,
      })
      let taken = 0
      for await (const value of results) {
        assert.equal(value % 2, 0)
        taken++
        assert.ok(read <= taken + 11, `${read} read, ${taken} taken`)
      }
      assert.equal(taken, 299)
    })

    it('leave calls that wait for them when they are cancelled', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const notes = scratch.file('notes')
      const cached = cache.wrap(slowly)
      const run = map([1, 1, 1], cached, { backend, args: [notes] })
      run.start()
      await until(() => calls(notes) === 1)
      const call = cached(1, notes)
      run.cancel()
      assert.deepEqual(await call, { x: 1 })
    })

    it('take stateful workers with their arguments, but no lists of them', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      for (const [by, expected] of [
        [1, [2, 3]],
        [5, [6, 7]],
        [1, [2, 3]],
      ] as const) {
        assert.deepEqual(await map([1, 2], stateful(Adder, by), { backend, cache }), expected)
      }
      assert.equal(cache.stats().hits, 2)
      assert.throws(() => map([1], [stateful(Adder, 1)], { cache }), InvalidArgumentError)
    })

    it('serve tasks, single calls and queues', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const notes = scratch.file('notes')
      const make = task(cache.wrap(noted))
      const plain = task((x: number) => x)
      const tasks = [make(1, notes), plain(5), make(1, notes), make(2, notes)]
      const expected = [{ x: 1 }, 5, { x: 1 }, { x: 2 }]
      assert.deepEqual(await execute(tasks, { backend }), expected)
      const pool = new Pool({ backend, workers: 2 })
      try {
        assert.deepEqual(await pool.execute(tasks), expected)
        assert.deepEqual(await pool.run(make(2, notes)), { x: 2 })
        assert.deepEqual(await pool.run(cache.wrap(noted), 2, notes), { x: 2 })
        const queue = pool.queue()
        for (const one of tasks) await queue.push(one)
        queue.end()
        const values = []
        for await (const record of queue) values.push(record.status === 'fulfilled' && [record.index, record.value])
        assert.deepEqual(
          values.toSorted(),
          expected.map((value, i) => [i, value]),
        )
      } finally {
        await pool.close()
      }
      assert.equal(calls(notes), 2)
    })

    it('halt as other runs do', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const notes = scratch.file('notes')
      const cached = cache.wrap(noted)
      await map([0, 1, 2], cached, { backend, args: [notes] })
      const inputs = Array.from({ length: 2_000 }, (_, i) => i % 500)
      const halted = map(inputs, cached, { backend, args: [notes], halt: 'soon,success=20', onError: 'return' })
      const results = await halted
      assert.equal(halted.stats().endedBy, 'halt')
      for (const [i, value] of results.entries())
        assert.ok(value instanceof TaskError ? value.code === 'MH_TASK_ABORTED' : value.x === inputs[i])
    })
  })
}

describe('a run and others', () => {
  it('a run waits for a key that another run computes', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const gate: Gate = { started: scratch.file('started'), release: scratch.file('release') }
    const cached = cache.wrap(block)
    const one = map([gate], cached)
    const other = map([gate, gate], cached)
    one.start()
    await scratch.appears('started')
    other.start()
    const call = cached(gate)
    scratch.touch('release')
    assert.deepEqual([await one, await other, await call], [['released'], ['released', 'released'], 'released'])
    const { misses, joined, hits } = cache.stats()
    assert.deepEqual([misses, joined + hits], [1, 3])
  })

  it('a cached run does not wait for a task that waits for the run', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const fib = cache.wrap(
      async (n: number): Promise<number> => (n < 2 ? n : (await fib(n - 1)) + (await fib(n - 2))),
      { version: '1' },
    )
    assert.deepEqual(await map([10, 9, 8, 7], fib, { backend: 'serial', copy: false }), [55, 34, 21, 13])
  })

  it('fails before anything runs where the function cannot be identified', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    let count = 0
    const counting = cache.wrap(() => ++count)
    assert.match(String(await failure(map([1], counting))), /CaptureError|cannot send/)
    // Here the function runs as it is: then only nothing is kept.
    assert.deepEqual(await map([1], counting, { backend: 'serial', copy: false }), [1])
  })
})
