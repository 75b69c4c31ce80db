import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'

import { map, Pool, WorkerCrashedError } from 'manyhands'

import { type CaseFunction, markOf } from '../case.js'

/** Ends its process, or its thread, in one way or another. */
export async function end(kind: string): Promise<string> {
  switch (kind) {
    case 'exit 0':
      return process.exit(0)
    case 'exit 3':
      return process.exit(3)
    case 'exit later':
      await new Promise((resolve) => setTimeout(resolve, 5))
      return process.exit(4)
    case 'exit code':
      process.exitCode = 3
      process.once('beforeExit', () => process.exit(5))
      return kind
    case 'abort':
      return process.abort()
    case 'SIGSEGV':
    case 'SIGKILL':
    case 'SIGTERM':
      process.kill(process.pid, kind)
      return new Promise(() => {})
    default:
      return kind
  }
}

const NEIGHBOURS = ['a', 'b', 'c', 'd']

/** F7: exits cost their tasks; a mere exit code costs nothing. */
export const exits: CaseFunction = async ({ backend }) => {
  const kinds = ['exit 0', 'exit 3', 'exit later', 'exit code']
  const inputs = kinds.flatMap((kind) => [...NEIGHBOURS, kind])
  const outcomes = await map(inputs, end, { backend, workers: 2, onError: 'return' })
  const codes = outcomes.map((one) => (one instanceof WorkerCrashedError ? one.exitCode : one))
  assert.deepEqual(codes, [...NEIGHBOURS, 0, ...NEIGHBOURS, 3, ...NEIGHBOURS, 4, ...NEIGHBOURS, 'exit code'])
  for (const one of outcomes) if (one instanceof WorkerCrashedError) assert.equal(one.reason, 'exit')
}

/** F7 without a worker: the process is the task's. */
export const exitEndsTheHost: CaseFunction = async ({ backend, note }) => {
  note('before', true)
  await map(['exit 3'], end, { backend })
}

/** F8: signals cost their tasks. */
export const signals: CaseFunction = async ({ backend }) => {
  const kinds = ['abort', 'SIGSEGV', 'SIGKILL', 'SIGTERM']
  const outcomes = await map([...kinds, ...NEIGHBOURS], end, { backend, workers: 2, onError: 'return' })
  const seen = outcomes.map((one) => (one instanceof WorkerCrashedError ? `${one.reason} ${one.signal}` : one))
  assert.deepEqual(seen, ['signal SIGABRT', 'signal SIGSEGV', 'signal SIGKILL', 'signal SIGTERM', ...NEIGHBOURS])
}

export const abortEndsTheHost: CaseFunction = async ({ backend }) => {
  await map(['abort'], end, { backend })
}

export const segfaultEndsTheHost: CaseFunction = async ({ backend }) => {
  await map(['SIGSEGV'], end, { backend })
}

export async function waitForMark(file: string): Promise<string> {
  appendFileSync(`${file}.pid`, `${process.pid}\n`)
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 2))
  return 'waited'
}

/** F8 from outside, as the system does when memory is short: the task runs again elsewhere. */
export const killedFromOutside: CaseFunction = async ({ backend, folder }) => {
  const file = markOf(folder, 'go')
  const pool = new Pool({ backend, workers: 2 })
  const run = pool.map([file, 'a.txt'], (path: string) => (path === 'a.txt' ? path : waitForMark(path))).start()
  const pids = (): number[] =>
    existsSync(`${file}.pid`) ? readFileSync(`${file}.pid`, 'utf8').split('\n').filter(Boolean).map(Number) : []
  while (pids().length < 1) await new Promise((resolve) => setTimeout(resolve, 2))
  process.kill(pids()[0] as number, 'SIGKILL')
  while (pids().length < 2) await new Promise((resolve) => setTimeout(resolve, 2))
  appendFileSync(file, '')
  assert.deepEqual(await run, ['waited', 'a.txt'])
  assert.equal(pool.stats().restarts, 1)
  await pool.close()
}

export function fillHeap(size: number): number {
  const kept: number[][] = []
  const end = size < 0 ? Infinity : 0
  while (kept.length < end) kept.push(new Array<number>(100_000).fill(Math.random()))
  return kept.length + size
}

/** F9: out of memory costs the task, which is tried again once. */
export const outOfMemory: CaseFunction = async ({ backend }) => {
  const pool = new Pool({ backend, workers: 2, resourceLimits: { maxOldGenerationSizeMb: 64 } })
  const outcomes = await pool.map([1, -1, 2, 3], fillHeap, { onError: 'return' })
  const error = outcomes[1]
  assert.ok(error instanceof WorkerCrashedError, String(error))
  assert.deepEqual([error.reason, error.attempts], ['oom', 2])
  assert.deepEqual([outcomes[0], outcomes[2], outcomes[3]], [1, 2, 3])
  await pool.close()
}

export function fillOneMap(size: number): number {
  const all = new Map<number, number>()
  const end = size < 0 ? Infinity : 0
  for (let i = 0; i < end; i++) all.set(i, i)
  return all.size + size
}

/** F9 where memory grows in one jump: V8 asks nobody whether there is room. */
export const outOfMemoryAtOnce: CaseFunction = async ({ backend }) => {
  const pool = new Pool({ backend, workers: 1, resourceLimits: { maxOldGenerationSizeMb: 64 } })
  const outcomes = await pool.map([1, -1, 2], fillOneMap, { onError: (error) => error.code })
  assert.deepEqual(outcomes, [1, 'MH_WORKER_CRASHED', 2])
  await pool.close()
}

export const outOfMemoryEndsTheHost: CaseFunction = async ({ backend }) => {
  await map([-1], fillHeap, { backend })
}

export function countThenEnd(input: { readonly folder: string; readonly i: number; readonly bad: number }): number {
  appendFileSync(markOf(input.folder, `starts-${input.i}`), '.')
  if (input.i === input.bad) process.exit(9)
  return input.i
}

function startsOf(folder: string, i: number): number {
  return readFileSync(markOf(folder, `starts-${i}`), 'utf8').length
}

/** F16: one that kills each worker it meets fails after as many starts as it may have. */
export const poison: CaseFunction = async ({ backend, folder }) => {
  const inputs = Array.from({ length: 100 }, (_, i) => ({ folder, i, bad: 41 }))
  const outcomes = await map(inputs, countThenEnd, { backend, workers: 2, onError: (error) => error.code })
  assert.deepEqual(
    outcomes,
    inputs.map(({ i }) => (i === 41 ? 'MH_WORKER_CRASHED' : i)),
  )
  assert.equal(startsOf(folder, 41), 2)
  const again = Array.from({ length: 10 }, (_, i) => ({ folder, i: i + 200, bad: 205 }))
  const more = await map(again, countThenEnd, { backend, workers: 2, workerDeaths: 3, onError: (e) => e.attempts })
  assert.equal(more[5], 4)
  assert.equal(startsOf(folder, 205), 4)
}

/** F17: those that travelled with a task that died run again, uncharged. */
export const batchMates: CaseFunction = async ({ backend, folder }) => {
  for (const [round, concurrency] of [1, 4].entries()) {
    const base = round * 1_000
    const inputs = Array.from({ length: 64 }, (_, i) => ({ folder, i: base + i, bad: base + 7 }))
    const outcomes = await map(inputs, countThenEnd, {
      backend,
      workers: 2,
      concurrency,
      batch: 16,
      onError: (error) => error.code,
    })
    assert.deepEqual(
      outcomes,
      inputs.map(({ i, bad }) => (i === bad ? 'MH_WORKER_CRASHED' : i)),
    )
    assert.equal(startsOf(folder, base + 7), 2)
  }
}

/** At most once where it is asked for. */
export const atMostOnce: CaseFunction = async ({ backend, folder }) => {
  const inputs = Array.from({ length: 20 }, (_, i) => ({ folder, i, bad: 7 }))
  const options = { backend, workers: 2, batch: 1, concurrency: 1, workerDeaths: 0 } as const
  const outcomes = await map(inputs, countThenEnd, { ...options, onError: (error) => error.attempts })
  assert.equal(outcomes[7], 1)
  for (const { i } of inputs) assert.equal(startsOf(folder, i), 1, `input ${i}`)
}
