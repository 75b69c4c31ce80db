import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import * as path from 'node:path'
import { basename as nameOf } from 'node:path'

import { map } from 'manyhands'

import settings from './fixtures/settings.json' with { type: 'json' }
import half, { Shape, TAU as tau, double as twice } from './fixtures/shapes.js'
import * as shapes from './fixtures/shapes.js'
import { legacy } from './support/legacy.js'
import { one, onEach } from './support/on-each.js'

onEach('named imports under other names, default and namespace imports', async (backend) => {
  assert.deepEqual(await map([1], (x) => [twice(x), tau, half(x), shapes.triple(x), shapes.TAU], { backend }), [
    [2, 6.28, 0.5, 3, 6.28],
  ])
  assert.deepEqual(await map([1], (x) => [nameOf(`/a/${x}`), path.posix.join('a', 'b')], { backend }), [['1', 'a/b']])
})

onEach('an imported class', async (backend) => {
  assert.deepEqual(await map([3], (x) => new Shape(x).sides, { backend }), [3])
})

onEach('an imported JSON file', async (backend) => {
  assert.deepEqual(await map([1], (x) => settings.names[x], { backend }), ['b'])
  assert.deepEqual(await map([0], () => settings, { backend }), [{ level: 7, names: ['a', 'b'] }])
})

onEach('imports in default parameters, in helpers and in classes', async (backend) => {
  const helper = (x: number, double = twice): number => double(x)
  class Doubler {
    static readonly factor = twice(1)
    readonly by = twice
    run(x: number): number {
      return this.by(x) * Doubler.factor
    }
  }
  assert.deepEqual(await map([2], (x) => [helper(x), new Doubler().run(x)], { backend }), [[4, 8]])
})

onEach('import.meta', async (backend) => {
  assert.equal(await one(map([0], () => import.meta.url, { backend })), import.meta.url)
  const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8').slice(0, 1)
  assert.equal(await one(map(['./fixtures/settings.json'], read, { backend })), '{')
  assert.equal(await one(map([0], () => import.meta.dirname, { backend })), import.meta.dirname)
  assert.equal(
    await one(map(['./fixtures/shapes.js'], (name: string) => import.meta.resolve(name), { backend })),
    new URL('./fixtures/shapes.js', import.meta.url).href,
  )
})

onEach('dynamic import, relative and bare', async (backend) => {
  const relative = async (x: number): Promise<number> => (await import('./fixtures/shapes.js')).double(x)
  assert.equal(await one(map([2], relative, { backend })), 4)
  const builtIn = async (x: string): Promise<string> => (await import('node:path')).basename(x)
  assert.equal(await one(map(['/a/b'], builtIn, { backend })), 'b')
  const bare = async (code: string): Promise<string> => (await import('acorn')).parse(code, { ecmaVersion: 2023 }).type
  assert.equal(await one(map(['1'], bare, { backend })), 'Program')
  const computed = async (name: string): Promise<number> => ((await import(name)) as typeof shapes).TAU
  assert.equal(await one(map(['./fixtures/shapes.js'], computed, { backend })), 6.28)
  const json = async (): Promise<number> =>
    (await import('./fixtures/settings.json', { with: { type: 'json' } })).default.level
  assert.equal(await one(map([0], json, { backend })), 7)
})

onEach('a module that was imported dynamically into a variable', async (backend) => {
  const module = await import('./fixtures/shapes.js')
  assert.deepEqual(await map([2], (x) => module.double(x), { backend }), [4])
})

onEach('closures of a CommonJS file', async (backend) => {
  const { required, destructured, json, inner, own, helper, imported } = legacy.closures(1)
  const call = (fn: ((x: string) => unknown) | undefined, input = '/a/b.c'): Promise<unknown> => {
    assert.ok(fn)
    return one(map([input], fn, { backend }))
  }
  assert.equal(await call(required, 'x'), path.join('a', 'x'))
  assert.deepEqual(await call(destructured), [1, 'b.c'])
  assert.equal(await call(json), 8)
  assert.equal(await call(inner), '.c')
  assert.deepEqual(await call(own), ['legacy.cjs', 'fixtures'])
  assert.equal(await call(helper), 'b.c1')
  assert.equal(await call(imported), 'b.c')
})
