import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'

import { execute, map, task, tasksOf, withPool } from 'manyhands'

import { capture } from '#manyhands/task/capture/capture.js'
import type { AnyFunction } from '#manyhands/task/task-function.js'
import { typeOf } from '#manyhands/task/task.js'

import { factorize, scaled, twice } from './fixtures/task-types.js'
import { one, onEach } from './support/on-each.js'

const tasks = tasksOf<typeof import('./fixtures/task-types.js')>(new URL('./fixtures/task-types.js', import.meta.url))
const legacy = createRequire(import.meta.url)('./fixtures/legacy-task-types.cjs') as { factorize: typeof factorize }

onEach('a task type of another module stands for its function', async (backend) => {
  const texts: string[] = await map([4], tasks.factorize, { backend })
  assert.deepEqual(texts, ['factors of 4'])
  assert.deepEqual(await map([1, 2], tasks.twice, { backend }), [2, 4])
  assert.deepEqual(await map([1, 2], tasks.scaled, { backend }), [7, 14])
  assert.equal(await withPool({ backend }, (pool) => pool.run(tasks.twice, 5)), 10)
  const again = task(tasks.factorize)
  assert.deepEqual(await execute([again(3)], { backend }), ['factors of 3'])
})

onEach('task types that a task captured make tasks there', async (backend) => {
  const own = task((n: number) => n + 1, { name: 'own', retries: 2 })
  const nested = async (n: number): Promise<unknown[]> => [
    String(own(n)),
    ...(await execute([own(n), twice(n), factorize(n), scaled(n)], { ordered: true })),
  ]
  assert.deepEqual(await one(map([3], nested, { backend })), ['own(3)', 4, 6, 'factors of 3', 21])
})

for (const [form, type] of [
  ['an ES module', factorize],
  ['a CommonJS module', legacy.factorize],
] as const) {
  test(`the function of a task type that ${form} exports can be found there, by workers that run exports only`, async () => {
    const fn = typeOf(type(1) as never).fn as AnyFunction
    const { functions, roots } = await capture([fn], { parts: true })
    const sent = functions[roots[0] as number]
    assert.ok(sent?.kind === 'source' && sent.exported !== undefined)
    assert.deepEqual([sent.exported.name, sent.exported.part], ['factorize', 'fn'])
  })
}
