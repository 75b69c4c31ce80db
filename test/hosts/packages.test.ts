import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { Scratch } from '#manyhands/testing/scratch.js'

import { PROJECTS, run } from './support/run-project.js'

/** Files of a project whose packages have inner files that their entries set up. */
const FILES: Readonly<Record<string, string>> = {
  'node_modules/esm/package.json':
    '{ "name": "esm", "type": "module", "exports": { ".": { "import": "./index.js" }, "./other": "./other.js" } }',
  'node_modules/esm/inner.js': `let state = 'not set up'
    export const setUp = (to) => { state = to }
    export const use = () => state
    export default () => state`,
  'node_modules/esm/index.js': `import { setUp } from './inner.js'
    setUp('by the entry')
    export { use, default } from './inner.js'`,
  'node_modules/esm/other.js': "throw new Error('nobody imports this')",
  'node_modules/cjs/package.json': '{ "name": "cjs", "main": "lib" }',
  'node_modules/cjs/lib/package.json': '{ "type": "commonjs" }',
  'node_modules/cjs/lib/inner.js': `let state = 'not set up'
    exports.setUp = (to) => { state = to }
    exports.use = () => state`,
  'node_modules/cjs/lib/index.js': `const inner = require('./inner.js')
    inner.setUp('by the main file')
    exports.use = inner.use`,
  'main.cjs': `(async () => {
    const { map } = await import('manyhands')
    const { use, default: unnamed } = await import('esm')
    const cjs = require('cjs')
    const held = { use, unnamed, map }
    // The main file of cjs has run; its code is collected.
    for (let round = 0; round < 3; round++) {
      gc()
      await new Promise(setImmediate)
    }
    for (const backend of ['threads', 'processes']) {
      console.log(JSON.stringify([
        await map([0], use, { backend }),
        await map([0], unnamed, { backend }),
        await map([0], cjs.use, { backend }),
        await map([0], () => [held.use(), held.unnamed(), use()], { backend }),
        await map([1], (x) => map([x], (y) => y + 1), { backend }),
        await map([1], (x) => held.map([x], (y) => y + 1), { backend }),
      ]))
    }
  })()`,
}

for (const main of ['main.cjs', 'main.mjs']) {
  test(`functions of packages find what their entries set up: ${main}`, async () => {
    using scratch = new Scratch()
    const folder = scratch.file('project')
    const files = {
      ...FILES,
      'main.mjs': `import { createRequire } from 'node:module'
        const require = createRequire(import.meta.url);
        ${FILES['main.cjs']}`,
    }
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    symlinkSync(fileURLToPath(new URL('../../../', PROJECTS)), join(folder, 'node_modules/manyhands'))
    const output = await run(process.execPath, ['--expose-gc', main], pathToFileURL(`${folder}/`))
    const entry = 'by the entry'
    const expected = [[entry], [entry], ['by the main file'], [[entry, entry, entry]], [[2]], [[2]]]
    assert.deepEqual(
      output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
      [expected, expected],
    )
  })
}
