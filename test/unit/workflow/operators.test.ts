import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  apply,
  constant,
  filter,
  flatMap,
  gather,
  groupBy,
  join,
  runAll,
  source,
  stream,
  type WorkflowNode,
  zip,
} from 'manyhands/workflow'

import { BACKENDS } from '../support/each-backend.js'

const add = (a: number, b: number): number => a + b
const sum = (all: number[]): number => all.reduce(add, 0)

for (const backend of BACKENDS) {
  const run = <T>(node: WorkflowNode<T>): Promise<T[]> => node.run({ backend, workers: 2 }).toArray()

  describe(`workflow operators: ${backend}`, () => {
    it('read like nested calls', async () => {
      const length = apply((s: string) => s.length)
      const multiply = join((a: number, b: number) => a * b)
      const workflow = multiply(length(['a', 'bc', 'def']), [1, 2])
      assert.deepEqual(await workflow.run({ backend, workers: 3 }), [1, 2, 2, 4, 3, 6])
      assert.deepEqual(await workflow.run({ backend, workers: 3 }), [1, 2, 2, 4, 3, 6])
    })

    it('join three streams row by row', async () => {
      const all = join((a: string, b: number, c: string) => `${a}${b}${c}`)(['a', 'b'], [1, 2], ['x', 'y'])
      assert.deepEqual(await run(all), ['a1x', 'a1y', 'a2x', 'a2y', 'b1x', 'b1y', 'b2x', 'b2y'])
      assert.deepEqual(await run(join(add)([1, 2], [])), [])
      assert.deepEqual(await run(join(add)([], [1, 2])), [])
    })

    it('put streams together item by item', async () => {
      const tens = apply((x: number) => x * 10)([1, 2, 3])
      assert.deepEqual(await run(zip(add)(tens, [1, 2, 3])), [11, 22, 33])
      assert.deepEqual(
        await run(apply((a: number, k: number, b: number) => a * k + b)(tens, 2, [7, 8, 9])),
        [27, 48, 69],
      )
    })

    it('repeat the item of a stream of one', async () => {
      const all = apply((a: number, b: number, c: number) => a * 100 + b * 10 + c)
      const later = apply((x: number) => x + 1)
      const numbers = [1, 2, 3]
      assert.deepEqual(await run(all(numbers, [4], later(numbers))), [142, 243, 344])
      assert.deepEqual(await run(all([4], later(numbers), [5])), [425, 435, 445])
      assert.deepEqual(await run(all([1], [2], [3])), [123])
      const total = gather(sum)(numbers)
      assert.deepEqual(await run(zip(add)(numbers, total)), [7, 8, 9])
      assert.deepEqual(await run(zip(add)(total, later(numbers))), [8, 9, 10])
      const none = filter((x: number) => x > 5)(numbers)
      for (const empty of [zip(add)(none, [1]), zip(add)([1], none), zip(add)(total, none), zip(add)(none, none)])
        assert.deepEqual(await run(empty), [])
      const one = filter((x: number) => x > 2)(numbers)
      assert.deepEqual(await run(zip(add)(one, numbers)), [4, 5, 6])
      assert.deepEqual(await run(zip(add)(numbers, one)), [4, 5, 6])
      const many = source(function* () {
        yield* Array(10_000).keys()
      })
      assert.equal((await run(zip(add)(many, one))).at(-1), 10_002)
    })

    it('filter, flatten, gather and group', async () => {
      const words = flatMap((line: string) => line.split(' '))(['to be or', 'not', 'to be'])
      const long = filter((word: string, least: number) => word.length >= least)(words, 3)
      const counts = groupBy(
        (word: string) => word.length,
        (length, all) => `${length}: ${all.join()}`,
      )(words)
      assert.deepEqual(await run(words), ['to', 'be', 'or', 'not', 'to', 'be'])
      assert.deepEqual(await run(long), ['not'])
      assert.deepEqual(await run(counts), ['2: to,be,or,to,be', '3: not'])
      assert.deepEqual(await run(gather((all: string[], mark: string) => all.join(mark))(words, '-')), [
        'to-be-or-not-to-be',
      ])
      assert.deepEqual(await run(gather((a: number[], b: number[]) => [sum(a), sum(b)])([1, 2], [3])), [[3, 3]])
      assert.deepEqual(await run(gather(sum)([])), [0])
    })

    it('make many items of one, also in time', async () => {
      const made = flatMap(async function* (n: number) {
        for (let i = 0; i < n; i++) yield await Promise.resolve(i)
      })
      assert.deepEqual(await run(apply((x: number) => x + 1)(made([0, 2, 1, 3]))), [1, 2, 1, 1, 2, 3])
    })

    it('tell streams from constants', async () => {
      const show = apply((value: unknown) => JSON.stringify(value))
      assert.deepEqual(await run(show('abc')), ['"abc"'])
      assert.deepEqual(await run(show(constant(['a', 'b']))), ['["a","b"]'])
      assert.deepEqual(await run(show(stream(new Set(['a', 'b'])))), ['"a"', '"b"'])
      const bytes = apply((b: Uint8Array, m: Map<string, number>) => b.length + m.size)
      assert.deepEqual(await run(bytes(new Uint8Array(3), new Map([['a', 1]]))), [4])
      assert.deepEqual(await run(apply((s: string, n: number) => s + n)('a', [1, 2])), ['a1', 'a2'])
    })

    it('read sources anew for each run', async () => {
      const numbers = source(function* () {
        yield* [1, 2, 3]
      })
      const from = source(async function* (first: number) {
        yield await Promise.resolve(first)
        yield first + 1
      })
      const added = join(add)(numbers, from(10))
      assert.deepEqual(await run(added), [11, 12, 12, 13, 13, 14])
      assert.deepEqual(await run(added), [11, 12, 12, 13, 13, 14])
      assert.deepEqual(await run(numbers), [1, 2, 3])
    })

    it('run in this process where they say so', async () => {
      const seen: number[] = []
      const note = apply(
        (x: number) => {
          seen.push(x)
          return { square: () => x * x }
        },
        { local: true },
      )
      const squares = apply((one: { square(): number }) => one.square(), { local: true })
      assert.deepEqual(await run(apply(add)(squares(note([1, 2, 3])), 1)), [2, 5, 10])
      assert.deepEqual(seen, [1, 2, 3])
    })

    it('compute what several need once', async () => {
      let calls = 0
      const base = apply(
        (x: number) => {
          calls++
          return x
        },
        { local: true },
      )([1, 2, 3])
      const doubled = apply((x: number) => x * 2)(base)
      const total = gather(sum)(base)
      const share = join((x: number, of: number) => x / of)(base, total)
      assert.deepEqual(await runAll({ base, doubled, share, again: base }, { backend }), {
        base: [1, 2, 3],
        doubled: [2, 4, 6],
        share: [1 / 6, 2 / 6, 3 / 6],
        again: [1, 2, 3],
      })
      assert.equal(calls, 3)
    })

    it('take one stream twice', async () => {
      const items = apply((x: number) => x)([1, 2])
      assert.deepEqual(await run(join(add)(items, items)), [2, 3, 3, 4])
      assert.deepEqual(await run(zip(add)(items, items)), [2, 4])
    })

    it('copy what a source uses again', async () => {
      const one = { n: 0 }
      const reused = source(function* () {
        for (one.n = 0; one.n < 3; one.n++) yield one
      })
      assert.deepEqual(await run(apply((x: { n: number }) => x.n)(reused)), [0, 1, 2])
      assert.deepEqual(await run(gather((all: { n: number }[]) => all.map((x) => x.n))(reused)), [[0, 1, 2]])
    })
  })
}
