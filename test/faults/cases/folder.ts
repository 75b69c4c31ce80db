import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { map, Pool, WorkerStartError } from 'manyhands'

import type { CaseFunction } from '../case.js'

/** The folder and the umask of the program, as a task sees them. */
function see(): readonly string[] {
  const [, umask = ''] = /^Umask:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return [process.cwd(), readFileSync('name', 'utf8'), umask]
}

function folderNamed(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  writeFileSync(join(path, 'name'), name)
  return path
}

/** F75: the program goes to another folder between two runs of a pool: so do its workers. */
export const followed: CaseFunction = async ({ backend, folder }) => {
  const [one, two] = ['one', 'two'].map((name) => folderNamed(folder, name)) as [string, string]
  const pool = new Pool({ backend, workers: 2 })
  process.umask(0o022)
  for (const [path, name] of [
    [one, 'one'],
    [two, 'two'],
    [one, 'one'],
  ] as const) {
    process.chdir(path)
    const expected = [path, name, '0022']
    assert.deepEqual(await pool.map([1, 2, 3, 4], see, { batch: 1 }), [expected, expected, expected, expected])
    assert.deepEqual(await pool.run(see), expected)
  }
  process.umask(0o077)
  assert.deepEqual(await pool.run(see), [one, 'one', '0077'])
  process.umask(0o022)
  process.chdir(folder)
  await pool.close()
}

/** F75: the folder that the program is in was removed. */
export const removed: CaseFunction = async ({ backend, folder }) => {
  const pool = new Pool({ backend, workers: 1 })
  assert.deepEqual(await pool.map([4], Math.sqrt), [2])
  process.chdir(folderNamed(folder, 'gone'))
  rmSync(join(folder, 'gone'), { recursive: true })
  const isRefused = (error: unknown): boolean =>
    error instanceof WorkerStartError && /the working directory.* was removed.*process\.chdir\(\)/.test(error.message)
  // A run that needs a worker is refused; workers that are processes must not go on in the folder before.
  const cold = map([4], Math.sqrt, { backend }).toArray()
  if (backend === 'serial') assert.deepEqual(await cold, [2])
  else await assert.rejects(cold, isRefused)
  if (backend === 'processes') await assert.rejects(pool.run(Math.sqrt, 4), isRefused)
  else assert.equal(await pool.run(Math.sqrt, 4), 2)
  process.chdir(folder)
  assert.deepEqual(await map([9], Math.sqrt, { backend }), [3])
  assert.equal(await pool.run(Math.sqrt, 9), 3)
  await pool.close()
}

/** F34: an error says why no worker comes up. */
export const saysWhy: CaseFunction = async ({ backend }) => {
  if (backend === 'serial') return
  const execArgv = ['--import', 'data:text/javascript,throw new Error("no such luck")']
  const pool = new Pool({ backend, workers: 1, execArgv })
  await assert.rejects(pool.run(Math.sqrt, 4), (error: unknown) => {
    assert.ok(error instanceof WorkerStartError, String(error))
    assert.match(error.message, /no worker can be started.*no such luck/)
    return true
  })
  await pool.close()
}
