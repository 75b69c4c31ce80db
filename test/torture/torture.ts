import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { Cache } from 'manyhands/cache'

import { Scratch } from '#manyhands/testing/scratch.js'

import { Random } from '../soak/random.js'
import { valueOf } from './values.js'

const WRITER = fileURLToPath(new URL('./writer.js', import.meta.url))
const PROCESSES = 8
/** Milliseconds between two kills, at most. */
const MOST_BETWEEN = 150

export interface TortureReport {
  readonly kills: number
  /** Results of which was told that they are stored. */
  readonly stored: number
  readonly files: number
}

/**
 * Processes that use one cache in all ways, and are killed at random moments. Throws where a value is wrong, a record is
 * broken, a result is not there when its promise has resolved, or the folder cannot be used afterwards.
 */
export async function torture(mode: 'keep' | 'evict', seconds: number, seed: number): Promise<TortureReport> {
  using scratch = new Scratch()
  const dir = scratch.file('cache')
  const random = new Random(seed)
  const cache = new Cache(dir)
  const cached = cache.wrap(valueOf, { version: '1' })
  const wrong: string[] = []
  const stored: number[] = []
  const missing: number[] = []
  let kills = 0
  let started = 0
  const start = (): ChildProcess => {
    const child = fork(WRITER, [dir, mode, String(seed * 1_000 + started++)], { stdio: 'inherit' })
    child.on('message', (message: { stored?: number; wrong?: string }) => {
      if (message.wrong !== undefined) wrong.push(message.wrong)
      else if (message.stored !== undefined) stored.push(message.stored)
    })
    return child
  }
  const children = Array.from({ length: PROCESSES }, start)
  const until = performance.now() + seconds * 1_000
  let looked = 0
  while (performance.now() < until && wrong.length === 0) {
    await sleep(random.whole(1, MOST_BETWEEN))
    for (; looked < stored.length; looked++) {
      const n = stored[looked] as number
      if (!(await cached.has(n))) missing.push(n)
    }
    const at = random.whole(0, PROCESSES - 1)
    const child = children[at] as ChildProcess
    if (child.exitCode === null) child.kill('SIGKILL')
    kills++
    children[at] = start()
  }
  const ends = children.map((child) =>
    child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve(),
  )
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(ends)
  assert.deepEqual(wrong, [])
  assert.deepEqual(missing, [], 'what was stored was not there')
  assert.deepEqual((await cache.verify()).corrupt, [])
  // What the dead held is free: nobody waits for them.
  const startedAt = performance.now()
  for (let n = 0; n < 400; n++) assert.deepEqual(await cached(n), valueOf(n))
  assert.ok(performance.now() - startedAt < 20_000, 'it waits for claims of the dead')
  for (const n of stored) assert.equal(await cached.has(n), true)
  await cache.prune()
  assert.equal(cache.stats().corrupt, 0)
  const files = readdirSync(join(dir, 'v1', 'packs')).length
  assert.ok(files <= PROCESSES * 2, `${files} packs are left`)
  return { kills, stored: stored.length, files }
}
