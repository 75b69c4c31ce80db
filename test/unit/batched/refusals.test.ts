import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { batched, execute, InvalidArgumentError, map, stateful, task, withPool } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { pipeline } from 'manyhands/pipeline'
import { apply, gather, groupBy, join, source, zip } from 'manyhands/workflow'

import { Counter } from './fixtures/tasks.js'

const same = (inputs: unknown[]): unknown[] => inputs
const fn = batched(same, { size: 2 })

describe('batched refuses', () => {
  for (const [title, make, expected] of [
    [
      'no options',
      () => batched(same, undefined as never),
      /batched\.size: expected a whole number from 1 to 32767, got undefined/,
    ],
    ['a size of 0', () => batched(same, { size: 0 }), /batched\.size: expected a whole number from 1 .* got 0/],
    ['half an input', () => batched(same, { size: 1.5 }), /batched\.size: .* got 1\.5/],
    ['more inputs than a message has', () => batched(same, { size: 40_000 }), /batched\.size: .* got 40000/],
    ['a delay below 0', () => batched(same, { size: 2, maxDelay: -1 }), /batched\.maxDelay: expected milliseconds/],
    [
      'a split that is neither true nor false',
      () => batched(same, { size: 2, split: 1 as never }),
      /batched\.split: expected true or false/,
    ],
    ['an unknown option', () => batched(same, { size: 2, sise: 3 } as never), /Did you mean "size"/],
    ['anything but a function', () => batched(5 as never, { size: 2 }), /batched\(fn\): expected a function/],
    ['a class', () => batched(Counter as never, { size: 2 }), /stateful\(Counter\)/],
    [
      'a list of stateful workers',
      () => batched([stateful(Counter, 1)] as never, { size: 2 }),
      /a function of an array of inputs, or stateful\(…\)/,
    ],
    [
      'lists of arguments',
      () => map([[1]], fn, { spread: true } as never),
      /spread: expected false for a batched function/,
    ],
    [
      'to be a step',
      () => pipeline('p').step('one', fn as never),
      /step "one": expected a function of one input, .*give it to map\(\)/,
    ],
    [
      'to be a step with a cache before it',
      () => pipeline('p').step('one', new Cache(null).wrap(fn) as never),
      /step "one": expected a function of one input/,
    ],
    [
      'to join streams',
      () => join(fn as never),
      /join\(fn\): expected a function of an item of each stream, got a bat/,
    ],
    [
      'to gather a stream',
      () => gather(fn as never),
      /gather\(fn\): expected a function of the list of all items, got/,
    ],
    [
      'to be called with groups',
      () => groupBy(() => 1, fn as never),
      /groupBy\(fn\): expected a function of a key and the list of its items, got a batched function, .* as the key of/,
    ],
    ['to be a source', () => source(fn as never), /source\(fn\): expected a function of constants, got a batched/],
    [
      'several streams',
      () => zip(fn as never)([1], [2]),
      /the inputs of same: expected one stream, and constants after it: .*, got 2 streams/,
    ],
    ['a constant before its stream', () => apply(fn as never)(1, [2]), /got a constant before the stream/],
    ['no inputs', () => apply(fn as never)(), /the inputs of same: .*, got none/],
  ] as const) {
    it(title, () => {
      assert.throws(make, (error) => error instanceof InvalidArgumentError && expected.test(error.message))
    })
  }

  it('several arguments', async () => {
    await withPool({ backend: 'serial' }, async (pool) => {
      await assert.rejects(pool.run(fn as never, 1 as never, 2 as never), /expected one, .* got 2/)
      await assert.rejects(
        pool.run(task(fn)(1)).then(() => pool.run(fn as unknown as () => unknown as never)),
        /got 0/,
      )
    })
    const make = task(fn as (a: number, b?: number) => unknown)
    await assert.rejects(
      async () => execute([make(1), make(1, 2)], { backend: 'serial' }),
      /batched: expected one argument, got 2/,
    )
  })
})
