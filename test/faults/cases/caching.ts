import assert from 'node:assert/strict'
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { map } from 'manyhands'
import { Cache } from 'manyhands/cache'

import { type Case, type CaseFunction, markOf } from '../case.js'

const WRITER = fileURLToPath(new URL('../support/cache-writer.js', import.meta.url))

/** Results of several sizes. */
export function render(n: number): { n: number; text: string } {
  return { n, text: 'x'.repeat(n % 7 === 0 ? 50_000 : n * 10) }
}

/** Takes long enough for others to wait for it, and leaves a mark for each time that it ran. */
export async function slowly(n: number, folder: string): Promise<number> {
  writeFileSync(join(folder, `ran-${n}-${process.pid}-${performance.now()}`), '')
  await sleep(300)
  return n
}

const INPUTS: readonly number[] = Array.from({ length: 40 }, (_, n) => n)
const EXPECTED = INPUTS.map(render)

/** Runs in a folder that nothing can be stored in: all have their results, it is said once, and counted. */
async function runsUncached({ backend }: Case, dir: string): Promise<number> {
  const warnings: string[] = []
  process.on('warning', ({ message }) => warnings.push(message))
  const cache = new Cache(dir)
  const cached = cache.wrap(render)
  for (let i = 0; i < 2; i++) assert.deepEqual(await map(INPUTS, cached, { backend, workers: 2 }), EXPECTED)
  assert.deepEqual(await cached(3), render(3))
  await sleep(1)
  const { unstorable } = cache.stats()
  assert.ok(unstorable > 0)
  assert.equal(warnings.filter((text) => text.includes('cannot store results')).length, 1, warnings.join('\n'))
  return unstorable
}

/** A small disk of its own for as long as something runs. False where nobody may have one here. */
async function onDisk(folder: string, options: string, use: (disk: string) => Promise<void>): Promise<boolean> {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    return false
  }
  try {
    await use(disk)
  } finally {
    execFileSync('umount', ['-l', disk])
  }
  return true
}

/** F38: the disk is full. What fits is stored, the rest is counted. */
export const full: CaseFunction = async (one) => {
  const isTried = await onDisk(one.folder, 'size=128k', async (disk) => {
    one.note('unstorable', await runsUncached(one, join(disk, 'cache')))
    const { corrupt } = await new Cache(join(disk, 'cache')).verify()
    assert.deepEqual(corrupt, [])
  })
  if (!isTried) one.note('skipped', 'only root can have a small disk of its own')
}

/** F38: the folder cannot be written, cannot be made, or was removed meanwhile. */
export const readOnly: CaseFunction = async (one) => {
  const isTried = await onDisk(one.folder, 'size=1m', async (disk) => {
    const dir = join(disk, 'cache')
    execFileSync(process.execPath, [WRITER, dir, 'once'])
    execFileSync('mount', ['-o', 'remount,ro', disk])
    // In a process that has not opened it for writing.
    await runsUncached(one, dir)
    const reading = new Cache(dir)
    await reading.wrap(render, { version: '1' })(1)
    assert.equal(reading.stats().hits, 1)
  })
  if (!isTried) {
    const dir = join(one.folder, 'closed')
    mkdirSync(dir)
    chmodSync(dir, 0o500)
    await runsUncached(one, join(dir, 'cache'))
  }
}

/** F38: the folder is missing, or was removed while it was used. */
export const missing: CaseFunction = async (one) => {
  const { backend, folder } = one
  const cache = new Cache(join(folder, 'deep', 'cache'))
  const cached = cache.wrap(render)
  assert.deepEqual(await map(INPUTS, cached, { backend }), EXPECTED)
  execFileSync('rm', ['-rf', join(folder, 'deep')])
  assert.deepEqual(await map([...INPUTS, 99], cached, { backend }), [...EXPECTED, render(99)])
  assert.deepEqual(await map([...INPUTS, 99], cached, { backend }), [...EXPECTED, render(99)])
  const again = new Cache(join(folder, 'deep', 'cache'))
  assert.deepEqual(await map([99], again.wrap(render), { backend }), [render(99)])
  assert.equal(again.stats().hits, 1)
  // Where the path leads through a file no folder can be made.
  writeFileSync(join(folder, 'file'), '')
  await runsUncached(one, join(folder, 'file', 'cache'))
}

function filesOf(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile() && !path.endsWith('.gitignore'))
}

/** F39: bytes are changed, cut off, or all gone. What cannot be read is counted, computed again and stored again. */
export const corrupt: CaseFunction = async ({ backend, folder, note }) => {
  let broken = 0
  for (let round = 0; round < 20; round++) {
    const dir = join(folder, `cache-${round % 2}`)
    const cache = new Cache(dir)
    const cached = cache.wrap(render)
    assert.deepEqual(await map(INPUTS, cached, { backend }), EXPECTED)
    for (const [i, path] of filesOf(dir).entries()) {
      const bytes = readFileSync(path)
      const at = (round * 7_919 + i * 31) % Math.max(1, bytes.length)
      bytes[at] = (bytes[at] ?? 0) ^ 0x10
      if ((round + i) % 5 === 0) writeFileSync(path, bytes.subarray(0, at))
      else if ((round + i) % 11 === 0) writeFileSync(path, '')
      else writeFileSync(path, bytes)
    }
    assert.deepEqual(await map(INPUTS, cached, { backend }), EXPECTED)
    broken += cache.stats().corrupt
  }
  note('broken', broken)
  assert.ok(broken > 20)
}

/** F40: many processes store one key, and others; whoever reads finds a whole value. F41: some of them are killed. */
export const writers: CaseFunction = async ({ backend, folder, note }) => {
  const dir = join(folder, 'cache')
  const children = Array.from({ length: 6 }, (_, i) => fork(WRITER, [dir, String(i)], { stdio: 'inherit' }))
  const ends = children.map((child) => once(child, 'exit'))
  const cached = new Cache(dir).wrap(render, { version: '1' })
  for (let i = 0; i < 20; i++) {
    assert.deepEqual(await map(INPUTS, cached, { backend }), EXPECTED)
    if (i % 4 === 3) children[i >> 2]?.kill('SIGKILL')
    await sleep(5)
  }
  for (const child of children) child.kill('SIGTERM')
  const codes = (await Promise.all(ends)) as [number | null, string | null][]
  assert.ok(
    codes.every(([code]) => code === null),
    'a writer met a wrong value',
  )
  const { corrupt: found, entries } = await new Cache(dir).verify()
  note('entries', entries)
  assert.deepEqual(found, [])
}

/** F42: many ask for the same at once, in this process and in another: it is computed once. */
export const stampede: CaseFunction = async ({ backend, folder }) => {
  const dir = join(folder, 'cache')
  const cached = new Cache(dir).wrap(slowly, { version: '1', ignore: [1] })
  const inputs = Array.from({ length: 16 }, (_, i) => i % 2)
  const child = fork(WRITER, [dir, 'stampede', folder], { stdio: 'inherit' })
  const end = once(child, 'exit')
  while (!existsSync(markOf(folder, 'ready'))) await sleep(2)
  const runs = [1, 2].map(() => map(inputs, cached, { backend, args: [folder] }))
  const results = await Promise.all([...runs, cached(0, folder), cached(1, folder)])
  assert.deepEqual(results, [inputs, inputs, 0, 1])
  assert.deepEqual(await end, [0, null])
  assert.equal(readdirSync(folder).filter((name) => name.startsWith('ran-')).length, 2)
}
