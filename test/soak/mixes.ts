import assert from 'node:assert/strict'

import { type Pool, type SettledRecord, task, TaskError } from 'manyhands'

import { carryOut, type Plan, plansOf, serialOutcomes, TIMEOUT_MS } from './plans.js'
import type { Random } from './random.js'

/** A way to use a pool. Throws where an outcome is not that of the serial run. Resolves to how many tasks it had. */
export type Mix = (pool: Pool, random: Random) => Promise<number>

function codeOf(error: unknown): unknown {
  return error instanceof TaskError ? error.code : error
}

function outcomeOf(record: SettledRecord): unknown {
  return record.status === 'fulfilled' ? record.value : codeOf(record.reason)
}

async function maps(pool: Pool, random: Random): Promise<number> {
  const concurrency = random.pick([1, 1, 4])
  const plans = plansOf(random, random.whole(1, 600), concurrency)
  const outcomes = await pool.map(plans, carryOut, {
    timeout: TIMEOUT_MS,
    concurrency,
    batch: random.pick(['auto', 'auto', 1, 30]),
    ...(random.next() < 0.5 && { window: random.whole(1, 100) }),
    onError: (error) => error.code,
  })
  assert.deepStrictEqual(outcomes, await serialOutcomes(plans))
  return plans.length
}

async function executes(pool: Pool, random: Random): Promise<number> {
  const plans = plansOf(random, random.whole(1, 200))
  const toDo = task(carryOut, { timeout: TIMEOUT_MS })
  const outcomes: unknown[] = []
  for await (const record of pool.execute(plans.map((plan) => toDo(plan))).settled()) outcomes.push(outcomeOf(record))
  assert.deepStrictEqual(outcomes, await serialOutcomes(plans))
  return plans.length
}

async function queues(pool: Pool, random: Random): Promise<number> {
  const plans = plansOf(random, random.whole(1, 200))
  const toDo = task(carryOut, { timeout: TIMEOUT_MS })
  const queue = pool.queue({ size: random.pick([1, 10, Infinity]) })
  const outcomes: unknown[] = []
  const popping = (async () => {
    for await (const record of queue) outcomes[record.index] = outcomeOf(record)
  })()
  for (const plan of plans) await queue.push(toDo(plan))
  queue.end()
  await popping
  assert.deepStrictEqual(outcomes, await serialOutcomes(plans))
  return plans.length
}

async function runs(pool: Pool, random: Random): Promise<number> {
  const plans = plansOf(random, random.whole(1, 100))
  const toDo = task(carryOut, { timeout: TIMEOUT_MS })
  const outcomes = await Promise.all(plans.map((plan) => pool.run(toDo(plan)).catch(codeOf)))
  assert.deepStrictEqual(outcomes, await serialOutcomes(plans))
  return plans.length
}

/** A function that brings megabytes with it, and is let go of. */
async function captures(pool: Pool, random: Random): Promise<number> {
  const table = Float64Array.from({ length: random.whole(10, 300_000) }, () => random.next())
  const names = new Map(Array.from({ length: 100 }, (_, i) => [i, `name ${i}`]))
  const positions = Array.from({ length: 50 }, () => random.whole(0, table.length - 1))
  const look = (at: number): unknown => [table[at], names.get(at % 100)]
  assert.deepStrictEqual(await pool.map(positions, look), positions.map(look))
  return positions.length
}

/** A run that is left, in one way or another. */
async function leaves(pool: Pool, random: Random): Promise<number> {
  const planOf = (id: number): Plan => ({ id, kind: id % 10 === 9 ? 'wait' : 'object', size: id })
  function* inputs(): Generator<Plan> {
    for (let id = 0; ; id++) yield planOf(id)
  }
  const stop = new AbortController()
  const [how, after] = [random.pick(['break', 'cancel', 'abort', 'throw'] as const), random.whole(1, 300)]
  const came: unknown[] = []
  const run = pool.map(inputs(), carryOut, { signal: stop.signal })
  try {
    for await (const value of run) {
      came.push(value)
      if (came.length < after) continue
      if (how === 'abort') stop.abort('enough')
      else if (how === 'cancel') run.cancel('enough')
      else if (how === 'throw') throw new Error('enough')
      if (how === 'break') break
    }
  } catch (error) {
    assert.equal(how === 'throw' ? (error as Error).message : error, 'enough')
  }
  assert.ok(came.length >= after)
  assert.deepStrictEqual(came, await serialOutcomes(came.map((_, id) => planOf(id))))
  return came.length
}

export const MIXES: readonly Mix[] = [maps, maps, executes, queues, runs, captures, leaves]
