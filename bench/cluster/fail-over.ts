import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Pool } from 'manyhands'
import { nats } from 'manyhands/nats'

import { WorkerProcess } from '../../test/nats/support/worker-process.ts'
import { Broker } from '../../test/support/broker.ts'
import { stuckOnce, together } from './fail-over-tasks.ts'
import { format, quantile } from './figures.ts'

const TASKS = fileURLToPath(new URL('./fail-over-tasks.js', import.meta.url))
const FLEETS = 2

/**
 * `npm run bench:fail-over [-- --times=30]`: from `kill -9` to the outcome of the task that ran, from another worker.
 *
 * Two fleets of one worker each, both idle but for that task.
 */
const times = Number(process.argv.find((arg) => arg.startsWith('--times='))?.slice(8) ?? 30)
const broker = await Broker.start()
const fleets: WorkerProcess[] = []
const pool = new Pool({ backend: nats({ servers: broker.url }), workers: FLEETS })
try {
  for (const kind of ['worker process', 'agent'] as const) {
    const took: number[] = []
    for (let i = 0; i < times; i++) took.push(await killed(kind))
    const figures = [0.5, 0.99, 1].map((part) => format(quantile(took, part)))
    console.log(`kill -9 of a ${kind}: ${figures.join(', ')} ms to the outcome (median, p99, most of ${times})`)
  }
} finally {
  await pool.close()
  for (const fleet of fleets) await fleet[Symbol.asyncDispose]()
  await broker[Symbol.asyncDispose]()
}

async function killed(kind: 'worker process' | 'agent'): Promise<number> {
  while (fleets.length < FLEETS) fleets.push(await WorkerProcess.start(broker.url, '-n', '1', TASKS))
  const folder = mkdtempSync(join(tmpdir(), 'manyhands-bench-'))
  try {
    await pool.map([0, 1], together, { args: [folder, FLEETS] })
    const file = join(folder, 'pid')
    const run = pool.map([0], stuckOnce, { args: [file] })
    run.start()
    const pid = await writtenTo(file)
    const fleet = fleets.find(({ events }) => events.some((event) => event['pid'] === pid)) as WorkerProcess
    const killedAt = performance.now()
    if (kind === 'agent') fleet.signal('SIGKILL')
    else process.kill(pid, 'SIGKILL')
    await run
    const took = performance.now() - killedAt
    if (kind === 'agent') {
      await fleet[Symbol.asyncDispose]()
      fleets.splice(fleets.indexOf(fleet), 1)
    }
    return took
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function writtenTo(file: string): Promise<number> {
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 2))
  return Number(readFileSync(file, 'utf8'))
}
