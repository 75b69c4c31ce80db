import assert from 'node:assert/strict'
import { test } from 'node:test'

import { nodeOfVersion, runProject, throwsAt, valueIn } from './support/run-project.js'

for (const major of [22, 24, 26]) {
  const node = nodeOfVersion(major)
  const skip = node === undefined && `Node ${major} is not installed in .ci/runtimes`
  test(`TypeScript as Node ${major} runs it`, { skip }, async () => {
    const shown = await runProject('native-ts', ['--no-warnings', 'main.ts'], node)
    const value = (name: string): unknown => valueIn(shown, name)
    assert.deepEqual(value('exported'), [2, 4])
    assert.deepEqual(value('closure'), [11])
    assert.deepEqual(value('imports'), [[2, 6.28, 6.28, 4, 'b']])
    assert.deepEqual(value('dynamic import'), [2])
    await throwsAt(shown, 'throws', 'native-ts', 'main.ts', 'throw new Error(`boom')
    await throwsAt(shown, 'throws by reference', 'native-ts', 'shapes.ts', 'throw new RangeError')
  })
}
