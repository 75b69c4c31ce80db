import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { registerClass, InvalidArgumentError, Pool, reduce, stateful } from 'manyhands'

import { sum, range } from './support.js'

describe('reduce', () => {
  it('refuses reducers that lack a function', () => {
    for (const [name, reducer] of [
      ['combine', { initial: sum.initial, add: sum.add }],
      ['add', { ...sum, add: 5 }],
      ['initial', { ...sum, initial: undefined }],
    ] as const)
      assert.throws(
        () => reduce([1], reducer as never),
        (error) => error instanceof InvalidArgumentError && error.message.startsWith(name),
      )
    assert.throws(() => reduce([1], ((a: number, b: number) => a + b) as never), InvalidArgumentError)
    class Half {
      add(total: number): number {
        return total
      }
    }
    assert.throws(() => reduce([1], stateful(Half as never) as never), /initial/)
  })

  it('refuses options that it cannot have, and says why', () => {
    const refused = { ordered: false, cache: {}, halt: 'now,fail=1', rate: 1, debug: true, inspect: true }
    for (const [name, value] of Object.entries(refused))
      assert.throws(() => reduce([1], sum, { [name]: value } as never), new RegExp(`no "${name}"`))
    assert.throws(() => reduce([1], sum, { grain: 0 }), InvalidArgumentError)
    assert.throws(() => reduce([1], sum, { grain: 10, window: 5 }), /at least the grain, 10/)
    assert.throws(() => reduce([1], sum, { timeout: '300%' }), /milliseconds/)
    assert.throws(() => reduce([1], sum, { onError: (() => 1) as never }), InvalidArgumentError)
    assert.throws(() => reduce(5 as never, sum), InvalidArgumentError)
  })

  it('passes values as they are with copy: false', async () => {
    const socket = { write: () => {} }
    const value = await reduce(
      [socket, socket],
      {
        initial: () => new Set<object>(),
        add: (set, one) => void set.add(one),
        combine: (a, b) => new Set([...a, ...b]),
      },
      { backend: 'serial', copy: false, grain: 1 },
    )
    assert.deepEqual([...value], [socket])
    assert.ok(value.has(socket))
  })

  it('lets instances of registered classes be inputs and accumulators', async () => {
    class Point {
      readonly x: number
      constructor(x: number) {
        this.x = x
      }
    }
    registerClass(Point, { name: 'ReducedPoint', encode: ({ x }) => x, decode: (x) => new Point(x) })
    const value = await reduce(
      [new Point(1), new Point(2)],
      {
        initial: () => new Point(0),
        add: (point, { x }) => new Point(point.x + x),
        combine: (a, b) => new Point(a.x + b.x),
      },
      { backend: 'threads', grain: 1 },
    )
    assert.ok(value instanceof Point)
    assert.equal(value.x, 3)
  })

  it('shares a pool with other work', async () => {
    const pool = new Pool({ backend: 'threads', workers: 2 })
    const [a, b] = await Promise.all([pool.reduce(range(1_000), sum), pool.map(range(100), Math.sqrt)])
    assert.equal(a, 499_500)
    assert.equal(b.length, 100)
    await pool.close()
    assert.throws(() => pool.reduce([1], sum))
  })
})
