import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { endedWith, inProject, type Project, usePackage, values } from './support/project.js'
import type { Ended } from './support/running.js'

usePackage()

/** `manyhands cache` with these arguments. */
async function cache(project: Project, ...args: string[]): Promise<Ended> {
  return project.start(['cache', ...args]).ended
}

const RUN = ['tasks.mjs', 'a', 'b', '--cache']

inProject('--cache reuses results, and takes no input for its folder', async (project) => {
  const first = await project.run(RUN)
  endedWith(first, 0)
  assert.deepEqual(values(first.stdout), ['a!', 'b!'])
  const second = await project.run(['tasks.mjs', '--cache', 'b', 'c', '-v'])
  endedWith(second, 0)
  assert.deepEqual(values(second.stdout), ['b!', 'c!'])
  assert.match(second.stderr, /hit tasks\[0\]/)
  assert.match(second.stderr, /2 ok \(1 from the cache\)/)
  const json = await project.run([...RUN, '--json'])
  assert.match(json.stderr, /"ok":2,"cached":2/)
  // In a folder of its own nothing is there yet.
  const other = await project.run(['tasks.mjs', 'a', '--cache=other'])
  assert.deepEqual(values(other.stdout), ['a!'])
  assert.doesNotMatch(other.stderr, /from the cache/)
  assert.ok((await readdir(project.folder)).includes('other'))
})

inProject('rows of the log say which results were there, and --resume counts them', async (project) => {
  endedWith(await project.run(RUN), 0)
  endedWith(await project.run([...RUN, '-o', 'out.jsonl', '--log', 'log.jsonl']), 0)
  const lines = values(await project.read('log.jsonl')) as { state?: string; attempt: number }[]
  const rows = lines.filter(({ state }) => state !== undefined)
  assert.deepEqual(
    rows.map(({ state, attempt }) => [state, attempt]),
    [
      ['cached', 0],
      ['cached', 0],
    ],
  )
  const resumed = await project.run(['tasks.mjs', 'a', 'b', '--log', 'log.jsonl'])
  assert.match(resumed.stderr, /2 inputs had succeeded before/)
})

inProject('cache ls and cache size tell what is there', async (project) => {
  const none = await cache(project, 'ls')
  endedWith(none, 3)
  assert.match(none.stderr, /there is no cache \.manyhands\/cache: run with --cache makes one/)
  endedWith(await project.run(RUN), 0)
  const listed = await cache(project, 'ls')
  endedWith(listed, 0)
  assert.match(listed.stdout, /^\S+T\S+ +\d+ B {2}[0-9a-f]{12} {2}default\n/)
  assert.equal(listed.stdout.trim().split('\n').length, 2)
  const json = values((await cache(project, 'ls', '--json')).stdout) as { key: string; bytes: number }[]
  assert.ok(json.every(({ key, bytes }) => key.length === 64 && bytes > 0))
  assert.match((await cache(project, 'size')).stdout, /^2 results, [\d.]+ K?i?B in \.manyhands\/cache\n$/)
  assert.match((await cache(project, 'size', '--json', '--dir', '.manyhands/cache')).stdout, /"entries":2,"bytes":\d+/)
})

inProject('cache verify finds what is broken, and removes it', async (project) => {
  endedWith(await project.run(RUN), 0)
  const whole = await cache(project, 'verify')
  endedWith(whole, 0)
  assert.match(whole.stdout, /^2 results, all whole\n$/)
  const packs = join(project.folder, '.manyhands/cache/v1/packs')
  for (const name of await readdir(packs)) {
    const bytes = await readFile(join(packs, name))
    // In the body of the first record.
    bytes[200] = (bytes[200] as number) ^ 1
    await writeFile(join(packs, name), bytes)
  }
  const broken = await cache(project, 'verify')
  endedWith(broken, 1)
  assert.match(broken.stdout, /^1 result whole, 1 result broken and removed\n$/)
  endedWith(await cache(project, 'verify'), 0)
  assert.match((await cache(project, 'why', 'tasks.mjs', 'a', 'b')).stdout, /corrupt/)
})

inProject('cache prune and cache clear remove results', async (project) => {
  endedWith(await project.run(RUN), 0)
  assert.match((await cache(project, 'prune', '--max-age', '1h')).stdout, /^0 results removed/)
  assert.match((await cache(project, 'prune', '--max-bytes', '200B', '--json')).stdout, /^\{"removed":[12],/)
  assert.match((await cache(project, 'why', 'tasks.mjs', 'a')).stdout, /^evicted /)
  const unit = await cache(project, 'prune', '--max-bytes', '200')
  endedWith(unit, 2)
  assert.match(unit.stderr, /a size needs a unit/)
  endedWith(await project.run(RUN), 0)
  assert.match((await cache(project, 'clear')).stdout, /removed from \.manyhands\/cache/)
  assert.match((await cache(project, 'size')).stdout, /^0 results, 0 B/)
})

inProject('cache why says what has changed', async (project) => {
  await project.write('package.json', '{ "name": "own" }')
  await project.write('lib/half.mjs', 'export const half = (x) => x / 2\n')
  await project.write(
    'calc.mjs',
    "import { half } from './lib/half.mjs'\nexport const calc = (x, by) => half(x) * by\n",
  )
  const run = ['calc.mjs#calc', '4', '6', '--args', '[3]', '--cache']
  const why = async (...args: string[]): Promise<string[]> => {
    const ended = await cache(project, 'why', 'calc.mjs#calc', ...args)
    endedWith(ended, 0)
    return ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(0, 30).trimEnd())
  }
  assert.deepEqual(await why('4', '--args', '[3]'), ['never run'])
  endedWith(await project.run(run), 0)
  assert.deepEqual(await why('4', '6', '8', '--args', '[3]'), ['hit', 'hit', 'argument 1 changed'])
  assert.deepEqual(await why('4', '--args', '[5]'), ['argument 2 changed'])
  await project.write('lib/half.mjs', 'export const half = (x) => x * 0.5\n')
  assert.deepEqual(await why('4', '8', '--args', '[3]'), ['code of lib/half.mjs changed', 'never run'])
  endedWith(await project.run(run), 0)
  assert.deepEqual(await why('4', '--args', '[3]'), ['hit'])
})

inProject('a cache that cannot be used is told of at the start', async (project) => {
  await project.write('file', '')
  const ended = await project.run(['tasks.mjs', 'a', '--cache=file'])
  endedWith(ended, 2)
  assert.match(ended.stderr, /a folder for the cache/)
})
