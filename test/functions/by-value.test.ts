import assert from 'node:assert/strict'

import { map } from 'manyhands'

import { one, onEach } from './support/on-each.js'

const offset = 10

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}

function isEven(n: number): boolean {
  return n === 0 ? true : isOdd(n - 1)
}

function isOdd(n: number): boolean {
  return n === 0 ? false : isEven(n - 1)
}

onEach('an arrow, and a function expression', async (backend) => {
  assert.deepEqual(await map([1, 2], (x) => x + 1, { backend }), [2, 3])
  assert.deepEqual(
    await map(
      [1, 2],
      function (x) {
        return x + offset
      },
      { backend },
    ),
    [11, 12],
  )
})

onEach('closures of a loop have each its own value', async (backend) => {
  const runs: PromiseLike<string[]>[] = []
  for (let i = 0; i < 5; i++) {
    const name = `n${i}`
    runs.push(map([i], (x) => `${name}:${x}:${i}`, { backend }))
  }
  for (const word of ['a', 'b']) runs.push(map([0], () => word, { backend }))
  assert.deepEqual((await Promise.all(runs)).flat(), ['n0:0:0', 'n1:1:1', 'n2:2:2', 'n3:3:3', 'n4:4:4', 'a', 'b'])
})

onEach('captured values of all kinds', async (backend) => {
  const names = new Map<unknown, unknown>([[{ key: 1 }, new Set(['a'])]])
  const weights = new Float32Array([0.5, 1.5])
  const bytes = Buffer.from('bytes')
  const when = new Date(5)
  const pattern = /a(?<rest>.*)/u
  const big = 2n ** 70n
  const url = new URL('https://example.org/?q=1')
  const error = Object.assign(new RangeError('kept', { cause: 'why' }), { code: 'E' })
  const bare = Object.assign(Object.create(null) as Record<string, number>, { a: 1 })
  const symbol = Symbol.for('manyhands.test')
  const collected = await one(
    map(
      [0],
      () => ({
        names,
        weights,
        bytes,
        when,
        rest: pattern.exec('abc')?.groups?.['rest'],
        big,
        url,
        error,
        bare,
        same: symbol === Symbol.for('manyhands.test'),
      }),
      { backend },
    ),
  )
  const { error: kept, ...others } = collected
  assert.deepStrictEqual(others, { names, weights, bytes, when, rest: 'bc', big, url, bare, same: true })
  assert.ok(kept instanceof RangeError)
  assert.deepEqual([kept.message, kept.cause, kept.code], ['kept', 'why', 'E'])
})

onEach('what two closures share stays one thing', async (backend) => {
  const shared = { n: 0 }
  const bump = (): number => ++shared.n
  const read = (): number => shared.n
  assert.deepEqual(await map([1, 2], () => [bump(), read()], { backend }), [
    [1, 1],
    [2, 2],
  ])
  assert.equal(shared.n, 0)
})

onEach('a function that captures a function that captures', async (backend) => {
  const k = 3
  const inner = (x: number): number => x * k
  const outer = (x: number): number => inner(x) + offset
  assert.deepEqual(await map([1, 2], (x) => outer(x), { backend }), [13, 16])
})

onEach('functions inside captured values, and an object that holds the function', async (backend) => {
  const rules = { list: [(x: number): number => x + 1, (x: number): number => x * offset] }
  const byName = new Map([['double', (x: number): number => x * 2]])
  assert.deepEqual(
    await map([2], (x) => [...rules.list.map((rule) => rule(x)), byName.get('double')?.(x)], { backend }),
    [[3, 20, 4]],
  )
  const node: { depth: number; count: (n: number) => number } = {
    depth: 2,
    count: (n) => (n === 0 ? node.depth : node.count(n - 1)),
  }
  assert.deepEqual(await map([3], node.count, { backend }), [2])
})

onEach('recursion by name, and helpers that call each other', async (backend) => {
  assert.deepEqual(await map([5], factorial, { backend }), [120])
  assert.deepEqual(await map([10, 7], isEven, { backend }), [true, false])
  const local = (n: number): number => (n === 0 ? 0 : 1 + local(n - 1))
  assert.deepEqual(await map([4], local, { backend }), [4])
  const named = function down(n: number): number {
    return n === 0 ? 0 : 1 + down(n - 1)
  }
  assert.deepEqual(await map([4], named, { backend }), [4])
})

onEach('default parameters, destructuring, rest and optional chaining', async (backend) => {
  const fallback = 5
  const defaults = (x: number, y = fallback, { z = offset } = {}): number => x + y + z
  assert.deepEqual(await map([1], defaults, { backend }), [16])
  assert.deepEqual(
    await map(
      [{ a: [1, 2, 3], b: { c: 'd' } as { c: string; e?: string } }],
      ({ a: [head, ...tail], b: { c, e = 'none' } }) => [head, tail, c, e],
      { backend },
    ),
    [[1, [2, 3], 'd', 'none']],
  )
  const deep: { a?: { b?: number } } = {}
  assert.deepEqual(await map([1], (x) => deep.a?.b ?? x, { backend }), [1])
})

onEach('the arguments of a function of its own', async (backend) => {
  const count = function (this: unknown): number {
    return arguments.length
  }
  assert.deepEqual(await map([1], count, { backend, args: [2, 3] as never }), [3])
})

onEach('asynchronous functions, and generators as helpers', async (backend) => {
  const wait = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  function* upTo(n: number): Generator<number> {
    for (let i = 0; i < n; i++) yield i * offset
  }
  async function* later(n: number): AsyncGenerator<number> {
    for (const value of upTo(n)) {
      await wait()
      yield value
    }
  }
  const collect = async (n: number): Promise<number[]> => {
    const values: number[] = []
    for await (const value of later(n)) values.push(value)
    return values
  }
  assert.deepEqual(await map([3], collect, { backend }), [[0, 10, 20]])
})

onEach('methods, getters, setters and computed names of captured literals', async (backend) => {
  const key = 'computed'
  const meter = {
    reading: 1,
    get total() {
      return this.reading + offset
    },
    set total(value: number) {
      this.reading = value - offset
    },
    add(n: number) {
      this.reading += n
      return this
    },
    async *parts() {
      yield this.reading
    },
    [key]: (x: number) => x * 2,
  }
  const use = async (x: number): Promise<unknown> => {
    meter.add(x).total = 50
    const read: number[] = []
    for await (const value of meter.parts()) read.push(value)
    return [meter.total, read, meter.computed(3)]
  }
  assert.deepEqual(await map([1], use, { backend }), [[50, [40], 6]])
})

onEach('an iterable literal', async (backend) => {
  const upTo3 = {
    *[Symbol.iterator](): Generator<number> {
      for (let i = 0; i < 3; i++) yield i
    },
  }
  assert.deepEqual(await map([9], (x) => [...upTo3, x], { backend }), [[0, 1, 2, 9]])
})

onEach('a generic function', async (backend) => {
  const pick = <T, K extends keyof T>(from: T, key: K): T[K] => from[key]
  assert.deepEqual(await map([{ a: 1 }], (x) => pick(x, 'a'), { backend }), [1])
  const wrap = <T>(x: T): T[] => [x]
  assert.deepEqual(await map(['a'], wrap, { backend }), [['a']])
})

onEach('properties that were given to a function', async (backend) => {
  const counted = Object.assign((x: number): number => x + counted.step, { step: 4 })
  assert.deepEqual(await map([1], counted, { backend }), [5])
})

onEach('names of the worker: console, process, globalThis, a shadowed global', async (backend) => {
  const run = (name: string): unknown => [typeof console.log, typeof process.pid, typeof Reflect.get(globalThis, name)]
  assert.deepEqual(await map(['setTimeout'], run, { backend }), [['function', 'number', 'function']])
  const shadow = (Math: { sqrt: (x: number) => string }): string => Math.sqrt(4)
  assert.deepEqual(await map([0], () => shadow({ sqrt: () => 'mine' }), { backend }), ['mine'])
})

onEach('captures are read when the run starts, and are read anew for the next', async (backend) => {
  let factor = 1
  const times = (x: number): number => x * factor
  const run = map([1], times, { backend })
  factor = 2
  assert.deepEqual(await run, [2])
  factor = 3
  assert.deepEqual(await map([1], times, { backend }), [3])
})

onEach('what a task changes in its captures stays in its worker', async (backend) => {
  const list: number[] = [1]
  await map([1, 2], (x) => list.push(x), { backend })
  assert.deepEqual(list, [1])
})
