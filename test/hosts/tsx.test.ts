import assert from 'node:assert/strict'
import { test } from 'node:test'

import { PROJECTS, refusedAt, run, runProject, throwsAt, TSX, valueIn } from './support/run-project.js'

for (const project of ['tsx-esm', 'tsx-commonjs']) {
  test(`TypeScript through tsx: ${project}`, async () => {
    const shown = await runProject(project, [TSX, 'main.ts'])
    const value = (name: string): unknown => valueIn(shown, name)
    assert.deepEqual(value('exported'), [2, 4])
    assert.deepEqual(value('closure'), [11])
    assert.deepEqual(value('imports'), [[2, 6.28, 6.28, 4, 'b', 'red']])
    assert.deepEqual(value('inner function'), [7.28])
    assert.deepEqual(value('class'), ['11m'])
    assert.deepEqual(value('recursion'), [24])
    assert.deepEqual(value('dynamic import'), [2])
    await throwsAt(shown, 'throws', project, 'main.ts', 'throw new Error(`boom')
    await throwsAt(shown, 'throws by reference', project, 'shapes.ts', 'throw new RangeError')
    for (const name of ['not yet', 'perhaps not yet']) assert.match(shown.get(name)?.message ?? '', /no value yet/)
    assert.deepEqual(value('undefined by itself'), [null])
    await refusedAt(shown, project, 'main.ts', 'counter++')
  })
}

test('TypeScript through tsx: nodes without a name are called after their own line', async () => {
  const stdout = await run(process.execPath, [TSX, 'nodes.ts'], new URL('tsx-esm/', PROJECTS))
  assert.equal(stdout, 'apply nodes.ts:7[0] failed: Error: one\napply nodes.ts:11[0] failed: Error: second 7\n')
})
