import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'

import { map } from 'manyhands'

import { type Case, type CaseFunction, markOf } from '../case.js'

/** Says that it runs and keeps its thread busy for ever. */
export function spinAfter(file: string): never {
  writeFileSync(file, '')
  for (;;);
}

/** The same with a process of its own, which nobody ends. */
export function spawnAndSpin(file: string): never {
  spawn('sleep', ['60'], { stdio: 'ignore' })
  return spinAfter(file)
}

export async function waitAfter(file: string): Promise<never> {
  writeFileSync(file, '')
  return new Promise(() => {})
}

export async function spawnAndWait(file: string): Promise<never> {
  spawn('sleep', ['60'], { stdio: 'ignore' })
  return waitAfter(file)
}

/** Starts two tasks that never end, and resolves when both run. */
async function busy({ backend, folder }: Case, task: (file: string) => unknown): Promise<void> {
  const files = ['one', 'two'].map((name) => markOf(folder, name))
  map(files, task, { backend, workers: 2, concurrency: backend === 'serial' ? 2 : 1 })
    .start()
    .then(undefined, () => {})
  while (!files.every((file) => existsSync(file))) await sleep(2)
}

/** F28: the host is killed while its workers spin, or wait. */
export const killedWhileBusy: CaseFunction = async (one) => {
  await busy(one, one.backend === 'serial' ? waitAfter : spinAfter)
  process.kill(process.pid, 'SIGKILL')
}

export const killedWhileWaiting: CaseFunction = async (one) => {
  await busy(one, waitAfter)
  process.kill(process.pid, 'SIGKILL')
}

export const killedWithGrandchildren: CaseFunction = async (one) => {
  await busy(one, one.backend === 'processes' ? spawnAndSpin : spawnAndWait)
  process.kill(process.pid, 'SIGKILL')
}

export const killedWhileIdle: CaseFunction = async ({ backend }) => {
  await map([1, 2], Math.sqrt, { backend, workers: 2 })
  process.kill(process.pid, 'SIGKILL')
}

/** F72: the host leaves in the middle of a run. */
export const exits: CaseFunction = async (one) => {
  await busy(one, one.backend === 'serial' ? waitAfter : spinAfter)
  process.exit(7)
}

export const throws: CaseFunction = async (one) => {
  await busy(one, one.backend === 'serial' ? waitAfter : spinAfter)
  setImmediate(() => {
    throw new Error('the host has a bug')
  })
  await sleep(5_000)
}

/** F28, F72 during a native call. */
export function sleepAfter(file: string): void {
  writeFileSync(file, '')
  execFileSync('sleep', ['1'])
}

export function sleepLongAfter(file: string): void {
  writeFileSync(file, '')
  execFileSync('sleep', ['60'])
}

export const exitsDuringNativeCall: CaseFunction = async (one) => {
  await busy(one, sleepAfter)
  process.exit(7)
}

/** The call is ended, too: else something would be left. */
export const exitsDuringLongNativeCall: CaseFunction = async (one) => {
  await busy(one, sleepLongAfter)
  process.exit(7)
}

interface Place {
  readonly pid: number
  readonly thread: number
}

function here(): Place {
  return { pid: process.pid, thread: threadId }
}

/** Maps inside of tasks, some levels deep. */
export async function nest(depth: number): Promise<Place[]> {
  if (depth === 0) return [here()]
  const inner = await map([depth - 1, depth - 1], nest)
  return [here(), ...inner.flat()]
}

/** F70: what a task maps runs in its own worker; nothing multiplies, nothing waits for ever. */
export const nested: CaseFunction = async ({ backend }) => {
  const results = await map([3, 3, 3, 3], nest, { backend, workers: 2 })
  for (const places of results) {
    assert.equal(places.length, 15)
    assert.equal(new Set(places.map(({ pid, thread }) => `${pid}.${thread}`)).size, 1, 'it left its worker')
  }
  const workers = new Set(results.flat().map(({ pid, thread }) => `${pid}.${thread}`))
  assert.ok(workers.size <= 2, `${workers.size} workers`)
  const own = await map(
    [1, 2],
    async (x) => {
      const { withPool } = await import('manyhands')
      return withPool({ workers: 8 }, async (pool) => [
        ...(await pool.map([x, x + 1], Math.abs)),
        await pool.run(Math.sqrt, 4),
      ])
    },
    { backend, workers: 2 },
  )
  assert.deepEqual(own, [
    [1, 2, 2],
    [2, 3, 2],
  ])
}
