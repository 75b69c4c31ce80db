// `npm run chaos -- --tasks=200000 --seed=1`: tasks on a cluster whose workers, worker processes and broker are killed at
// random. Ends with 0 where the results are those of the serial run, nothing is stored any more, and no process is left.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { connect } from '@nats-io/transport-node'
import { Pool } from 'manyhands'
import { nats } from 'manyhands/nats'

import { WorkerProcess } from '../nats/support/worker-process.js'
import { double } from '../nats/tasks.js'
import { Broker } from '../support/broker.js'

const FLEETS = 3
/** A mishap comes about this often, in milliseconds. */
const EVERY_MS = 700
/** A message is this large every so many tasks: it goes through the object store. */
const LARGE = 700_000
const LARGE_EVERY = 5_000

const { values } = parseArgs({ options: { tasks: { type: 'string' }, seed: { type: 'string' } } })
const count = Number(values.tasks ?? 200_000)
const seed = Number(values.seed ?? Date.now() % 100_000)
console.log(`chaos: ${count} tasks, seed ${seed}`)

let state = seed
function random(below: number): number {
  state = (state * 1_664_525 + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

const mishaps: Record<string, number> = {}
const broker = await Broker.start()
const fleets: WorkerProcess[] = []
for (let i = 0; i < FLEETS; i++) fleets.push(await WorkerProcess.start(broker.url, '-n', '1'))

async function mishap(): Promise<void> {
  const kind = (['fleet', 'process', 'process', 'freeze', 'broker', 'forget', 'drain'] as const)[random(7)] ?? 'fleet'
  mishaps[kind] = (mishaps[kind] ?? 0) + 1
  const at = random(FLEETS)
  const fleet = fleets[at] as WorkerProcess
  if (kind === 'process') {
    const [pid] = childrenOf(fleet.pid)
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  } else if (kind === 'freeze') {
    fleet.signal('SIGSTOP')
    await pause(300)
    fleet.signal('SIGCONT')
  } else if (kind === 'broker' || kind === 'forget') {
    await broker.kill()
    await pause(random(500))
    await broker.restart({ forget: kind === 'forget' })
  } else {
    fleets[at] = await WorkerProcess.start(broker.url, '-n', '1')
    fleet.signal(kind === 'drain' ? 'SIGTERM' : 'SIGKILL')
    await fleet.ended()
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function* inputs(): Generator<number | Uint8Array> {
  for (let i = 0; i < count; i++) yield i % LARGE_EVERY === LARGE_EVERY - 1 ? new Uint8Array(LARGE) : i
}

const startedAt = performance.now()
const ending = new AbortController()
const making = (async () => {
  while (!ending.signal.aborted) {
    await pause(EVERY_MS / 2 + random(EVERY_MS))
    if (!ending.signal.aborted) await mishap()
  }
})()
const pool = new Pool({ backend: nats({ servers: broker.url }) })
const options = { rate: 8_000, window: 20_000, workerDeaths: 50 }
let done = 0
for await (const value of pool.map(inputs(), double as (input: number | Uint8Array) => number, options)) {
  // An array times two is no number: its place in the order is what counts.
  if (done % LARGE_EVERY === LARGE_EVERY - 1) assert.ok(Number.isNaN(value))
  else assert.equal(value, done * 2)
  done++
}
ending.abort()
await making
assert.equal(done, count)
await pool.close()
const pids = fleets.flatMap((fleet) => childrenOf(fleet.pid))
for (const fleet of fleets) {
  fleet.signal('SIGTERM')
  assert.equal(await fleet.ended(), 0)
}
// A worker process ends as soon as it sees that its fleet is gone.
for (let waited = 0; pids.some(isAlive) && waited < 2_000; waited += 10) await pause(10)
assert.deepEqual(pids.filter(isAlive), [])
await checkStreams()
await broker[Symbol.asyncDispose]()
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
console.log(`chaos: ${done} results, as the serial run has them, in ${seconds} s; ${JSON.stringify(mishaps)}`)

/** Nothing is left in any stream, but parts of payloads that broke off as the broker died: those go after an hour. */
async function checkStreams(): Promise<void> {
  const { jetstreamManager } = await import('@nats-io/jetstream')
  const admin = await connect({ servers: broker.url })
  const manager = await jetstreamManager(admin)
  for await (const { config } of manager.streams.list()) {
    const { state } = await manager.streams.info(config.name, { subjects_filter: '>' })
    const whole = Object.keys(state.subjects ?? {}).filter((subject) => !/^\$O\.\w+\.C\./.test(subject))
    assert.deepEqual(whole, [])
    console.log(`stream ${config.name}: ${state.messages} parts of payloads that broke off`)
  }
  await admin.close()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
