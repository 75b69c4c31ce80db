import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { Cache } from 'manyhands/cache'

import { Scratch } from '#manyhands/testing/scratch.js'

import { calls, noted } from './support/functions.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

describe('the key of a cached call', () => {
  it('goes by the value of its arguments before the call, though the call changes them', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const pushes = cache.wrap((list: number[]) => list.push(0))
    const list = [1]
    assert.equal(await pushes(list), 2)
    assert.deepEqual(list, [1, 0], 'the call gets the object itself')
    assert.equal(await pushes([1]), 2)
    assert.deepEqual([cache.stats().hits, cache.stats().misses], [1, 1])
    assert.equal(await pushes(list), 3)
    assert.equal(cache.stats().misses, 2, 'what was changed is another argument')
  })

  it('tells two functions of one name apart', async () => {
    using scratch = new Scratch()
    const cache = new Cache(scratch.file('cache'))
    const make = (by: number): ((n: number) => number) =>
      function scaled(n) {
        return n * by
      }
    const [twice, thrice] = [cache.wrap(make(2)), cache.wrap(make(3))]
    assert.deepEqual([await twice(5), await thrice(5), await twice(5)], [10, 15, 10])
    assert.deepEqual([cache.stats().hits, cache.stats().misses], [1, 2])
  })

  it('is asked for without a call', async () => {
    using scratch = new Scratch()
    const notes = scratch.file('notes')
    const cached = new Cache(scratch.file('cache')).wrap(noted)
    assert.equal(await cached.has(1, notes), false)
    assert.equal(calls(notes), 0)
  })
})

describe('the folder of a cache that is there', () => {
  it('keeps a .gitignore that somebody has changed', async () => {
    using scratch = new Scratch()
    const dir = scratch.file('cache')
    await new Cache(dir).wrap(Math.sqrt)(4)
    writeFileSync(`${dir}/.gitignore`, '# mine\n')
    await new Cache(dir).wrap(Math.sqrt)(9)
    assert.equal(readFileSync(`${dir}/.gitignore`, 'utf8'), '# mine\n')
  })
})

describe('a module that is edited while its process runs', () => {
  it('has nothing stored any more, with one warning', () => {
    using scratch = new Scratch()
    writeFileSync(scratch.file('package.json'), '{ "type": "module" }')
    mkdirSync(scratch.file('node_modules'))
    symlinkSync(ROOT, scratch.file('node_modules/manyhands'))
    writeFileSync(scratch.file('task.js'), 'export const twice = (n) => n * 2\n')
    writeFileSync(
      scratch.file('main.js'),
      `import { appendFileSync } from 'node:fs'
import { Cache } from 'manyhands/cache'
import { twice } from './task.js'
const cache = new Cache('.cache')
const codes = []
process.on('warning', ({ code }) => codes.push(code))
await cache.wrap(twice)(1)
appendFileSync(new URL('./task.js', import.meta.url), '// edited\\n')
const later = cache.wrap(twice)
const values = [await later(2), await later(2)]
await new Promise((resolve) => setImmediate(resolve))
console.log(JSON.stringify([values, cache.stats().stored, codes]))
`,
    )
    const output = JSON.parse(
      execFileSync(process.execPath, ['main.js'], { cwd: scratch.folder, stdio: 'pipe' }).toString(),
    ) as unknown
    assert.deepEqual(output, [[4, 4], 1, ['MH_CACHE']])
  })
})
