import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { Pool } from 'manyhands'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const DEATHS = 80
/** A worker that is kept takes more than 20 kB. */
const MOST_PER_DEATH = 12_000

it('workers that died leave nothing in memory', async () => {
  const pool = new Pool({ backend: 'processes', workers: 2 })
  const die = async (): Promise<void> => {
    const end = (x: number): number => (x === 3 ? process.exit(3) : x)
    await pool.map([1, 2, 3, 4], end, { workerDeaths: 0, batch: 1, onError: 'return', timeout: 60_000 })
  }
  for (let i = 0; i < DEATHS / 2; i++) await die()
  collect()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < DEATHS; i++) await die()
  collect()
  const each = (process.memoryUsage().heapUsed - before) / DEATHS
  assert.ok(each < MOST_PER_DEATH, `${each.toFixed()} bytes for each`)
  await pool.close()
})
