// One of the processes of the torture test: uses a cache in all ways until it is killed. Tells of each result that it has
// stored, and of whatever is wrong.
import assert from 'node:assert/strict'

import { Cache } from 'manyhands/cache'

import { Random } from '../soak/random.js'
import { valueOf } from './values.js'

/** Keys that all of them use. */
const SHARED_KEYS = 400

const [dir, mode, seed] = process.argv.slice(2) as [string, 'keep' | 'evict', string]
const random = new Random(Number(seed))
const cache = new Cache(dir, mode === 'evict' ? { maxBytes: '600K' } : {})
const cached = cache.wrap(valueOf, { version: '1' })
let own = Number(seed) * 100_000 + SHARED_KEYS

async function call(n: number): Promise<void> {
  assert.deepEqual(await cached(n), valueOf(n))
}

/** Where results stay, each must be there for all. */
async function keep(): Promise<void> {
  const n = own++
  await call(n)
  process.send?.({ stored: n })
  await call(random.whole(0, SHARED_KEYS))
  if (random.next() < 0.02) await cache.prune()
}

async function evict(): Promise<void> {
  const n = random.whole(0, SHARED_KEYS)
  const what = random.next()
  if (what < 0.9) await call(n)
  else if (what < 0.94) await cached.forget(n)
  else if (what < 0.98) await cached.inject([n], valueOf(n))
  else if (what < 0.993) await cache.prune()
  else if (what < 0.998) assert.deepEqual((await cache.verify()).corrupt, [])
  else await cache.clear()
}

try {
  for (let i = 0; ; i++) {
    await (mode === 'keep' ? keep() : evict())
    if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    if (i % 50 === 0) assert.equal(cache.stats().corrupt, 0, 'something is broken')
  }
} catch (error) {
  process.send?.({ wrong: String((error as Error).stack) }, () => process.exit(1))
}
