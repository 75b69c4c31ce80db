import assert from 'node:assert/strict'
import { test } from 'node:test'

import { capture } from '#manyhands/task/capture/capture.js'

import { callInWorker, roundTrip, travel } from './support/round-trip.js'

const offset = 10
let level = 1

test('an arrow takes the variables along that it uses', async () => {
  assert.equal(await roundTrip((x: number) => x + offset, 1), 11)
})

test('variables are read anew for each capture', async () => {
  const fn = (x: number): number => x * level
  level = 3
  assert.equal(await roundTrip(fn, 2), 6)
  level = 4
  assert.equal(await roundTrip(fn, 2), 8)
})

test('each closure of a loop has its own value', async () => {
  const fns: (() => number)[] = []
  for (let i = 0; i < 3; i++) fns.push(() => i)
  for (const k of [7, 8]) fns.push(() => k)
  for (const [i, expected] of [0, 1, 2, 7, 8].entries()) assert.equal(await roundTrip(fns[i] as () => number), expected)
})

test('values keep their types', async () => {
  const map = new Map([['a', new Set([1, 2])]])
  const floats = new Float64Array([1.5, 2.5])
  const date = new Date(0)
  const big = 7n
  const nothing = undefined
  const none = null
  const pattern = /a(b)/g
  const buffer = Buffer.from('hi')
  const url = new URL('http://example.org/')
  const nan = Number.NaN
  const result = await roundTrip(() => [map, floats, date, big, nothing, none, pattern, buffer, url.href, nan])
  assert.deepEqual(result, [map, floats, date, big, undefined, null, pattern, buffer, 'http://example.org/', nan])
})

test('a variable that holds undefined is no variable without a value', async () => {
  const found = [1, 2].find((x) => x > 5)
  assert.equal(await roundTrip(() => found), undefined)
})

test('inner variables win over outer ones of the same name', async () => {
  const value = 'outer'
  {
    const value = 'inner'
    assert.equal(await roundTrip(() => value), 'inner')
  }
  assert.equal(await roundTrip(() => value), 'outer')
})

test('only what the function itself uses travels', async () => {
  const socketLike = { handle: new WeakMap() }
  const used = 1
  const fn = (x: number): number => x + used
  const other = (): unknown => socketLike
  assert.equal(await roundTrip(fn, 1), 2)
  assert.ok(other)
})

test('two closures share the object that both use', async () => {
  const shared = { n: 1 }
  const first = (peek: () => { n: number }): boolean => peek() === shared
  const peek = (): { n: number } => shared
  assert.equal(await callInWorker(await capture([first as never, peek])), true)
})

test('an object that holds the function that captures it is one object', async () => {
  const box: { value: number; read: () => number } = { value: 5, read: () => box.value }
  assert.equal(await roundTrip(() => box.read() + (box.value = 6) + box.read()), 17)
})

test('cyclic values travel', async () => {
  const ring: { next?: unknown; name: string } = { name: 'ring' }
  ring.next = ring
  assert.equal(await roundTrip(() => (ring.next as typeof ring).name), 'ring')
})

test('maps and sets of functions travel', async () => {
  const square = (x: number): number => x * x
  const byName = new Map<string, (x: number) => number>([
    ['square', square],
    ['more', (x) => square(x) + offset],
  ])
  const all = new Set(byName.values())
  assert.equal(
    await roundTrip((x: number) => [...all].map((fn) => fn(x)).join() + byName.get('more')?.(x), 3),
    '9,1919',
  )
})

test('parameters, defaults and patterns are no captured variables', async () => {
  const fallback = 4
  const key = 'b'
  const fn = (
    { a, [key]: b = fallback, ...rest }: { a: number; b?: number; c: number },
    [first = b, , third]: (number | undefined)[] = [undefined, 2, 3],
    ...more: number[]
  ): unknown => ({ a, b, rest, first, third, more })
  const result = await roundTrip(fn, { a: 1, c: 3 }, undefined as never, 8, 9)
  assert.deepEqual(result, { a: 1, b: 4, rest: { c: 3 }, first: 4, third: 3, more: [8, 9] })
})

test('declarations inside the function are its own: loops, blocks, catch, labels, functions', async () => {
  const step = 2
  const fn = (n: number): number => {
    let total = 0
    outer: for (let i = 0; i < n; i++) {
      for (const k of [1, 2, 3]) {
        if (k === 2) continue outer
        total += k * step
      }
    }
    try {
      throw new Error('x')
    } catch (error) {
      const { message } = error as Error
      total += message.length
    }
    {
      function local(x: number): number {
        return x + hoisted
      }
      total += local(1)
    }
    var hoisted = 1
    switch (total) {
      case 0: {
        const never = 1
        return never
      }
      default:
        return total + hoisted
    }
  }
  assert.equal(await roundTrip(fn, 3), fn(3))
})

test('async functions and captured generators work', async () => {
  function* count(n: number): Generator<number> {
    for (let i = 0; i < n; i++) yield i
  }
  assert.deepEqual(await roundTrip(async (n: number) => [...count(await Promise.resolve(n))], 3), [0, 1, 2])
})

test('symbols of the registry and of the language travel', async () => {
  const { iterator } = Symbol
  const mine = Symbol.for('mine')
  assert.deepEqual(await roundTrip(() => [iterator === Symbol.iterator, mine === Symbol.for('mine')]), [true, true])
})

test('objects of the runtime are those of the worker', async () => {
  const out = console
  const { env } = process
  const maths = Math
  assert.deepEqual(await roundTrip(() => [out === console, env === process.env, maths === Math]), [true, true, true])
})

test('a variable of the program on globalThis travels', async () => {
  Object.assign(globalThis, { setting: { level: 3 } })
  // eslint-disable-next-line no-undef
  const fn = (): number => (setting as { level: number }).level
  assert.equal(await roundTrip(fn), 3)
  Reflect.deleteProperty(globalThis, 'setting')
})

declare const setting: unknown

test('a function without captured variables carries none', async () => {
  const portable = await travel((x: number) => Math.abs(x))
  assert.equal(portable.kind, 'source')
  assert.deepEqual(portable.kind === 'source' && { ...portable.bindings }, {})
})

test('functions keep their names', async () => {
  const named = (): string => named.name
  assert.equal(await roundTrip(named), 'named')
  const later = Object.defineProperty(() => later.name, 'name', { value: 'renamed' })
  assert.equal(await roundTrip(later), 'renamed')
})

test('code made by new Function and by eval travels', async () => {
  const made = new Function('x', 'return x + 1') as (x: number) => number
  assert.equal(await roundTrip(made, 1), 2)
  const evaluated = (0, eval)('(() => { const inner = 5; return (x) => x + inner })()') as (x: number) => number
  assert.equal(await roundTrip(evaluated, 1), 6)
})
