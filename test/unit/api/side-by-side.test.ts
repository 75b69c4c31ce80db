import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

import { Pool, type Results, TaskError } from 'manyhands'

import { BACKENDS, WITH_WORKERS } from '../support/each-backend.js'

const folder = mkdtempSync(join(tmpdir(), 'manyhands-side-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let names = 0
const newFile = (): string => join(folder, `${++names}`)

/** Milliseconds until all of `count` runs are over, each of three tasks that wait 300, 200 and 100 ms. */
async function timeOf(count: number, pool: Pool, concurrency: number): Promise<number> {
  const start = performance.now()
  const run = (): Promise<unknown[]> =>
    pool
      .map([300, 200, 100], (ms: number) => new Promise((done) => setTimeout(done, ms, ms)), { concurrency })
      .toArray()
  await Promise.all(Array.from({ length: count }, run))
  return performance.now() - start
}

describe('twenty runs at once of tasks that wait take about as long as one', () => {
  const cases = [['serial', 1], ['serial', 10], ...WITH_WORKERS.map((backend) => [backend, 10] as const)] as const
  for (const [backend, concurrency] of cases) {
    it(`on ${backend} with concurrency ${concurrency}`, async (t) => {
      const pool = new Pool({ backend, workers: 1 })
      try {
        await timeOf(1, pool, concurrency)
        // Other programs may take the time of some rounds, not of all.
        let ratio = Infinity
        for (let round = 0; round < 8 && ratio >= 3; round++) {
          const one = await timeOf(1, pool, concurrency)
          const twenty = await timeOf(20, pool, concurrency)
          ratio = Math.min(ratio, twenty / one)
          t.diagnostic(`one ${one.toFixed(0)} ms, twenty ${twenty.toFixed(0)} ms`)
        }
        assert.ok(ratio < 3, `${ratio} times`)
      } finally {
        await pool.close()
      }
    })
  }
})

describe('runs beside each other', () => {
  for (const backend of BACKENDS) {
    it(`on ${backend} do not wait for each other's tasks, and none has more of them at once than it may`, async () => {
      const pool = new Pool({ backend, workers: 1 })
      try {
        const release = newFile()
        const waits = async (counts: number[]): Promise<number> => {
          const here = globalThis as { running?: number; most?: number }
          here.running = (here.running ?? 0) + 1
          here.most = Math.max(here.most ?? 0, here.running)
          writeFileSync(`${release}-${counts[0]}`, '')
          while (!existsSync(release)) await delay(2)
          here.running--
          return here.most
        }
        const slow = pool.map([[0], [1], [2], [3], [4], [5]], waits, { concurrency: 2 }).toArray()
        while (!existsSync(`${release}-0`) || !existsSync(`${release}-1`)) await delay(2)
        // The first run waits, and this one goes by.
        assert.deepEqual(await pool.map([1, 2, 3], async (x: number) => x * 2, { concurrency: 5 }), [2, 4, 6])
        writeFileSync(release, '')
        assert.deepEqual(Math.max(...(await slow)), 2)
      } finally {
        await pool.close()
      }
    })
  }

  for (const backend of BACKENDS) {
    it(`on ${backend} with concurrency Infinity all tasks that the window holds are in flight at once`, async () => {
      const pool = new Pool({ backend, workers: 1 })
      try {
        const count = 600
        // Each waits until all have begun.
        const meet = (of: number): Promise<void> => {
          const here = globalThis as { arrived?: (() => void)[] }
          here.arrived ??= []
          const { arrived } = here
          return new Promise((resolve) => {
            if (arrived.push(resolve) === of) for (const go of arrived.splice(0)) go()
          })
        }
        const inputs = Array.from({ length: count }, () => count)
        assert.equal((await pool.map(inputs, meet, { concurrency: Infinity })).length, count)
      } finally {
        await pool.close()
      }
    })
  }

  for (const backend of WITH_WORKERS) {
    it(`on ${backend} leave a run with concurrency 1 its worker to itself`, async () => {
      const pool = new Pool({ backend, workers: 1 })
      try {
        const alone = async (): Promise<boolean> => {
          const here = globalThis as { others?: number; alone?: number }
          here.alone = (here.alone ?? 0) + 1
          await delay(5)
          const isAlone = (here.others ?? 0) === 0 && here.alone === 1
          here.alone--
          return isAlone
        }
        const beside = async (): Promise<boolean> => {
          const here = globalThis as { others?: number; alone?: number }
          here.others = (here.others ?? 0) + 1
          await delay(5)
          here.others--
          return (here.alone ?? 0) === 0
        }
        const inputs = Array.from({ length: 20 }, (_, i) => i)
        const runs = await Promise.all([
          pool.map(inputs, beside, { concurrency: 4 }),
          pool.map(inputs, alone),
          pool.map(inputs, beside, { concurrency: 3 }),
          pool.map(inputs, alone),
        ])
        assert.ok(runs.flat().every(Boolean))
      } finally {
        await pool.close()
      }
    })
  }
})

describe("onError: 'throw' stops the run in its worker", () => {
  /** A task that leaves a trace of each call, and fails for one input. */
  const leaveTrace = (input: number, into: string, bad: number): number => {
    writeFileSync(join(into, 'calls'), `${input} `, { flag: 'a' })
    if (input === bad) throw new RangeError(`not ${input}`)
    return input
  }
  const inputs = Array.from({ length: 1_000 }, (_, i) => i)

  async function callsOf(
    backend: (typeof BACKENDS)[number],
    options: object,
    read: (run: Results<number, number>) => Promise<unknown>,
  ): Promise<{ calls: number[]; outcome: unknown }> {
    const into = mkdtempSync(join(folder, 'calls-'))
    const pool = new Pool({ backend, workers: 1 })
    try {
      // Quick tasks are known to it: batches are large from the start.
      await pool.map(inputs, (x: number) => x)
      const run = start(pool, into, options)
      const outcome = await read(run).catch((error: unknown) => error)
      // What began would be over.
      await pool.map([1], (x: number) => x)
      return { calls: readFileSync(join(into, 'calls'), 'utf8').trim().split(' ').map(Number), outcome }
    } finally {
      await pool.close()
    }
  }

  function start(pool: Pool, into: string, options: object): Results<number, number> {
    return pool.map(inputs, leaveTrace, { args: [into, 40], batch: 500, ...options }) as never
  }

  for (const backend of BACKENDS) {
    it(`on ${backend}: nothing is called after the task that threw`, async () => {
      const { calls, outcome } = await callsOf(backend, {}, (run) => run.toArray())
      assert.ok(outcome instanceof TaskError)
      assert.match(outcome.message, /\[40\] failed: RangeError: not 40/)
      assert.deepEqual(calls, inputs.slice(0, 41))
    })

    it(`on ${backend}: with retries when the last of them is used up`, async () => {
      const { calls, outcome } = await callsOf(backend, { retries: 2, batch: 1 }, (run) => run.toArray())
      assert.equal((outcome as TaskError).attempts, 3)
      assert.equal(calls.filter((input) => input === 40).length, 3)
      assert.equal(calls.at(-1), 40)
    })

    it(`on ${backend}: not for readers of settled records, who have them all`, async () => {
      const { calls, outcome } = await callsOf(backend, {}, async (run) => {
        const statuses: string[] = []
        for await (const { status } of run.settled()) statuses.push(status)
        return statuses
      })
      assert.equal(calls.length, 1_000)
      assert.equal((outcome as string[]).filter((status) => status === 'rejected').length, 1)
    })

    it(`on ${backend}: not with onError 'return', 'collect' or a function`, async () => {
      for (const onError of ['return', 'collect', () => -1]) {
        const { calls } = await callsOf(backend, { onError }, (run) => run.toArray())
        assert.equal(calls.length, 1_000)
      }
    })

    it(`on ${backend}: what was finished before is delivered`, async () => {
      const { outcome } = await callsOf(backend, {}, async (run) => {
        const values: number[] = []
        try {
          for await (const value of run) values.push(value)
        } catch (error) {
          assert.ok(error instanceof TaskError)
        }
        return values
      })
      assert.deepEqual(outcome, inputs.slice(0, 40))
    })
  }
})
