import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { connect, type NatsConnection } from '@nats-io/transport-node'
import { Pool } from 'manyhands'
import { nats } from 'manyhands/nats'

import { WorkerProcess } from '../../test/nats/support/worker-process.ts'
import { Broker, freePort } from '../../test/support/broker.ts'
import { block, noop, spin } from '../tasks.ts'
import { format } from './figures.ts'
import { serverStats } from './fleet/server-stats.ts'
import { kindsOf } from './message-kinds.ts'

const TASKS = fileURLToPath(new URL('../tasks.js', import.meta.url))
const WORKERS = 2
const ROUNDS_PER_MS = 1_000_000
const NO_OPS_PER_SECOND = 400_000
const TICKS_PER_SECOND = 100

/**
 * `npm run bench:messages [-- --ms=0,1,10,100] [--seconds=5] [--timeout=1000] [--block] [--kinds]`: messages that the server
 * takes for each task, and the processor time of each part, in milliseconds for each task, beside that of processes.
 *
 * With `--block` tasks wait and need no processor, so that the length of a task does not depend on what else the machine
 * does. With `--kinds` another client listens to all messages and counts them by kind, which costs some time.
 */
const option = (name: string, usual: string): string =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? usual
const lengths = option('ms', '0,1,10,100').split(',').map(Number)
const seconds = Number(option('seconds', '5'))
const timeout = Number(option('timeout', '0'))
const blocks = process.argv.includes('--block')
const countsKinds = process.argv.includes('--kinds')

for (const ms of lengths) {
  await onCluster(ms)
  await onProcesses(ms)
}

async function onCluster(ms: number): Promise<void> {
  const monitoring = await freePort()
  await using broker = await Broker.start(`http: "127.0.0.1:${monitoring}"`)
  await using fleet = await WorkerProcess.start(broker.url, '-n', String(WORKERS), TASKS)
  await using pool = new Pool({ backend: nats({ servers: broker.url }), workers: WORKERS })
  await run(pool, ms, 0.1)
  const kinds = new Map<string, number>()
  const spy = countsKinds ? await listen(broker.url, kinds) : undefined
  const before = await serverStats(monitoring)
  const parts = { client: [process.pid], broker: [broker.pid], agent: [fleet.pid], workers: childrenOf(fleet.pid) }
  const figures = await costOf(parts, () => run(pool, ms, 1))
  const after = await serverStats(monitoring)
  const each = (number: number): string => (number / countOf(ms)).toPrecision(3)
  console.log(`${ms} ms: ${each(after.in_msgs - before.in_msgs)} messages a task; ${figures(countOf(ms))}`)
  for (const [kind, number] of [...kinds].toSorted(([, a], [, b]) => b - a)) console.log(`  ${kind} ${each(number)}`)
  await spy?.close()
}

async function onProcesses(ms: number): Promise<void> {
  await using pool = new Pool({ backend: 'processes', workers: WORKERS })
  const others = new Set(childrenOf(process.pid))
  await run(pool, ms, 0.1)
  const workers = childrenOf(process.pid).filter((pid) => !others.has(pid))
  const figures = await costOf({ host: [process.pid], workers }, () => run(pool, ms, 1))
  console.log(`  processes: ${figures(countOf(ms))}`)
}

function countOf(ms: number): number {
  return ms === 0 ? NO_OPS_PER_SECOND * seconds : Math.ceil((seconds * 1_000 * WORKERS) / ms)
}

async function run(pool: Pool, ms: number, part: number): Promise<void> {
  const input = blocks ? ms : Math.round(ms * ROUNDS_PER_MS)
  const inputs = Array.from({ length: Math.ceil(countOf(ms) * part) }, () => input)
  for await (const _ of pool.map(inputs, taskOf(ms), timeout > 0 ? { timeout } : {}));
}

function taskOf(ms: number): (input: number) => unknown {
  if (ms === 0) return noop
  return blocks ? block : spin
}

/** Runs something. Returns a function that describes what so many tasks cost. */
async function costOf(
  parts: Readonly<Record<string, readonly number[]>>,
  use: () => Promise<void>,
): Promise<(tasks: number) => string> {
  const cpu = (): number[] => Object.values(parts).map((pids) => pids.reduce((sum, pid) => sum + cpuOf(pid), 0))
  const [before, startedAt] = [cpu(), performance.now()]
  await use()
  const tookMs = performance.now() - startedAt
  const spent = cpu().map((seconds, i) => (seconds - (before[i] as number)) * 1_000)
  return (tasks) => {
    const all = spent.reduce((sum, ms) => sum + ms, 0)
    const each = Object.keys(parts).map((name, i) => `${name} ${((spent[i] as number) / tasks).toPrecision(3)}`)
    const rate = format((tasks / tookMs) * 1_000)
    return `${rate} tasks/s; ms of processor a task ${(all / tasks).toPrecision(3)}: ${each.join(', ')}`
  }
}

/** Counts all messages of the default group by kind. */
async function listen(url: string, kinds: Map<string, number>): Promise<NatsConnection> {
  const spy = await connect({ servers: url })
  spy.subscribe('>', {
    callback: (_, { subject, data }) => {
      for (const kind of kindsOf(subject, data)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    },
  })
  await spy.flush()
  return spy
}

/** Seconds of processor time that a process has had. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => !Number.isNaN(pid) && parentOf(pid) === parent)
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1])
  } catch {
    return undefined
  }
}
