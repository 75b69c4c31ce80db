import assert from 'node:assert/strict'
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { map, Pool, WorkerStartError } from 'manyhands'

import { type CaseFunction, markOf } from '../case.js'

/** Takes all descriptors that the process may still have, but for some. */
function takeDescriptors(spare: number): () => void {
  const taken: number[] = []
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'))
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EMFILE')
  }
  for (let i = 0; i < spare; i++) closeSync(taken.pop() as number)
  return () => taken.forEach((fd) => closeSync(fd))
}

/** Descriptors that are left for workers: enough for two or more, not for five. */
const SPARE = { serial: 0, threads: 14, processes: 20 }

/** F34: where there is room for a few workers the pool goes on with these, and takes more when it can. */
export const roomForSome: CaseFunction = async ({ backend, folder, note }) => {
  const pool = new Pool({ backend, workers: 6 })
  // What is loaded when it is first needed must not want a descriptor when there are none.
  assert.deepEqual(await pool.map([4], Math.sqrt), [2])
  // Folders are marks that take no descriptor.
  const wait = async (path: string): Promise<string> => {
    const { existsSync: exists, mkdirSync } = await import('node:fs')
    mkdirSync(path)
    while (!exists(`${path} go`)) await new Promise((resolve) => setTimeout(resolve, 2))
    return 'waited'
  }
  const giveBack = takeDescriptors(SPARE[backend])
  const paths = Array.from({ length: 6 }, (_, i) => markOf(folder, String(i)))
  const run = pool.map(paths, wait, { batch: 1 }).start()
  const begun = (): number => paths.filter((path) => existsSync(path)).length
  while (begun() < 2) await sleep(2)
  while (pool.stats().workers.length === 6) await sleep(2)
  note('workers', pool.stats().workers.length)
  giveBack()
  // The others come by themselves, while those that are there are still busy.
  while (begun() < 6) await sleep(2)
  for (const path of paths) mkdirSync(`${path} go`)
  assert.deepEqual(
    await run,
    paths.map(() => 'waited'),
  )
  await pool.close()
}

/** F34: without room for any worker the run is told so; the pool can be used when there is. */
export const roomForNone: CaseFunction = async ({ backend }) => {
  assert.deepEqual(await map([4], Math.sqrt, { backend, workers: 1 }), [2])
  const pool = new Pool({ backend, workers: 2 })
  const giveBack = takeDescriptors(0)
  const failures = await Promise.allSettled([pool.map([1, 2], Math.sqrt).toArray(), pool.run(Math.sqrt, 4)])
  giveBack()
  for (const failure of failures) {
    assert.ok(failure.status === 'rejected')
    assert.ok(failure.reason instanceof WorkerStartError, String(failure.reason))
  }
  assert.deepEqual(await pool.map([1, 4], Math.sqrt), [1, 2])
  await pool.close()
}

/** F34: a program that is gone. */
export const noProgram: CaseFunction = async ({ backend }) => {
  const { execPath } = process
  process.execPath = '/no/such/node'
  const error = await map([1], Math.sqrt, { backend }).then(
    () => assert.fail('it ran'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof WorkerStartError, String(error))
  assert.match(error.message, /ENOENT/)
  process.execPath = execPath
  assert.deepEqual(await map([4], Math.sqrt, { backend }), [2])
}

/** Threads need no program: they are this one's. */
export const programGone: CaseFunction = async ({ backend }) => {
  process.execPath = '/no/such/node'
  assert.deepEqual(await map([4], Math.sqrt, { backend }), [2])
}

/** Where tasks run in the host's own thread there is nothing to start. */
export const nothingToStart: CaseFunction = async ({ backend }) => {
  assert.deepEqual(await map([4], Math.sqrt, { backend }), [2])
  const giveBack = takeDescriptors(0)
  assert.deepEqual(await map([1, 4], Math.sqrt, { backend }), [1, 2])
  giveBack()
}
