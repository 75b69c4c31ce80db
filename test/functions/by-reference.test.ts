import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { basename, posix } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

import { map } from 'manyhands'

import lessOne from './fixtures/nameless.js'
import { twice } from './fixtures/reexports.js'
import half, { double, first, laterDouble, times4, tools, triple, whereAmI } from './fixtures/shapes.js'
import { legacy } from './support/legacy.js'
import { one, onEach } from './support/on-each.js'

onEach('an exported function, a constant, one under another name, one passed on', async (backend) => {
  assert.deepEqual(await map([1, 2], double, { backend }), [2, 4])
  assert.deepEqual(await map([1, 2], triple, { backend }), [3, 6])
  assert.deepEqual(await map([1, 2], times4, { backend }), [4, 8])
  assert.deepEqual(await map([1, 2], twice, { backend }), [2, 4])
})

onEach('a default export, with and without a name', async (backend) => {
  assert.deepEqual(await map([1, 2], half, { backend }), [0.5, 1])
  assert.deepEqual(await map([1, 2], lessOne, { backend }), [0, 1])
})

onEach('an asynchronous and a generic export', async (backend) => {
  assert.deepEqual(await map([1, 2], laterDouble, { backend }), [2, 4])
  assert.deepEqual(await map([['a'], []], first, { backend }), ['a', undefined])
})

onEach('functions of built-in modules', async (backend) => {
  const [zipped] = await map(['hello'], gzipSync, { backend })
  assert.ok(Buffer.isBuffer(zipped))
  assert.equal(gunzipSync(zipped).toString(), 'hello')
  assert.deepEqual(await map(['/a/b'], basename, { backend }), ['b'])
  assert.deepEqual(await map(['/a/b'], posix.basename, { backend }), ['b'])
})

onEach('functions that globalThis leads to', async (backend) => {
  assert.deepEqual(await map([4, 9], Math.sqrt, { backend }), [2, 3])
  assert.deepEqual(await map(['{"a":[1]}'], JSON.parse, { backend }), [{ a: [1] }])
  assert.deepEqual(await map(['1', 'x'], Number, { backend }), [1, Number.NaN])
  assert.deepEqual(await map([1, null], String, { backend }), ['1', 'null'])
  assert.deepEqual(await map([[1], 2], Array.isArray, { backend }), [true, false])
  assert.deepEqual(await map([{ b: 1 }], Object.keys, { backend }), [['b']])
})

onEach('a function gets its input and no index', async (backend) => {
  assert.deepEqual(await map(['10', '10', '10'], parseInt, { backend }), [10, 10, 10])
})

onEach('an export of a CommonJS file', async (backend) => {
  assert.deepEqual(await map(['/a/b'], legacy.baseOf, { backend }), ['b'])
})

onEach('an export runs in its own module', async (backend) => {
  const url = await one(map([0], whereAmI, { backend }))
  assert.ok(url.endsWith('/fixtures/shapes.js'), url)
})

onEach('a method of an exported object goes by value', async (backend) => {
  assert.deepEqual(await map([2], tools.scale, { backend }), [20])
})

onEach('natives inside of a function by value', async (backend) => {
  const { max } = Math
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 6)
  assert.deepEqual(await map([3], (x) => max(x, 2), { backend }), [3])
  assert.deepEqual(await map(['a'], digest, { backend }), [digest('a')])
})
