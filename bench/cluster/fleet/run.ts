import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

import { connect } from '@nats-io/transport-node'
import { Pool } from 'manyhands'
import { nats } from 'manyhands/nats'

import { Broker, freePort } from '../../../test/support/broker.ts'
import { format, quantile } from '../figures.ts'
import { Helper } from '../systems/helper.ts'
import { serverStats } from './server-stats.ts'
import { pause } from './tasks.ts'

/**
 * `npm run bench:fleet [-- --workers=100,1000] [--slots=16] [--task=10000]`: how a server and a client bear large fleets.
 *
 * Real agents, sessions and messages; only the workers behind them are simulated, thousands to a process. One client
 * gives each of them tasks of some seconds that only wait.
 */
const option = (name: string, usual: string): string =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? usual
const slots = Number(option('slots', '16'))
const taskMs = Number(option('task', '10000'))
const SPREAD = 2
const SECONDS = 10
const START_LIMIT_MS = 120_000
const TICKS_PER_SECOND = 100

for (const workers of option('workers', '100,1000,5000,10000').split(',').map(Number)) await measure(workers)

async function measure(workers: number): Promise<void> {
  const monitoring = await freePort()
  const broker = await Broker.start(`http: "127.0.0.1:${monitoring}"`)
  const agents = Math.ceil(workers / slots)
  const share = String(Math.ceil(agents / SPREAD))
  const helpers = await Helper.startAll(SPREAD, '../fleet/agents.js', broker.url, share, String(slots), String(taskMs))
  const pool = new Pool({ backend: nats({ servers: broker.url }) })
  const startedAt = performance.now()
  const run = pool.map(endless(), pause)
  run.start()
  const reading = (async () => {
    for await (const _ of run);
  })().catch(() => {})
  const busy = (): number => pool.stats().workers.filter(({ pid }) => pid !== undefined).length
  while (busy() < workers && performance.now() - startedAt < START_LIMIT_MS) await sleep(100)
  const upAfter = performance.now() - startedAt
  // By then the first tasks have ended, and others have come.
  await sleep(taskMs)
  const figures = await observed(broker, monitoring)
  console.log(
    `${workers} workers of ${agents} agents: ${busy()} at work after ${format(upAfter / 1_000)} s;`,
    Object.entries(figures)
      .map(([name, figure]) => `${name} ${format(figure)}`)
      .join(', '),
  )
  for (const helper of helpers) await helper.end()
  run.cancel()
  await reading
  await Promise.race([pool.terminate(), sleep(5_000)])
  await broker[Symbol.asyncDispose]()
}

async function observed(broker: Broker, monitoring: number): Promise<Record<string, number>> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const [before, serverBefore, clientBefore] = [await serverStats(monitoring), cpuOf(broker.pid), cpuOf(process.pid)]
  delay.enable()
  const answers = await answerTimes(broker.url, SECONDS * 1_000)
  delay.disable()
  const after = await serverStats(monitoring)
  const seconds = (after.at - before.at) / 1_000
  return {
    'messages in/s': (after.in_msgs - before.in_msgs) / seconds,
    'out/s': (after.out_msgs - before.out_msgs) / seconds,
    'KB in/s': (after.in_bytes - before.in_bytes) / seconds / 1_000,
    'KB out/s': (after.out_bytes - before.out_bytes) / seconds / 1_000,
    'server %': ((cpuOf(broker.pid) - serverBefore) / seconds) * 100,
    'server MB': after.mem / 1e6,
    'slow consumers': after.slow_consumers,
    'client %': ((cpuOf(process.pid) - clientBefore) / seconds) * 100,
    'client loop p99 ms': delay.percentile(99) / 1e6,
    'answer p50 ms': quantile(answers, 0.5),
    'answer p99 ms': quantile(answers, 0.99),
  }
}

/** How long questions to a stranger take that only the server and one other connection have to do with. */
async function answerTimes(url: string, ms: number): Promise<number[]> {
  const [asker, answerer] = [await connect({ servers: url }), await connect({ servers: url })]
  answerer.subscribe('bench.probe', { callback: (_, message) => void message.respond() })
  await answerer.flush()
  const times: number[] = []
  for (const until = performance.now() + ms; performance.now() < until; await sleep(20)) {
    const startedAt = performance.now()
    await asker.request('bench.probe', '', { timeout: 10_000 })
    times.push(performance.now() - startedAt)
  }
  await asker.close()
  await answerer.close()
  return times
}

/** Seconds of processor time that a process has had. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function* endless(): Generator<number> {
  for (let i = 0; ; i++) yield i
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
