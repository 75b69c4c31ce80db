// Tortures a cache for minutes: `npm run torture`, or `npm run torture -- --minutes=10 --seed=5`.
import { parseArgs } from 'node:util'

import { torture } from './torture.js'

/** Seconds of one round. */
const ROUND = 20

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } })
const until = performance.now() + Number(values.minutes ?? 10) * 60_000
for (let seed = Number(values.seed ?? Date.now() % 1_000); performance.now() < until; seed++) {
  for (const mode of ['keep', 'evict'] as const) {
    const { kills, stored, files } = await torture(mode, ROUND, seed)
    console.log(`seed ${seed}, ${mode}: ${kills} kills, ${stored} results told of, ${files} packs left, all right`)
  }
}
