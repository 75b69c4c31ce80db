import { readdirSync, rmSync } from 'node:fs'

import { Cache } from 'manyhands/cache'

import { canonicalHash } from '#manyhands/task/canonical/canonical-hash.js'

// Prints one line of JSON. Called with a folder and a number of calls, as joblib_memory.py is.
const [folder, count] = process.argv.slice(2) as [string, string]
const SMALL = Array.from({ length: Number(count) }, (_, n) => n)
const BIG = Array.from({ length: 50 }, (_, n) => n)

const cache = new Cache(folder)
const makeSmall = (n: number) => ({ id: n, name: `item ${n}`, score: n * 0.1, tags: ['a', 'b', 'c'] })
const makeBig = (n: number) => ({ n, data: new Float64Array(131_072).fill(n) })
const small = cache.wrap(makeSmall)
const big = cache.wrap(makeBig)

async function microseconds(call: (n: number) => unknown, numbers: readonly number[]): Promise<number> {
  const startedAt = performance.now()
  for (const n of numbers) await call(n)
  return ((performance.now() - startedAt) / numbers.length) * 1_000
}

const figures: Record<string, number> = {}
// As in a program that has been running for a while.
for (let n = -3_000; n < 0; n++) await small(n)
for (let n = -3_000; n < 0; n++) await small(n)
await big(-1)
await big(-1)
figures['small miss'] = await microseconds(small, SMALL)
figures['small hit'] = await microseconds(small, SMALL)
figures['1 MB miss'] = (await microseconds(big, BIG)) - (await microseconds(makeBig, BIG))
figures['1 MB hit'] = await microseconds(big, BIG)
const value = { id: 17, name: 'item 17', score: 1.7, tags: ['a', 'b', 'c'], nested: { ok: true } }
await microseconds(() => canonicalHash(value), SMALL)
figures['hash small'] = await microseconds(() => canonicalHash(value), SMALL)
const array = Float64Array.from({ length: 12_500_000 }, (_, i) => i * 0.1)
figures['hash 100 MB'] = await microseconds(() => canonicalHash(array), [1, 2, 3])
const many = new Cache(`${folder}-many`).wrap(makeSmall)
for (let n = 0; n < 100_000; n++) await many(n)
figures['files of 100,000'] = readdirSync(`${folder}-many`, { recursive: true }).length
for (const dir of [folder, `${folder}-many`]) rmSync(dir, { recursive: true, force: true })
console.log(JSON.stringify(figures))
