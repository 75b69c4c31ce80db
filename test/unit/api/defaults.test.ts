import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'

import { Scratch } from '#manyhands/testing/scratch.js'

const program = `
  import { map, setDefaults, withDefaults } from 'manyhands'
  const where = () => import('node:worker_threads').then(({ isMainThread }) => (isMainThread ? process.pid : 'thread'))
  const name = (place) => (place === 'thread' ? 'threads' : place === process.pid ? 'serial' : 'processes')
  const backendOf = async (options) => name((await map([1], where, options))[0])
  const found = [await backendOf()]
  setDefaults({ backend: 'serial' })
  found.push(await backendOf())
  found.push(await withDefaults({ backend: 'threads' }, () => backendOf()))
  found.push(await withDefaults({ backend: 'threads' }, () => backendOf({ backend: 'serial' })))
  console.log(JSON.stringify(found))
`

/** Runs the program with other variables of the environment. */
async function defaults(env: NodeJS.ProcessEnv): Promise<unknown[]> {
  const args = ['--input-type=module', '--eval', program]
  const options = { env: { ...process.env, ...env }, cwd: process.cwd() }
  const { stdout } = await promisify(execFile)(process.execPath, args, options)
  return JSON.parse(stdout) as unknown[]
}

describe('the options of a run', () => {
  it('come from the call, then withDefaults, then setDefaults, then the environment', async () => {
    const found = await defaults({ MANYHANDS_BACKEND: 'processes' })
    assert.deepEqual(found, ['processes', 'serial', 'threads', 'serial'])
  })
})

describe('the environment', () => {
  /** Prints how many workers ran tasks, each of which waits until as many have begun as are named. */
  const count = `
    import { currentTask, map } from 'manyhands'
    import { readdirSync, writeFileSync } from 'node:fs'
    const [, folder, together] = process.argv
    const slots = await map(Array(9).keys(), async (n) => {
      writeFileSync(folder + '/' + n, '')
      while (readdirSync(folder).length < together) await new Promise((resolve) => setTimeout(resolve, 2))
      return currentTask().worker.slot
    }, { batch: 1 })
    console.log(new Set(slots).size)
  `
  const run = async (spec: string, together: number): Promise<string> => {
    using scratch = new Scratch()
    const env = { ...process.env, MANYHANDS_WORKERS: spec }
    const args = ['--input-type=module', '--eval', count, scratch.folder, String(together)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    return stdout.trim()
  }

  it('MANYHANDS_WORKERS is the number of workers', async () => {
    assert.equal(await run('3', 3), '3')
    assert.equal(await run('1', 1), '1')
  })

  it('MANYHANDS_WORKERS and MANYHANDS_BACKEND with wrong values are refused, with their names', async () => {
    await assert.rejects(run('lots', 1), /MANYHANDS_WORKERS/)
    await assert.rejects(defaults({ MANYHANDS_BACKEND: 'proceses' }), /MANYHANDS_BACKEND/)
  })
})

describe("a program's own worker thread", () => {
  it('maps on threads and processes as the main thread does', async () => {
    const code = `
      const { parentPort } = require('node:worker_threads')
      import('manyhands').then(async ({ map }) => {
        const results = []
        for (const backend of ['serial', 'threads', 'processes'])
          results.push(await map([1, 4, 9], (n) => Math.sqrt(n), { backend, workers: 2 }))
        parentPort.postMessage(results)
      })
    `
    const worker = new Worker(code, { eval: true })
    try {
      const results = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      assert.deepEqual(results, [
        [1, 2, 3],
        [1, 2, 3],
        [1, 2, 3],
      ])
    } finally {
      await worker.terminate()
    }
  })
})
