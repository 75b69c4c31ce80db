import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { Scratch } from '#manyhands/testing/scratch.js'

import { Broker } from '../support/broker.js'
import { until } from '../support/until.js'
import { WorkerProcess } from './support/worker-process.js'
import type { Dated } from './tasks.js'

const LIMIT = { timeout: 180_000 }
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const TASKS = fileURLToPath(new URL('./tasks.js', import.meta.url))
const CLOCK = new URL('./support/shifted-clock.js', import.meta.url)
const HOUR_MS = 3_600_000
const COUNT = 1_000
/** Longer than a worker that does not answer is waited for. */
const STILL_MS = 15_000

/** A run with limits to its time, whose tasks say which time it is. */
function start({ folder }: Scratch, url: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const limits = ['--timeout', '1m', '--deadline', '10m', '-q']
  const args = ['run', `${TASKS}#dated`, '@inputs', '--on', url, '-o', 'out.jsonl', ...limits]
  const inputs = Array.from({ length: COUNT }, (_, i) => `${i}\n`)
  writeFileSync(`${folder}/inputs`, inputs.join(''))
  writeFileSync(`${folder}/out.jsonl`, '')
  return spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: 'ignore', env: { ...process.env, ...env } })
}

function resultsIn(scratch: Scratch): Dated[] {
  const lines = readFileSync(scratch.file('out.jsonl'), 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Dated)
}

async function has(scratch: Scratch, count: number): Promise<void> {
  await until(() => resultsIn(scratch).length >= count)
}

/** All came to their end, in their order, the first time. */
function assertUnharmed(results: readonly Dated[]): void {
  const wanted = Array.from({ length: COUNT }, (_, i) => [i, 1])
  assert.deepEqual(
    results.map(({ value, attempt }) => [value, attempt]),
    wanted,
  )
}

describe('time', () => {
  it('that jumps by an hour, forth and back, ends nothing', LIMIT, async (t) => {
    using scratch = new Scratch()
    await using broker = await Broker.start()
    const env = { NODE_OPTIONS: `--import=${CLOCK.href}`, CLOCK_SHIFT_FILE: scratch.file('shift') }
    await using worker = WorkerProcess.beginAt([], broker.url, ['-n', '2'], env)
    await worker.told('ready')
    const client = start(scratch, broker.url, env)
    t.after(() => client.kill('SIGKILL'))
    const ended = once(client, 'exit')
    await has(scratch, 200)
    writeFileSync(scratch.file('shift'), String(HOUR_MS))
    await has(scratch, 500)
    writeFileSync(scratch.file('shift'), String(-HOUR_MS))
    assert.deepEqual(await ended, [0, null])
    const results = resultsIn(scratch)
    assertUnharmed(results)
    // It did jump, where the tasks are.
    const dates = results.map(({ date }) => date)
    assert.ok(Math.max(...dates) - Math.min(...dates) > 1.9 * HOUR_MS)
    assert.equal(worker.events.filter(({ type }) => type === 'disconnected').length, 0)
  })

  it('that stands still for all, as in a machine that sleeps, ends nothing', LIMIT, async (t) => {
    using scratch = new Scratch()
    await using broker = await Broker.start()
    await using worker = await WorkerProcess.start(broker.url, '-n', '2')
    const client = start(scratch, broker.url)
    t.after(() => client.kill('SIGKILL'))
    const ended = once(client, 'exit')
    await has(scratch, 200)
    const lent = worker.events.filter(({ type }) => type === 'lent').map(({ pid }) => pid as number)
    const all = [client.pid as number, worker.pid, broker.pid, ...lent]
    for (const pid of all) process.kill(pid, 'SIGSTOP')
    await sleep(STILL_MS)
    for (const pid of all) process.kill(pid, 'SIGCONT')
    assert.deepEqual(await ended, [0, null])
    assertUnharmed(resultsIn(scratch))
    assert.deepEqual(
      worker.events.filter(({ type }) => type === 'lent').map(({ pid }) => pid),
      lent,
    )
  })
})
