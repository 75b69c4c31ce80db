import assert from 'node:assert/strict'
import { test } from 'node:test'

import { map, ModuleLoadError, tasksOf, withPool } from 'manyhands'

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
