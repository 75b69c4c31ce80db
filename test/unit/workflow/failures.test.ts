import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  BatchError,
  InvalidArgumentError,
  InvalidStateError,
  type RunEvent,
  SerializationError,
  TaskError,
} from 'manyhands'
import { apply, flatMap, gather, groupBy, join, runAll, source, zip } from 'manyhands/workflow'

import { failure } from '#manyhands/testing/contract/subject.js'

import { BACKENDS, WITH_WORKERS } from '../support/each-backend.js'

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const checked = (x: number): number => {
  if (x === 2) throw new RangeError('no two')
  return x
}

for (const backend of BACKENDS) {
  const options = { backend, workers: 2 } as const

  describe(`failures in a workflow: ${backend}`, () => {
    it('name the node that failed, also within a chain', async () => {
      const tenfold = apply((x: number) => x * 10, { name: 'tenfold' })
      const chain = tenfold(apply(checked)(apply((x: number) => x, { name: 'first' })([1, 2, 3])))
      const error = await failure(chain.run(options))
      assert.ok(error instanceof TaskError)
      assert.equal(error.message, 'checked[1] failed: RangeError: no two')
      assert.equal(error.task.name, 'checked')
      assert.ok(error.cause instanceof RangeError)
      assert.match(error.remoteStack ?? '', /failures\.test/)
    })

    it('cost only what depends on them', async () => {
      const rows = join((a: number, b: number) => a * b, { name: 'rows' })(apply(checked)([1, 2, 3]), [1, 10])
      const records = await listOf(rows.run(options).settled())
      assert.deepEqual(
        records.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.task.name)),
        [1, 10, 'checked', 'checked', 3, 30],
      )
      assert.deepEqual(await rows.run({ ...options, onError: () => 0 }), [1, 10, 0, 0, 3, 30])
      const error = await failure(rows.run({ ...options, onError: 'collect' }))
      assert.ok(error instanceof BatchError)
      assert.deepEqual([error.errors.length, error.results.length], [2, 6])
    })

    it('fail lists, unless what failed is left out', async () => {
      const items = apply(checked)([1, 2, 3])
      const sum = (all: number[]): number => all.reduce((a, b) => a + b, 0)
      const error = await failure(gather(sum)(items).run(options))
      assert.ok(error instanceof TaskError)
      assert.equal(error.task.name, 'checked')
      assert.deepEqual(await gather(sum, { missing: 'skip' })(items).run(options), [4])
      const groups = groupBy(
        (x: number) => x % 2,
        (key, all) => `${key}: ${all.join()}`,
        { missing: 'skip' },
      )
      assert.deepEqual(await groups(items).run(options), ['1: 1,3'])
    })

    it('never hang: of a node that several ends need', async () => {
      const items = apply(checked)([1, 2, 3])
      const all = { items, rows: join((a: number, b: number) => a + b)(items, items), last: gather(String)(items) }
      assert.ok((await failure(runAll(all, options))) instanceof TaskError)
      const results = await runAll(all, { ...options, onError: () => -1 })
      assert.deepEqual(results, { items: [1, -1, 3], rows: [2, -1, 4, -1, -1, -1, 4, -1, 6], last: [-1] })
    })

    it('tell of streams of unequal length', async () => {
      const pair = zip((a: number, b: number) => a + b, { name: 'pair' })
      for (const uneven of [pair([1, 2, 3], [1, 2]), pair([1, 2], apply((x: number) => x)([1, 2, 3]))]) {
        const results = uneven.run(options)
        const given: number[] = []
        const error = await failure(
          (async () => {
            for await (const value of results) given.push(value)
          })(),
        )
        assert.ok(error instanceof InvalidArgumentError)
        assert.match(
          error.message,
          /pair: expected streams of equal length or of one item, or join\(\).*has 2.*more than 2|more than 2.*has 2/,
        )
        assert.deepEqual(given, [2, 4])
      }
    })

    it('tell of a node that gives nothing where a value is needed', async () => {
      const nothing = apply((x: number): number => (x > 0 ? (undefined as never) : x), { name: 'nothing' })
      const next = apply((x: number) => x, { name: 'next' })
      const error = await failure(next(nothing([1])).run(options))
      assert.match(
        String(error),
        /nothing\[0\] failed: TypeError: nothing returned undefined, but next needs its value/,
      )
      assert.deepEqual(await nothing([1]).run(options), [undefined])
    })

    it('tell of what cannot be flattened, or grouped by', async () => {
      const flat = flatMap((x: number) => x as never)
      assert.match(String(await failure(flat([1]).run(options))), /expected the function to return an iterable/)
      const groups = groupBy(
        (x: number) => [x] as never,
        () => 0,
        { name: 'groups' },
      )
      assert.match(
        String(await failure(groups([1]).run(options))),
        /expected a key that is a string, a number, a bigint, a boolean or null/,
      )
    })

    it('tell of a generator that is read a second time', async () => {
      const workflow = apply((x: number) => x + 1)([1, 2].values())
      assert.deepEqual(await workflow.run(options), [2, 3])
      const error = await failure(workflow.run(options))
      assert.ok(error instanceof InvalidStateError)
      assert.match(error.message, /can be read only once.*source\(\(\) => …\)/)
    })

    it('come after the results of what a source gave before it threw', async () => {
      const broken = source(function* () {
        yield 1
        yield 2
        throw new RangeError('broken')
      })
      const values: number[] = []
      const error = await failure(
        (async () => {
          for await (const value of join((a: number, b: number) => a * b)(broken, [1, 10]).run(options))
            values.push(value)
        })(),
      )
      assert.ok(error instanceof RangeError)
      assert.deepEqual(values, [1, 10, 2, 20])
    })

    it('show one node at a time to the debugger', async () => {
      const alone = apply((x: number) => x, { name: 'alone' })(apply(checked)([1]))
      const names = new Set<string>()
      const onEvent = (event: RunEvent): void => void (event.type === 'start' && names.add(event.task.name))
      assert.deepEqual(await alone.run({ debug: true, onEvent }), [1])
      assert.deepEqual([...names], ['checked', 'alone'])
    })

    it('run again where the node says so', async () => {
      const flaky = apply(
        async (x: number) => {
          const { currentTask } = await import('manyhands')
          if (currentTask().attempt < 3) throw new Error('not yet')
          return x
        },
        { retries: 2 },
      )
      assert.deepEqual(await flaky([1, 2]).run(options), [1, 2])
    })
  })
}

for (const backend of WITH_WORKERS) {
  describe(`failures of workers in a workflow: ${backend}`, () => {
    it('a value that cannot travel is one item lost', async () => {
      const odd = apply((x: number): unknown => (x === 2 ? () => x : x), { name: 'odd' })
      const next = join((a: unknown, b: number) => [a, b], { name: 'next' })(odd([1, 2]), [0])
      const records = await listOf(next.run({ backend }).settled())
      assert.deepEqual(
        records.map(({ status }) => status),
        ['fulfilled', 'rejected'],
      )
      const [, lost] = records
      assert.ok(lost?.status === 'rejected' && lost.reason instanceof SerializationError)
      assert.equal(lost.reason.task.name, 'odd')
    })

    it('a dead worker costs its item', async () => {
      const dies = apply((x: number) => (x === 2 ? process.exit(3) : x), { name: 'dies' })
      const next = join((a: number, b: number) => a + b)(dies([1, 2, 3]), [10])
      const values = await next.run({ backend, onError: (error) => error.task.name }).toArray()
      assert.deepEqual(values, [11, 'dies', 13])
    })

    it('a limit goes by the median of the node itself', async () => {
      const pause = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
      const quick = apply((x: number) => x, { timeout: '10000000%', name: 'quick' })
      // By the median of all it would have a few milliseconds.
      const steady = apply(
        (x: number) => {
          pause(x === 7 ? 10_000 : 20)
          return x
        },
        { timeout: '10000%', name: 'steady' },
      )
      const items = [1, 2, 3, 4, 5, 6, 7]
      const values = await steady(quick(items))
        .run({ backend, workers: 1, onError: (error) => error.name })
        .toArray()
      assert.deepEqual(values, [1, 2, 3, 4, 5, 6, 'TaskTimeoutError'])
    })

    it('a node that takes too long fails by itself', async () => {
      const slow = apply(
        (x: number) => {
          if (x === 2) for (;;) Math.sqrt(x)
          return x
        },
        { timeout: 1_000, name: 'slow' },
      )
      const workflow = apply((x: number) => x + 1)(slow([1, 2, 3]))
      const values = await workflow.run({ backend, onError: (error) => error.name }).toArray()
      assert.deepEqual(values, [2, 'TaskTimeoutError', 4])
    })
  })
}
