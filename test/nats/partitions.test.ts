import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { map } from 'manyhands'
import { nats } from 'manyhands/nats'

import { Scratch } from '#manyhands/testing/scratch.js'

import { until } from '../support/until.js'
import { withCluster } from './support/cluster.js'
import { type Machine, Network, whyNoNetworks } from './support/network.js'
import { WorkerProcess } from './support/worker-process.js'
import { type Recorded, spin } from './tasks.js'

const LIMIT = { timeout: 240_000 }
const CUT_OFF = { ...LIMIT, skip: whyNoNetworks() }
const MINUTE_MS = 60_000
/** Inputs that a run may have before it has told of those that came first. */
const AHEAD = 1_000
const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const TASKS = fileURLToPath(new URL('./tasks.js', import.meta.url))

/** Ends with the block, however that ends. */
class Program implements AsyncDisposable {
  readonly child: ChildProcess
  readonly exit: Promise<unknown>

  constructor({ before }: Machine, cwd: string, ...command: readonly string[]) {
    const [program = '', ...args] = [...before, ...command]
    this.child = spawn(program, args, { cwd, stdio: ['pipe', 'ignore', 'ignore'] })
    this.exit = once(this.child, 'exit')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL')
    await this.exit
  }
}

/** Gives a program numbers, not too far ahead of what it is done with, until it is told to end: how many there were. */
async function feed({ child }: Program, done: () => number, end: AbortSignal): Promise<number> {
  let count = 0
  for (; !end.aborted; await sleep(20))
    for (const enough = done() + AHEAD; count < enough; count++) child.stdin?.write(`${count}\n`)
  child.stdin?.end()
  return count
}

const lines = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1)

/** Cuts a worker off for a minute during a run, and looks at what became of the inputs. */
async function partition(
  signal: AbortSignal,
  cut: (machine: Machine) => void,
  mend: (machine: Machine) => void,
): Promise<void> {
  const seen = (holds: () => boolean): Promise<void> => until(holds, signal)
  using scratch = new Scratch()
  using network = new Network()
  const [home, far, near, desk] = [network.machine(), network.machine(), network.machine(), network.machine()]
  const url = `nats://${home.address}:4222`
  const store = ['-js', '-sd', scratch.file('store')]
  await using broker = new Program(home, scratch.folder, 'nats-server', '-a', home.address, ...store)
  await using lost = WorkerProcess.beginAt(far.before, url, ['-n', '2'])
  await using kept = WorkerProcess.beginAt(near.before, url, ['-n', '2'])
  await Promise.all([lost.told('ready'), kept.told('ready')])

  for (const file of ['begun', 'ended', 'out.jsonl']) scratch.touch(file)
  const out = scratch.file('out.jsonl')
  const run = ['run', `${TASKS}#recorded`, '--args', JSON.stringify([scratch.folder]), '--on', url, '-o', out, '-q']
  await using client = new Program(desk, scratch.folder, process.execPath, MAIN, ...run, '-')
  const enough = new AbortController()
  const fed = feed(client, () => lines(out).length, AbortSignal.any([signal, enough.signal]))
  const results = (): Recorded[] => lines(out).map((line) => JSON.parse(line) as Recorded)
  const told = (type: string): unknown[] => lost.events.filter((event) => event['type'] === type)
  const pids = (): Set<unknown> => new Set(told('lent').map((event) => (event as { pid: number }).pid))
  const of = (file: string, its: Set<unknown>): string[] =>
    lines(scratch.file(file)).filter((line) => its.has(Number(line.split(' ')[1])))
  await seen(() => of('ended', pids()).length > 0)

  // It is at something when it is cut off, and finishes that.
  scratch.touch('hold')
  const before = pids()
  await seen(() => of('begun', before).length > of('ended', before).length)
  cut(far)
  rmSync(scratch.file('hold'))
  await seen(() => of('begun', before).length === of('ended', before).length)
  await sleep(MINUTE_MS, undefined, { signal })
  mend(far)
  // It gives up what it had, and serves again.
  await seen(() => told('returned').length >= before.size)
  await seen(() => results().some(({ pid }) => pids().has(pid) && !before.has(pid)))
  enough.abort()
  const count = await fed
  assert.deepEqual(await client.exit, [0, null])

  const numbers = Array.from({ length: count }, (_, i) => i)
  const outcomes = results().map(({ value }) => value)
  assert.equal(broker.child.exitCode, null)
  assert.deepEqual(outcomes, numbers)
  // What it finished when it was cut off ran again elsewhere, and counts once.
  assert.ok(lines(scratch.file('ended')).length > count)
  assert.ok(results().some(({ attempt }) => attempt > 1))
  assert.ok(results().every(({ attempt }) => attempt <= 2))
}

describe('for a minute', { concurrency: 3 }, () => {
  it('a machine is cut off by a cable that is out', CUT_OFF, async ({ signal }) => {
    await partition(
      signal,
      (machine) => machine.cut(),
      (machine) => machine.mend(),
    )
  })

  it('a machine is cut off by a network that swallows all', CUT_OFF, async ({ signal }) => {
    await partition(
      signal,
      (machine) => machine.lose(),
      (machine) => machine.find(),
    )
  })

  it('a task blocks its worker, and runs once', LIMIT, async () => {
    await withCluster(1, async ({ url }, [worker]) => {
      const [result] = await map([MINUTE_MS], spin, { backend: nats({ servers: url }) })
      assert.equal(result?.attempt, 1)
      assert.equal(worker?.events.filter(({ type }) => type === 'lent').length, 1)
    })
  })
})
