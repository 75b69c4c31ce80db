import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { capture } from '#manyhands/task/capture/capture.js'

import anonymous from './fixtures/anonymous.js'
import Shape, {
  addFive,
  counted,
  double,
  makeAdder,
  numbers,
  scaled,
  triple,
  visible,
  withFixed,
} from './fixtures/tasks.js'
import { how } from './fixtures/waiting.js'
import { refusal, roundTrip, travel } from './support/round-trip.js'

const require = createRequire(import.meta.url)
const legacyFunction = require('./fixtures/legacy-function.cjs') as (x: number) => number
const legacy = require('./fixtures/legacy.cjs') as {
  shout: (text: string) => string
  nameOf: (file: string) => string
  nested: { inner: (x: number) => number }
  aliased: (x: number) => number
}
const tasks = new URL('./fixtures/tasks.js', import.meta.url).href

test('an exported function goes by its module and name', async () => {
  assert.deepEqual(await travel(double), { kind: 'export', url: tasks, name: 'double' })
  assert.deepEqual(await travel(triple), { kind: 'export', url: tasks, name: 'triple' })
  assert.equal(await roundTrip(double, 4), 8)
})

test('an export under another name goes by that name', async () => {
  assert.deepEqual(await travel(visible), { kind: 'export', url: tasks, name: 'visible' })
  assert.equal(await roundTrip(visible, 4), 5)
})

test('a default export goes by the name default, also where it has no name itself', async () => {
  assert.deepEqual(await travel(Shape as never), { kind: 'export', url: tasks, name: 'default' })
  const url = new URL('./fixtures/anonymous.js', import.meta.url).href
  assert.deepEqual(await travel(anonymous), { kind: 'export', url, name: 'default' })
  assert.equal(await roundTrip(anonymous, 1), 101)
})

test('an exported closure goes by reference, one that a module only makes goes by value', async () => {
  assert.deepEqual(await travel(addFive), { kind: 'export', url: tasks, name: 'addFive' })
  const addSix = makeAdder(6)
  assert.equal((await travel(addSix)).kind, 'source')
  assert.equal(await roundTrip(addSix, 1), 7)
})

test('exports of CommonJS modules go by reference', async () => {
  const url = new URL('./fixtures/legacy.cjs', import.meta.url).href
  assert.deepEqual(await travel(legacy.shout), { kind: 'export', url, name: 'shout' })
  assert.deepEqual(await travel(legacy.aliased), { kind: 'export', url, name: 'aliased' })
  assert.equal(await roundTrip(legacy.shout, 'a'), 'A')
  assert.equal(await roundTrip(legacy.nameOf, '/a/b.c'), 'b.c')
  assert.equal((await travel(legacy.nested.inner)).kind, 'source')
  assert.equal(await roundTrip(legacy.nested.inner, 1), 2)
})

test('a CommonJS module that is a function goes as its default export', async () => {
  const url = new URL('./fixtures/legacy-function.cjs', import.meta.url).href
  assert.deepEqual(await travel(legacyFunction), { kind: 'export', url, name: 'default' })
  assert.equal(await roundTrip(legacyFunction, 4), 40)
})

test('functions of Node and of the language go by their path', async () => {
  assert.deepEqual(await travel(gzipSync), { kind: 'builtin', module: 'node:zlib', path: ['gzipSync'] })
  assert.deepEqual(await travel(readFile), { kind: 'builtin', module: 'node:fs/promises', path: ['readFile'] })
  assert.deepEqual(await travel(Math.sqrt), { kind: 'global', path: ['Math', 'sqrt'] })
  assert.deepEqual(await travel(JSON.parse), { kind: 'global', path: ['JSON', 'parse'] })
  assert.deepEqual(await travel(Number), { kind: 'global', path: ['Number'] })
  assert.deepEqual(await travel(Object.defineProperty), { kind: 'global', path: ['Object', 'defineProperty'] })
  const { slice } = Array.prototype
  assert.deepEqual(await travel(slice), { kind: 'global', path: ['Array', 'prototype', 'slice'] })
})

test('functions of Node and of the language run in a worker', async () => {
  assert.equal(await roundTrip(Math.sqrt, 16), 4)
  assert.deepEqual(await roundTrip(JSON.parse as (text: string) => unknown, '{"a":1}'), { a: 1 })
  assert.equal(await roundTrip(Number as (value: unknown) => number, '17'), 17)
  const zipped = await roundTrip(gzipSync as (text: string) => Uint8Array, 'text')
  assert.equal(zipped[0], 0x1f)
})

test('what a program put onto globalThis is not taken for a part of the language', async () => {
  const mine = (x: number): number => x + 1
  Object.assign(globalThis, { mine })
  assert.equal((await travel(mine)).kind, 'source')
  Reflect.deleteProperty(globalThis, 'mine')
})

test('a module that waits for the call itself is not imported to find its exports', () => {
  assert.equal(how.kind, 'export')
})

test('a function of this, the entry script, goes by value though it is exported', async () => {
  assert.equal((await travel(exportedHere)).kind, 'source')
  assert.equal(await roundTrip(exportedHere, 1), 2)
})

export function exportedHere(x: number): number {
  return x + 1
}

test('state of a module that workers will not see is a warning, once', async () => {
  const warnings: string[] = []
  const warn = (message: string): void => void warnings.push(message)
  await capture([scaled], { warn })
  await capture([scaled], { warn })
  assert.equal(warnings.length, 1)
  assert.match(
    warnings[0] ?? '',
    /^scaled \(.*tasks\.ts:36\) reads "scale", which .*tasks\.ts:33 sets\. .*pass it in args/,
  )
})

test('state that only the function itself, or the top of the module, sets is no warning', async () => {
  const warnings: string[] = []
  await capture([counted, withFixed], { warn: (message) => void warnings.push(message) })
  assert.deepEqual(warnings, [])
})

test('a function is found once, and then again in no time', async () => {
  await capture([double])
  const start = performance.now()
  for (let i = 0; i < 1_000; i++) await capture([double])
  assert.ok((performance.now() - start) / 1_000 < 0.1)
})

test('a generator function is refused as a task, also once it has been sent as a helper', async () => {
  assert.match((await refusal(numbers)).reason, /generator function/)
  assert.deepEqual(await roundTrip(() => [...numbers()]), [1])
  const held = numbers
  await capture([() => [...held()]])
  assert.match((await refusal(numbers)).reason, /generator function/)
})

test('a native function that nothing reaches is refused', async () => {
  let resolve: (value: unknown) => void = () => {}
  void new Promise((done) => (resolve = done))
  const { name, reason } = await refusal(resolve)
  assert.equal(name, 'CaptureError')
  assert.match(reason, /cannot reach/)
})
