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
import { kindOf } from './message-kinds.ts'

const TASKS = fileURLToPath(new URL('../tasks.js', import.meta.url))
const WORKERS = 2
const ROUNDS_PER_MS = 1_000_000
const TICKS_PER_SECOND = 100

/**
 * `npm run bench:messages [-- --ms=0,1,10,100] [--seconds=5] [--timeout=1000] [--block] [--kinds]`: messages that the server takes
 * for each task, and the processor time of each part, in milliseconds for each task.
 *
 * With `--block` tasks wait and need no processor, so that the length of a task does not depend on what else the machine does.
 * With `--kinds` another client listens to all messages and counts them by kind, which costs some time.
 */
const option = (name: string, usual: string): string =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? usual
const lengths = option('ms', '0,1,10,100').split(',').map(Number)
const seconds = Number(option('seconds', '5'))
const timeout = Number(option('timeout', '0'))
const blocks = process.argv.includes('--block')
const countsKinds = process.argv.includes('--kinds')

for (const ms of lengths) await measure(ms)

async function measure(ms: number): Promise<void> {
  const monitoring = await freePort()
  await using broker = await Broker.start(`http: "127.0.0.1:${monitoring}"`)
  await using fleet = await WorkerProcess.start(broker.url, '-n', String(WORKERS), TASKS)
  const pool = new Pool({ backend: nats({ servers: broker.url }), workers: WORKERS })
  const count = ms === 0 ? 400_000 * seconds : Math.ceil((seconds * 1_000 * WORKERS) / ms)
  const run = async (tasks: number): Promise<void> => {
    const input = blocks ? ms : Math.round(ms * ROUNDS_PER_MS)
    const inputs = Array.from({ length: tasks }, () => input)
    const options = timeout > 0 ? { timeout } : {}
    for await (const _ of pool.map(inputs, ms === 0 ? noop : blocks ? block : spin, options));
  }
  await run(Math.ceil(count / 10))
  const kinds = new Map<string, number>()
  const spy = countsKinds ? await listen(broker.url, kinds) : undefined
  const parts = { client: process.pid, broker: broker.pid, agent: fleet.pid, workers: childrenOf(fleet.pid) }
  const cpu = (): number[] =>
    Object.values(parts).map((pids) => [pids].flat().reduce((sum, pid) => sum + cpuOf(pid), 0))
  const [before, cpuBefore, startedAt] = [await serverStats(monitoring), cpu(), performance.now()]
  await run(count)
  const tookMs = performance.now() - startedAt
  const cpuAfter = cpu()
  const after = await serverStats(monitoring)
  const each = (figure: number): string => (figure / count).toFixed(count > 100_000 ? 5 : 3)
  console.log(
    `${ms} ms, ${count} tasks: ${each(after.in_msgs - before.in_msgs)} messages in, ${each(after.out_msgs - before.out_msgs)} out;`,
    `${format((count / tookMs) * 1_000)} tasks/s; ms of processor each:`,
    Object.keys(parts)
      .map((name, i) => `${name} ${each(((cpuAfter[i] as number) - (cpuBefore[i] as number)) * 1_000)}`)
      .join(', '),
  )
  for (const [kind, number] of [...kinds].toSorted(([, a], [, b]) => b - a)) console.log(`  ${kind} ${each(number)}`)
  await spy?.close()
  await pool.close()
}

/** Counts all messages of the default group by kind. */
async function listen(url: string, kinds: Map<string, number>): Promise<NatsConnection> {
  const spy = await connect({ servers: url })
  spy.subscribe('>', {
    callback: (_, { subject, data }) => {
      for (const kind of kindOf(subject, data)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
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
