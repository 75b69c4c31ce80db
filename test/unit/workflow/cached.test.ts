import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Cache } from 'manyhands/cache'
import { apply, filter, flatMap, gather, groupBy, join, type WorkflowNode } from 'manyhands/workflow'

import { Scratch } from '#manyhands/testing/scratch.js'

import { BACKENDS } from '../support/each-backend.js'

const sum = (all: number[]): number => all.reduce((a, b) => a + b, 0)

/** Every operator, once. */
function everything(words: readonly string[]): WorkflowNode<string> {
  const letters = flatMap((word: string) => word.split(''))(words)
  const vowels = filter((letter: string) => 'aeiou'.includes(letter))(letters)
  const groups = groupBy(
    (letter: string) => letter,
    (letter, all) => `${letter}${all.length}`,
  )(vowels)
  const lengths = apply((word: string) => word.length)(apply((word: string) => word.trim())(words))
  return join((group: string, total: number) => `${group}/${total}`)(groups, gather(sum)(lengths))
}

for (const backend of BACKENDS) {
  describe(`a workflow with a cache: ${backend}`, () => {
    it('computes nothing twice', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const multiply = join((a: number, b: number) => a * b)
      const workflow = multiply(apply((s: string) => s.length)(['a', 'bc', 'def']), [1, 2])
      assert.deepEqual(await workflow.run({ backend, workers: 3, cache }), [1, 2, 2, 4, 3, 6])
      const { hits, misses, stored } = cache.stats()
      assert.deepEqual({ hits, misses, stored }, { hits: 0, misses: 9, stored: 9 })
      const again = workflow.run({ backend, workers: 3, cache: new Cache(scratch.file('cache')) })
      assert.deepEqual(await again, [1, 2, 2, 4, 3, 6])
      assert.equal(again.stats().cached, 9)
    })

    it('holds for every operator', async () => {
      using scratch = new Scratch()
      const words = ['banana', ' pear', 'kiwi ']
      const expected = ['a4/14', 'e1/14', 'i2/14']
      for (const calls of [1, 0]) {
        const cache = new Cache(scratch.file('cache'))
        assert.deepEqual(await everything(words).run({ backend, cache }), expected)
        const { misses, unstorable, hits } = cache.stats()
        assert.equal(misses > 0, calls === 1)
        assert.equal(unstorable, 0)
        assert.ok(calls === 1 || hits > 0)
      }
    })

    it('stops where values stay the same', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const run = async (upper: (s: string) => string): Promise<number | undefined> => {
        const results = apply((s: string) => s + s)(
          apply((s: string) => s.length.toFixed())(apply(upper)(['a', 'bc'])),
        ).run({ backend, cache })
        assert.deepEqual(await results, ['11', '22'])
        return results.stats().cached
      }
      assert.equal(await run((s) => s.toUpperCase()), 0)
      // Other code, other values: all but what comes of equal ones runs.
      assert.equal(await run((s) => `${s[0]}${s.slice(1)}`), 2)
      // Other code, equal values: only that step.
      assert.equal(await run((s) => s.slice(0)), 4)
    })

    it('goes by version, leaves arguments out, and does without where a node says so', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const cachedOf = async (node: WorkflowNode<number>): Promise<number> => {
        const results = node.run({ backend, cache })
        await results
        return results.stats().cached
      }
      const items = [1, 2]
      const add = (x: number, noise: number): number => (noise > 0 ? x : -x)
      assert.equal(await cachedOf(apply(add, { version: '1', ignore: [1] })(items, 1)), 0)
      assert.equal(await cachedOf(apply(add, { version: '1', ignore: [1] })(items, 2)), 2)
      assert.equal(await cachedOf(apply(add, { version: '2', ignore: [1] })(items, 2)), 0)
      assert.equal(await cachedOf(apply(add, { version: '2', cache: false })(items, 2)), 0)
    })

    it('takes functions that a cache wrapped', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const square = cache.wrap((x: number) => x * x)
      assert.equal(await square(3), 9)
      const results = apply(square)([2, 3]).run({ backend })
      assert.deepEqual(await results, [4, 9])
      assert.equal(results.stats().cached, 1)
    })

    it('never stores failures', async () => {
      using scratch = new Scratch()
      const cache = new Cache(scratch.file('cache'))
      const flaky = apply((x: number) => {
        if (x === 2) throw new RangeError('two')
        return x
      })
      for (const cached of [0, 2]) {
        const results = flaky([1, 2, 3]).run({ backend, cache, onError: () => 0 })
        assert.deepEqual(await results, [1, 0, 3])
        assert.equal(results.stats().cached, cached)
      }
    })
  })
}
