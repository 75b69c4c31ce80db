import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { basename as nameOfFile } from 'node:path'
import { test } from 'node:test'

import settings from './fixtures/settings.json' with { type: 'json' }
import Shape, * as everything from './fixtures/tasks.js'
import { connect, connection, double, place, TAU as tau } from './fixtures/tasks.js'
import { roundTrip, travel } from './support/round-trip.js'

test('named imports, also under other names, are imported again by the worker', async () => {
  assert.deepEqual(await roundTrip((x: number) => [double(x), tau, nameOfFile('/a/b.c')], 2), [4, 6.28, 'b.c'])
  const portable = await travel((x: number) => double(x))
  assert.ok(portable.kind === 'source')
  assert.deepEqual(portable.bindings['double'], { from: 'import', specifier: './fixtures/tasks.js', name: 'double' })
})

test('default and namespace imports', async () => {
  assert.equal(await roundTrip(() => new Shape(3).describe() + everything.TAU), 'a shape of 3 sides6.28')
})

test('imports in templates, shorthand properties, spreads and as arguments', async () => {
  const fn = (list: number[]): unknown => [
    `${tau}`,
    { tau, double: double(1) },
    list.map(double),
    [...[tau]],
    typeof tau,
  ]
  assert.deepEqual(await roundTrip(fn, [1, 2]), ['6.28', { tau: 6.28, double: 2 }, [2, 4], [6.28], 'number'])
})

test('an imported variable that its module sets later is seen to change', async () => {
  const fn = (): unknown => {
    const before = connection
    connect('main')
    return [before, connection?.name]
  }
  assert.deepEqual(await roundTrip(fn), [undefined, 'main'])
  connect('elsewhere')
})

test('JSON imports with attributes', async () => {
  assert.equal(await roundTrip(() => settings.level), 7)
})

test('import.meta is that of the file', async () => {
  const result = await roundTrip(() => [import.meta.url, import.meta.dirname, import.meta.filename])
  assert.deepEqual(result, [import.meta.url, import.meta.dirname, import.meta.filename])
  const resolved = await roundTrip(() => [
    import.meta.resolve('./fixtures/tasks.js'),
    import.meta.resolve('node:fs'),
    import.meta.resolve('fs'),
    import.meta.resolve('acorn'),
  ])
  const expected = ['./fixtures/tasks.js', 'node:fs', 'fs', 'acorn'].map((one) => import.meta.resolve(one))
  assert.deepEqual(resolved, expected)
})

test('dynamic imports resolve as in the file', async () => {
  const fn = async (x: number): Promise<unknown> => {
    const { triple } = await import('./fixtures/tasks.js')
    const acorn = await import('acorn')
    return [triple(x), typeof acorn.parse]
  }
  assert.deepEqual(await roundTrip(fn, 2), [6, 'function'])
})

test('a module in a variable is imported again', async () => {
  const tasks = await import('./fixtures/tasks.js')
  const { triple, TAU } = await import('./fixtures/tasks.js')
  assert.deepEqual(await roundTrip((x: number) => [tasks.double(x), triple(x), TAU], 2), [4, 6, 6.28])
})

test('of a module whose name is not known only what is used is taken', async () => {
  const name = './fixtures/tasks.js'
  const tasks = (await import(name)) as typeof everything
  assert.deepEqual(await roundTrip((x: number) => [tasks.double(x), tasks.TAU], 2), [4, 6.28])
})

test('require in a module works as in the file', async () => {
  const require = createRequire(import.meta.url)
  const path = require('node:path') as typeof import('node:path')
  const { shout } = require('./fixtures/legacy.cjs') as { shout: (text: string) => string }
  const fn = (): unknown => {
    const fs = require('node:fs') as typeof import('node:fs')
    return [path.basename('/a/b'), shout('x'), typeof fs.readFileSync]
  }
  assert.deepEqual(await roundTrip(fn), ['b', 'X', 'function'])
})

test('import.meta in a function by reference is that of its own file', async () => {
  assert.equal(await roundTrip(place), new URL('./fixtures/tasks.js', import.meta.url).href)
})
