import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'

import { batched, currentTask, stateful, TaskError } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { apply, constant, filter, flatMap, gather, groupBy, join, source, type WorkflowNode } from 'manyhands/workflow'

import { Scratch } from '#manyhands/testing/scratch.js'

import { until } from '../../support/until.js'
import { type Bad, squares16 } from '../batched/fixtures/tasks.js'
import { BACKENDS } from '../support/each-backend.js'
import { Labels } from './fixtures/labels.js'

const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i)

/** Waits as long as it takes for a full call. */
const patient = { maxDelay: Infinity }

/** Each item beside the number of items in its call. */
const counted = batched((xs: number[]) => xs.map((x) => [x, xs.length] as const), { size: 8, ...patient })

async function settled<T>(node: WorkflowNode<T>, options: object): Promise<(T | string)[]> {
  const all: (T | string)[] = []
  for await (const one of node.run(options).settled()) {
    assert.equal(one.index, all.length)
    if (one.status === 'fulfilled') all.push(one.value)
    else all.push(one.reason instanceof TaskError ? `${one.reason.task.name}: ${one.reason.code}` : String(one.reason))
  }
  return all
}

for (const backend of BACKENDS) {
  const options = { backend, workers: 2 } as const

  describe(`nodes with batched functions: ${backend}`, () => {
    it('calls are filled from whatever items reach the node, and results stay in order', async () => {
      const odd = filter((x: number) => x % 2 === 1)(numbers(64))
      const all = await counted8(odd).run(options)
      assert.deepEqual(
        all.map(([x]) => x),
        numbers(64).filter((x) => x % 2 === 1),
      )
      for (const [, length] of all) assert.equal(length, 8)
    })

    it('the last call has the rest, and does not wait', async () => {
      const all = await counted8(apply((x: number) => x)(numbers(13))).run(options)
      assert.deepEqual(all.map(([, length]) => length).toSorted(), [...Array(5).fill(5), ...Array(8).fill(8)])
    })

    it('a call waits for no more than `maxDelay` for items that come later', async () => {
      let goOn = (): void => {}
      const first = new Promise<void>((resolve) => (goOn = resolve))
      const items = source(async function* () {
        yield* [0, 1]
        await first
        yield 2
      })
      const soon = batched((xs: number[]) => xs.map((x) => [x, xs.length]), { size: 8, maxDelay: 1 })
      const seen: unknown[] = []
      for await (const [x] of apply(soon)(items).run(options)) {
        seen.push(x)
        if (x === 1) goOn()
      }
      assert.deepEqual(seen, [0, 1, 2])
    })

    it('a window smaller than a call makes smaller calls', async () => {
      const all = await counted8(numbers(10)).run({ ...options, window: 4 })
      assert.deepEqual(
        all.map(([x]) => x),
        numbers(10),
      )
      for (const [, length] of all) assert.ok(length <= 4)
    })

    it('results are joined, zipped, gathered and grouped like others', async () => {
      const pairs = counted8(apply((x: number) => x)(numbers(4)))
      const sums = join((a: readonly number[], b: number) => (a[0] as number) * 10 + b)(pairs, [1, 2])
      assert.deepEqual(await sums.run(options), [1, 2, 11, 12, 21, 22, 31, 32])
      assert.deepEqual(await gather((all: (readonly number[])[]) => all.length)(pairs).run(options), [4])
      const zipped = apply((a: readonly number[], b: number) => (a[0] as number) - b)(pairs, numbers(4))
      assert.deepEqual(await zipped.run(options), [0, 0, 0, 0])
    })

    it('filters, expands and groups', async () => {
      const isOdd = batched((xs: number[]) => xs.map((x) => x % 2), { size: 3 })
      assert.deepEqual(await filter(isOdd)(numbers(6)).run(options), [1, 3, 5])
      const times = batched(
        (xs: number[]) =>
          xs.map((x) =>
            x === 2
              ? (async function* () {
                  yield* ['a', 'b']
                })()
              : Array<number>(x).fill(x),
          ),
        { size: 3 },
      )
      assert.deepEqual(await flatMap(times as (x: number) => Promise<unknown[]>)(numbers(4)).run(options), [
        1,
        'a',
        'b',
        3,
        3,
        3,
      ])
      const grouped = groupBy(isOdd, (key, all) => [key, ...all])(numbers(5))
      assert.deepEqual(await grouped.run(options), [
        [0, 0, 2, 4],
        [1, 1, 3],
      ])
    })

    it('constants are handed to each call, after its items', async () => {
      const add = batched((xs: number[], by: number, more: readonly number[]) => xs.map((x) => x + by + more.length), {
        size: 4,
      })
      assert.deepEqual(await apply(add)(numbers(5), 100, constant([1, 2])).run(options), [102, 103, 104, 105, 106])
      assert.deepEqual(await apply(add)(1, 100, constant([1, 2])).run(options), [103])
    })

    it('a stateful class is built once in a worker, and closed', async () => {
      using scratch = new Scratch()
      const closed = scratch.file('closed')
      const label = apply(batched(stateful(Labels, '#', closed), { size: 8, ...patient }), { name: 'label' })
      const all = await label(apply((x: number) => x)(numbers(24)), '!').run({ ...options, workers: 1 })
      assert.deepEqual(
        all.map(({ text }) => text),
        numbers(24).map((x) => `#${x}!`),
      )
      assert.deepEqual(
        all.map(({ calls, of }) => [calls, of]),
        numbers(24).map((x) => [1 + Math.floor(x / 8), 8]),
      )
      await until(() => existsSync(closed))
    })

    for (const how of ['throws', 'is an error', ...(backend === 'serial' ? [] : ['exits'])] as Bad['how'][]) {
      it(`an item whose call ${how} costs itself and what depends on it, and nothing else`, async () => {
        const squared = apply(squares16, { name: 'squares' })(apply((x: number) => x)(numbers(100)), { at: 37, how })
        const all = await settled(apply((x: number) => -x, { name: 'minus' })(squared), options)
        const code = how === 'exits' ? 'MH_WORKER_CRASHED' : 'MH_TASK_FAILED'
        assert.deepEqual(
          all,
          numbers(100).map((x) => (x === 37 ? `squares: ${code}` : -(x * x))),
        )
      })
    }

    it('an item whose call takes too long costs itself, with the timeout of its node', async () => {
      const bad: Bad = { at: 7, how: backend === 'serial' ? 'waits' : 'blocks' }
      const squared = apply(squares16, { name: 'squares', timeout: 2_000 })(numbers(16), bad)
      assert.deepEqual(
        await settled(squared, options),
        numbers(16).map((x) => (x === 7 ? 'squares: MH_TASK_TIMEOUT' : x * x)),
      )
    })

    it('retries of the node are of the items that fail alone', async () => {
      using scratch = new Scratch()
      const calls = scratch.file('calls')
      const squared = apply(squares16, { name: 'squares', retries: 2 })(numbers(16), { at: 7, how: 'throws' }, calls)
      const [failed] = (await squared.run({ ...options, onError: 'return' })).filter((one) => one instanceof TaskError)
      assert.equal(failed?.attempts, 3)
      assert.equal(failed?.task.index, 7)
    })

    it('stored results are left out of calls, and each result is stored by itself', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const node = (items: number[]): WorkflowNode<readonly [number, number]> => counted8(items)
      // The second 3 waits for the first, and takes its result.
      assert.deepEqual(await node([1, 2, 3, 3]).run({ ...options, cache }), [
        [1, 3],
        [2, 3],
        [3, 3],
        [3, 3],
      ])
      const again = node([5, 1, 6, 2, 3]).run({ ...options, cache })
      assert.deepEqual(await again, [
        [5, 2],
        [1, 3],
        [6, 2],
        [2, 3],
        [3, 3],
      ])
      assert.equal(again.stats().cached, 3)
      const { nodes } = await node([1, 5, 9]).plan({ cache })
      assert.deepEqual(
        nodes.map(({ hit, run }) => [hit, run]),
        [[2, 1]],
      )
    })

    it('a filter and keys with a cache keep what their function says', async () => {
      using scratch = new Scratch()
      const isOdd = batched((xs: number[]) => xs.map((x) => x % 2), { size: 3 })
      for (const cached of [0, 12]) {
        const cache = new Cache(scratch.file('cache'))
        const odd = filter(isOdd, { name: 'odd' })(numbers(6))
        const groups = groupBy(
          batched((xs: number[]) => xs.map((x) => x > 2), { size: 2 }),
          (key, all) => [key, ...all],
        )(odd)
        const run = groups.run({ ...options, cache })
        assert.deepEqual(await run, [
          [false, 1],
          [true, 3, 5],
        ])
        assert.equal(run.stats().cached > 0, cached > 0)
        const { nodes } = await groups.plan({ cache })
        for (const { run: left } of nodes) assert.equal(left, 0)
      }
    })

    it('a node that needs its value is not given undefined', async () => {
      const some = batched((xs: number[]) => xs.map((x) => (x === 1 ? undefined : x)), { size: 4 })
      const node = apply((x: number | undefined) => x, { name: 'last' })(apply(some, { name: 'some' })(numbers(3)))
      assert.deepEqual(await settled(node, options), [0, 'some: MH_TASK_FAILED', 2])
    })

    it('runs here with `local`, beside nodes that do not', async () => {
      const pids = batched((xs: number[]) => xs.map((x) => [x, process.pid] as const), { size: 4 })
      const all = await apply(pids, { local: true })(apply((x: number) => x)(numbers(10))).run(options)
      assert.deepEqual(
        all,
        numbers(10).map((x) => [x, process.pid]),
      )
    })

    it('currentTask() has the positions of all items of a call', async () => {
      const positions = batched((xs: number[]) => xs.map(() => [...currentTask().indexes]), { size: 4, ...patient })
      const all = await apply(positions)(numbers(8)).run(options)
      for (const [i, indexes] of all.entries()) assert.ok(indexes.includes(i) && indexes.length === 4)
    })
  })
}

function counted8(items: WorkflowNode<number> | number[]): WorkflowNode<readonly [number, number]> {
  return apply(counted, { name: 'counted' })(items)
}
