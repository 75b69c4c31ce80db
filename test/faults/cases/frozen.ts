import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { map, Pool, WorkerCrashedError } from 'manyhands'

import { processes } from '#manyhands/backends/processes/processes-backend.js'

import { type CaseFunction, markOf } from '../case.js'
import { waitForMark } from './dying.js'

/** The processes in which a task began, in order. */
function begun(file: string): number[] {
  return existsSync(`${file}.pid`) ? readFileSync(`${file}.pid`, 'utf8').split('\n').filter(Boolean).map(Number) : []
}

async function begins(file: string, times: number): Promise<number> {
  while (begun(file).length < times) await sleep(2)
  return begun(file)[times - 1] as number
}

/** Keeps its worker's thread busy until a file is there. */
export function spinForMark(file: string): string {
  appendFileSync(`${file}.pid`, `${process.pid}\n`)
  while (!existsSync(file));
  return 'spun'
}

/** F29: a worker that is stopped from outside is ended, and its task runs again elsewhere. */
export const stopped: CaseFunction = async ({ folder }) => {
  const tasks: ((file: string) => string | Promise<string>)[] = [waitForMark, spinForMark]
  for (const [i, task] of tasks.entries()) {
    const file = markOf(folder, `go ${i}`)
    const pool = new Pool({ backend: processes({ heartbeatTimeout: 1_000 }), workers: 2 })
    const run = pool.map([file, file], task, { batch: 1 }).start()
    process.kill(await begins(file, 1), 'SIGSTOP')
    await begins(file, 3)
    appendFileSync(file, '')
    const result = ['waited', 'spun'][i]
    assert.deepEqual(await run, [result, result])
    assert.equal(pool.stats().restarts, 1)
    await pool.close()
  }
}

/** F29: one whose workers are stopped each time fails, and says why. */
export const stoppedAgain: CaseFunction = async ({ folder }) => {
  const file = markOf(folder, 'never')
  const pool = new Pool({ backend: processes({ heartbeatTimeout: 500 }), workers: 1 })
  const run = pool.map([file], waitForMark, { onError: 'return' }).start()
  for (const time of [1, 2]) process.kill(await begins(file, time), 'SIGSTOP')
  const [error] = await run
  assert.ok(error instanceof WorkerCrashedError, String(error))
  assert.deepEqual([error.reason, error.attempts], ['heartbeat', 2])
  assert.match(error.message, /stopped answering/)
  assert.deepEqual(await pool.map([4], Math.sqrt), [2])
  await pool.close()
}

/** F29: a worker that spins, and one with nothing to do, are not frozen; nor are they while the host is busy. */
export const busyIsNotFrozen: CaseFunction = async ({ folder }) => {
  const file = markOf(folder, 'go')
  const timeout = 1_000
  const pool = new Pool({ backend: processes({ heartbeatTimeout: timeout }), workers: 2 })
  const run = pool.map([file], spinForMark).start()
  const pid = await begins(file, 1)
  await sleep(timeout)
  const until = performance.now() + timeout * 2
  while (performance.now() < until);
  await sleep(timeout)
  appendFileSync(file, '')
  assert.deepEqual(await run, ['spun'])
  assert.deepEqual(begun(file), [pid])
  assert.equal(pool.stats().restarts, 0)
  await pool.close()
}

/** F29: where all are frozen together, as in a paused container, nothing is lost when they go on. */
export const allFrozen: CaseFunction = async ({ folder }) => {
  const file = markOf(folder, 'go')
  const pool = new Pool({ backend: processes({ heartbeatTimeout: 2_000 }), workers: 1 })
  const run = pool.map([file], waitForMark).start()
  const pid = await begins(file, 1)
  const before = performance.now()
  // A worker leads a group of its own; the shell that stops and wakes both is in neither.
  const script = `kill -STOP ${pid} ${process.pid}; sleep 4; kill -CONT ${process.pid} ${pid}`
  await once(spawn('sh', ['-c', script], { stdio: 'ignore' }), 'exit')
  assert.ok(performance.now() - before > 3_900, 'it was not stopped')
  await sleep(1_000)
  appendFileSync(file, '')
  assert.deepEqual(await run, ['waited'])
  assert.deepEqual(begun(file), [pid])
  await pool.close()
}

/** A thread cannot be stopped alone: where the host is stopped nothing happens, and nothing is lost. */
export const hostFrozen: CaseFunction = async ({ backend }) => {
  const inputs = Array.from({ length: 40 }, (_, i) => i)
  const slow = async (i: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return i
  }
  const run = map(inputs, slow, { backend, workers: 2, timeout: 60_000 })
  assert.equal((await run.next()).value, 0)
  const script = `kill -STOP ${process.pid}; sleep 1; kill -CONT ${process.pid}`
  const woken = once(spawn('sh', ['-c', script], { stdio: 'ignore' }), 'exit')
  const rest: number[] = []
  for await (const value of run) rest.push(value)
  await woken
  assert.deepEqual(rest, inputs.slice(1))
}
