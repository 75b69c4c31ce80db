import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { Scratch } from '#manyhands/testing/scratch.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

/** A project of its own, whose files change between its runs. */
class Project {
  readonly #scratch: Scratch

  constructor(scratch: Scratch) {
    this.#scratch = scratch
    this.write('package.json', '{ "name": "project", "type": "module" }')
    mkdirSync(scratch.file('node_modules/dep'), { recursive: true })
    this.write('node_modules/dep/package.json', '{ "name": "dep", "version": "1.0.0", "main": "index.js" }')
    this.write('node_modules/dep/index.js', 'exports.one = 1\n')
    symlinkSync(ROOT, scratch.file('node_modules/manyhands'))
    mkdirSync(scratch.file('lib'))
    this.write('lib/flat.js', 'export const flat = (x) => x * 2\n')
    this.write(
      'task.js',
      "import { flat } from './lib/flat.js'\nimport { one } from 'dep'\nexport const calc = (x, y = 0) => flat(x) + y * one\n",
    )
    this.write(
      'main.js',
      `import { map } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { calc } from './task.js'
const cache = new Cache('.cache')
const [how, version] = process.argv.slice(2)
const options = version === undefined ? {} : { version }
const cached = cache.wrap(calc, options)
const bound = cache.wrap((x) => calc(x), options)
const values = how === 'call' ? [await cached(5)] : how === 'map' ? await map([5], cached) : [await bound(5)]
console.log(JSON.stringify([values[0], cache.stats().hits]))
`,
    )
  }

  write(name: string, text: string): void {
    writeFileSync(this.#scratch.file(name), text)
  }

  run(...args: string[]): [value: number, hits: number] {
    const output = execFileSync(process.execPath, [this.#scratch.file('main.js'), ...args], {
      ...{ cwd: this.#scratch.folder, encoding: 'utf8' as const },
    })
    return JSON.parse(output) as [number, number]
  }
}

describe('the code of a cached function', () => {
  it('counts with all that it imports, in calls, in runs, and where it is captured', () => {
    using scratch = new Scratch()
    const project = new Project(scratch)
    assert.deepEqual(project.run('call'), [10, 0])
    assert.deepEqual(project.run('call'), [10, 1])
    assert.deepEqual(project.run('map'), [10, 1])
    assert.deepEqual(project.run('bound'), [10, 0])
    assert.deepEqual(project.run('bound'), [10, 1])
    project.write('lib/flat.js', 'export const flat = (x) => x * 3\n')
    assert.deepEqual(project.run('map'), [15, 0])
    assert.deepEqual(project.run('call'), [15, 1])
    assert.deepEqual(project.run('bound'), [15, 0])
    // What was there before has not been thrown away.
    project.write('lib/flat.js', 'export const flat = (x) => x * 2\n')
    assert.deepEqual(project.run('call'), [10, 1])
    project.write('node_modules/dep/package.json', '{ "name": "dep", "version": "1.0.1", "main": "index.js" }')
    assert.deepEqual(project.run('call'), [10, 0])
  })

  it('the code of a function does not count if it has a version', () => {
    using scratch = new Scratch()
    const project = new Project(scratch)
    assert.deepEqual(project.run('call', '1'), [10, 0])
    project.write('lib/flat.js', 'export const flat = (x) => x * 3\n')
    assert.deepEqual(project.run('call', '1'), [10, 1])
    assert.deepEqual(project.run('map', '1'), [10, 1])
    assert.deepEqual(project.run('call', '2'), [15, 0])
  })
})

describe('a cached function that a module exports', () => {
  it('can be used inside of tasks, which look it up themselves', () => {
    using scratch = new Scratch()
    const project = new Project(scratch)
    project.write(
      'cached.js',
      "import { Cache } from 'manyhands/cache'\nimport { calc } from './task.js'\nexport const cached = new Cache('.cache').wrap(calc)\n",
    )
    project.write(
      'main.js',
      `import { map } from 'manyhands'
import { Cache } from 'manyhands/cache'
import { cached } from './cached.js'
const backend = process.argv[2]
const values = await map([5, 6], async (x) => (await cached(x)) + 1, { backend })
const own = new Cache('.cache').wrap((x) => x)
const [one] = await map([1], (x) => own(x), { backend })
console.log(JSON.stringify([values[1], one]))
`,
    )
    for (const backend of ['threads', 'processes', 'serial']) assert.deepEqual(project.run(backend), [13, 1])
    project.write(
      'main.js',
      "import { cached } from './cached.js'\nconsole.log(JSON.stringify([await cached(5), Number(await cached.has(6))]))\n",
    )
    assert.deepEqual(project.run(), [10, 1])
  })
})
