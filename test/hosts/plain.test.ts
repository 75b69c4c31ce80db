import assert from 'node:assert/strict'
import { test } from 'node:test'

import { PROJECTS, refusedAt, run, runProject, throwsAt, valueIn } from './support/run-project.js'

test('plain ES modules', async () => {
  const shown = await runProject('esm', ['main.js'])
  const value = (name: string): unknown => valueIn(shown, name)
  assert.deepEqual(value('exported'), [2, 4])
  assert.deepEqual(value('closure'), [12])
  assert.deepEqual(value('imports'), [[2, 6.28, 6.28, 4, 'b', 7]])
  assert.deepEqual(value('class'), [11])
  assert.deepEqual(value('recursion'), [24])
  assert.deepEqual(value('meta'), ['main.js'])
  assert.deepEqual(value('dynamic import'), [2])
  await throwsAt(shown, 'throws', 'esm', 'main.js', 'throw new Error(`boom')
  await throwsAt(shown, 'throws in one line', 'esm', 'main.js', '.missing.part')
  await throwsAt(shown, 'throws by reference', 'esm', 'shapes.js', 'throw new RangeError')
  await refusedAt(shown, 'esm', 'main.js', 'counter++')
})

for (const main of ['main.js', 'main-without-extension']) {
  test(`CommonJS: ${main}`, async () => {
    const shown = await runProject('commonjs', [main])
    const value = (name: string): unknown => valueIn(shown, name)
    assert.deepEqual(value('exported'), [2])
    assert.deepEqual(value('exported with its own path'), ['shapes.js1'])
    assert.deepEqual(value('closure'), [11])
    assert.deepEqual(value('require'), [[2, 2, 'b', 7]])
    assert.deepEqual(value('inner require'), [2])
    assert.deepEqual(value('names of the file'), [[main, 'commonjs']])
    assert.deepEqual(value('sloppy'), ['object'])
    assert.deepEqual(value('exports of the entry'), [11])
    assert.deepEqual(value('dynamic import'), [2])
    await throwsAt(shown, 'throws', 'commonjs', main, 'throw new Error(`boom')
  })
}

test('code on the command line', async () => {
  const code = "import { map } from 'manyhands'; const k = 3; console.log(...(await map([1, 2], (x) => x * k)))"
  // Where the package can be found by its name.
  const folder = new URL('../../../', PROJECTS)
  assert.equal(await run(process.execPath, ['--input-type=module', '-e', code], folder), '3 6\n')
  const options = ['--expose-gc', '--input-type=module', '--import', 'data:text/javascript,globalThis.k = 4']
  const preloaded = "import { map } from 'manyhands'; console.log(...(await map([1, 2], (x) => x * globalThis.k)))"
  assert.equal(await run(process.execPath, [...options, '-e', preloaded], folder), '4 8\n')
})
