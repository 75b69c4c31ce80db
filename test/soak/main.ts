// Uses the library in all ways at once for minutes, and fails where a result is wrong or anything piles up:
// `npm run soak`, or `npm run soak -- --minutes=1 --seed=5`.
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { Pool, withPool } from 'manyhands'

import { growth, leaksIn, type Sample, sample } from './measure.js'
import { type Mix, MIXES } from './mixes.js'
import { Random } from './random.js'

const BACKENDS = ['threads', 'processes'] as const
/** A line is printed so often, in seconds. */
const TELL_EVERY = 30
/** A round that takes longer, in milliseconds, hangs. */
const ROUND_LIMIT_MS = 120_000
/** What is being let go of may take so long, in milliseconds. */
const SETTLE_MS = 3_000

const { values: options } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } })
const minutes = Number(options.minutes ?? 10)
const seed = Number(options.seed ?? Date.now() % 2 ** 31)
if (globalThis.gc === undefined) throw new Error('run it with --expose-gc, or by npm run soak')

const folder = mkdtempSync(join(tmpdir(), 'manyhands-soak-'))
process.env['TMPDIR'] = folder
const counts = { rounds: 0, tasks: 0, restarts: 0 }
const startedAt = performance.now()
const seconds = (): number => (performance.now() - startedAt) / 1_000

/** Some mixes at once, on a pool that lives on, or one of their own. */
async function round(random: Random, pools: readonly Pool[]): Promise<void> {
  const mixes = Array.from({ length: random.whole(1, 3) }, () => random.pick(MIXES))
  const use = async (pool: Pool): Promise<void> => {
    const tasks = await Promise.all(mixes.map((mix: Mix) => mix(pool, random)))
    for (const count of tasks) counts.tasks += count
  }
  if (random.next() < 0.7) await use(random.pick(pools))
  else await withPool({ backend: random.pick(BACKENDS), workers: random.whole(1, 3) }, use)
}

/** The same for a time; a round that hangs is an error, too. */
async function rounds(until: number, pools: readonly Pool[], onRound: () => void): Promise<void> {
  while (seconds() < until) {
    const own = seed + counts.rounds++
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('it hangs')), ROUND_LIMIT_MS)
    })
    await Promise.race([round(new Random(own), pools), late]).catch((cause: unknown) => {
      throw new Error(`round ${counts.rounds} failed; its seed is ${own}`, { cause })
    })
    clearTimeout(timer)
    onRound()
  }
}

function describe(one: Sample): string {
  const time = `${Math.floor(one.seconds / 60)}:${String(Math.floor(one.seconds % 60)).padStart(2, '0')}`
  const memory = `heap ${one.heap.toFixed(1)} MB  rss ${one.rss.toFixed(0)} MB`
  const rest = `threads ${one.threads}  children ${one.children}  fds ${one.descriptors}  handles ${one.handles}`
  return `${time}  ${counts.rounds} rounds  ${counts.tasks} tasks  ${memory}  ${rest}`
}

async function withPools(use: (pools: readonly Pool[]) => Promise<void>): Promise<void> {
  const pools = BACKENDS.map((backend) => new Pool({ backend, workers: 2 }))
  await use(pools)
  for (const pool of pools) counts.restarts += pool.stats().restarts
  await Promise.all(pools.map((pool) => pool.close()))
}

/** What is there once what is being let go of is gone. */
async function settled(isClean: (now: Sample) => boolean): Promise<Sample> {
  const until = performance.now() + SETTLE_MS
  for (;;) {
    const now = sample(seconds(), folder)
    if (isClean(now) || performance.now() > until) return now
    await sleep(50)
  }
}

console.log(`soak: ${minutes} min, seed ${seed}`)
try {
  // Node's own threads are started when they are first needed.
  await Promise.all(Array.from({ length: 8 }, () => readFile(process.execPath)))
  await withPools((pools) => rounds(Math.min(5, minutes * 6), pools, () => {}))
  const start = await settled(() => false)
  console.log(describe(start))
  const samples: Sample[] = []
  await withPools(async (pools) => {
    let told = 0
    await rounds(minutes * 60, pools, () => {
      samples.push(sample(seconds(), folder))
      if (seconds() - told < TELL_EVERY) return
      told = seconds()
      console.log(describe(samples.at(-1) as Sample))
    })
  })
  const end = await settled((now) => leaksIn([], start, now).length === 0)
  console.log(`${describe(end)}  at the end`)
  const leaks = leaksIn(samples, start, end)
  const grown = (['heap', 'rss'] as const).map((what) => `${what} ${growth(samples, what).toFixed(1)} MB`)
  console.log(`${counts.restarts} workers replaced; grown from the second quarter to the last: ${grown.join(', ')}`)
  for (const leak of leaks) console.log(`✖ ${leak}`)
  console.log(leaks.length === 0 ? '✔ nothing piles up' : '✖ it leaks')
  process.exitCode = leaks.length === 0 ? 0 : 1
} catch (error) {
  console.log('✖', error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
