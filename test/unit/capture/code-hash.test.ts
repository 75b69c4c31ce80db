import assert from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'

import { capture } from '#manyhands/task/capture/capture.js'
import { codeHash } from '#manyhands/task/code/code-hash.js'
import { moduleTreeHash } from '#manyhands/task/code/module-tree.js'
import { Scratch } from '#manyhands/testing/scratch.js'

const OPTIONS = { sharedMemory: true, shareFrom: undefined, classes: undefined, calledAt: undefined, warn: undefined }

async function hashOf(fn: unknown): Promise<string> {
  const graph = await capture([fn as () => void], OPTIONS)
  return codeHash([{ graph, args: undefined, construct: undefined }])
}

const make = (by: number) => (x: number) => x * by

describe('the hash of code', () => {
  it('knows functions by their text and what they captured', async () => {
    assert.equal(await hashOf(make(2)), await hashOf(make(2)))
    assert.notEqual(await hashOf(make(2)), await hashOf(make(3)))
    assert.notEqual(await hashOf((x: number) => x + 1), await hashOf((x: number) => x + 2))
    assert.notEqual(await hashOf(Math.sqrt), await hashOf(Math.cbrt))
  })

  it('knows the hidden members of functions', async () => {
    const withLimit = (limit: number) => {
      const fn = (): number => (fn as unknown as { limit: number }).limit
      return Object.defineProperty(fn, 'limit', { value: limit })
    }
    assert.equal(await hashOf(withLimit(2)), await hashOf(withLimit(2)))
    assert.notEqual(await hashOf(withLimit(2)), await hashOf(withLimit(3)))
  })

  it('knows modules by their text and that of what they import, not by their place', () => {
    using scratch = new Scratch()
    const folder = scratch.file('one')
    mkdirSync(`${folder}/node_modules/dep`, { recursive: true })
    const write = (name: string, text: string): void => writeFileSync(`${folder}/${name}`, text)
    write('a.ts', "import { b } from './b.js'\nimport dep from 'dep'\nimport x from 'node:fs'\nexport const a = b\n")
    write('b.ts', "import type { A } from './a.ts'\nconst c = require('./c')\nexport const b = c\n")
    write('c.js', 'module.exports = 1\n')
    write('node_modules/dep/package.json', '{ "name": "dep", "version": "1.0.0" }')
    const hash = (of = folder): string => moduleTreeHash(pathToFileURL(`${of}/a.ts`).href)
    const first = hash()
    cpSync(folder, scratch.file('two'), { recursive: true })
    assert.equal(hash(scratch.file('two')), first)
    write('c.js', 'module.exports = 2\n')
    assert.notEqual(hash(), first)
    write('c.js', 'module.exports = 1\n')
    assert.equal(hash(), first)
    write('node_modules/dep/package.json', '{ "name": "dep", "version": "1.0.1" }')
    assert.notEqual(hash(), first)
  })
})
