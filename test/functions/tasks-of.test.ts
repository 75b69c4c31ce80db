import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { map, ModuleLoadError, stateful, tasksOf, withPool } from 'manyhands'

import { one } from './support/on-each.js'

const MODULE = new URL('./fixtures/marked.js', import.meta.url)
const { isLoadedHere, plusOne } = tasksOf<typeof import('./fixtures/marked.js')>(MODULE)

function loaded(): boolean {
  return (globalThis as { markedModuleWasLoaded?: boolean }).markedModuleWasLoaded === true
}

for (const backend of ['threads', 'processes'] as const) {
  test(`a module is loaded in workers only: ${backend}`, async () => {
    assert.equal(await one(map([1], isLoadedHere, { backend })), true)
    assert.deepEqual(await map([1, 2], plusOne, { backend }), [2, 3])
    assert.equal(await withPool({ backend, workers: 1 }, (pool) => pool.run(plusOne, 5)), 6)
    assert.equal(await one(map([1], (x) => x + 1, { backend })), 2)
    assert.equal(loaded(), false)
  })

  test(`what does not exist, or is no function, is told with what is there: ${backend}`, async () => {
    const others =
      tasksOf<Record<'plusTwo' | 'NOT_A_FUNCTION' | 'constructor' | 'hasOwnProperty', (x: number) => number>>(MODULE)
    for (const name of ['plusTwo', 'NOT_A_FUNCTION', 'constructor', 'hasOwnProperty'] as const) {
      const error = await map([1, 2], others[name], { backend }).then(
        () => assert.fail('it ran'),
        (thrown: unknown) => thrown,
      )
      assert.ok(error instanceof ModuleLoadError, String(error))
      assert.deepEqual(error.exports.toSorted(), ['isLoadedHere', 'plusOne'])
      assert.equal(error.exportName, name)
    }
    assert.equal(loaded(), false)
  })
}

for (const backend of ['threads', 'processes'] as const) {
  test(`a module that could not be loaded can be repaired while the pool lives: ${backend}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'manyhands-repaired-'))
    const file = join(folder, 'tasks.mjs')
    await writeFile(file, 'throw new Error("no memory, say")\nexport const half = (x) => x / 2\n')
    const { half } = tasksOf<{ half: (x: number) => number }>(pathToFileURL(file))
    await withPool({ backend, workers: 2 }, async (pool) => {
      await assert.rejects(pool.map([2, 4, 6, 8], half, { batch: 1 }).toArray(), /no memory, say/)
      await assert.rejects(pool.run(half, 2), ModuleLoadError)
      await writeFile(file, 'export const half = (x) => x / 2\n')
      assert.deepEqual(await pool.map([2, 4, 6, 8], half, { batch: 1 }), [1, 2, 3, 4])
      assert.equal(await pool.run(half, 10), 5)
      assert.equal(pool.stats().restarts, 0)
    })
    await rm(folder, { recursive: true })
  })
}

test('a stateful worker outlives a module beside it that cannot be loaded', async () => {
  class Counter {
    count = 0
    call(): number {
      return ++this.count
    }
  }
  const { half } = tasksOf<{ half: (x: number) => number }>(new URL('./nowhere.js', import.meta.url))
  const counter = stateful(Counter)
  await withPool({ workers: 1 }, async (pool) => {
    assert.equal(await one(pool.map([0], counter)), 1)
    await assert.rejects(pool.run(half, 2), ModuleLoadError)
    assert.equal(await one(pool.map([0], counter)), 2)
  })
})

test('a captured function of it goes by reference, too', async () => {
  assert.equal(await one(map([1], (x) => plusOne(plusOne(x)), { backend: 'threads' })), 3)
  assert.equal(loaded(), false)
})

test('it can be awaited and listed without being taken for a promise or loading anything', async () => {
  const tasks = await Promise.resolve(tasksOf<typeof import('./fixtures/marked.js')>(MODULE))
  assert.equal(tasks.plusOne.name, 'plusOne')
  assert.equal(tasks.plusOne, tasks.plusOne)
  assert.equal(loaded(), false)
})

test('called here it says where it runs; in this thread the module is loaded', async () => {
  assert.throws(() => plusOne(1), /plusOne runs in workers only/)
  assert.equal(await one(map([1], plusOne, { backend: 'serial' })), 2)
  assert.equal(loaded(), true)
})
