import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { map, Pool, WorkerCrashedError } from 'manyhands'
import { nats } from 'manyhands/nats'

import { failure } from '#manyhands/testing/contract/subject.js'
import { Scratch } from '#manyhands/testing/scratch.js'

import { until } from '../support/until.js'
import { numbers, withCluster } from './support/cluster.js'
import { WorkerProcess } from './support/worker-process.js'
import { attempt, double, exitAlways, lengthOf, marked, slowly, starts, zeros } from './tasks.js'

const LIMIT = { timeout: 180_000 }

/** The workers among which the first task of `marked` runs. */
function fleetOf(workers: readonly WorkerProcess[], folder: string): WorkerProcess {
  const [pid] = starts(folder)
  return workers.find(({ events }) => events.some((event) => event['pid'] === pid)) as WorkerProcess
}

describe('losses on a cluster', () => {
  it('a worker process that is killed costs a retry, and nothing else', LIMIT, async () => {
    await withCluster(1, async ({ url }) => {
      using scratch = new Scratch()
      const run = map([1, 2], marked, { backend: nats({ servers: url }), args: [scratch.folder], workerDeaths: 1 })
      run.start()
      await until(() => starts(scratch.folder).length === 2)
      process.kill(starts(scratch.folder)[0] as number, 'SIGKILL')
      await until(() => starts(scratch.folder).length === 3)
      scratch.touch('go')
      assert.deepEqual(await run, [1, 2])
    })
  })

  it('a whole fleet that is killed is replaced by another within a second', LIMIT, async () => {
    await withCluster(2, async ({ url }, workers) => {
      using scratch = new Scratch()
      const run = map([1], marked, { backend: nats({ servers: url }), args: [scratch.folder] })
      run.start()
      await until(() => starts(scratch.folder).length === 1)
      fleetOf(workers, scratch.folder).signal('SIGKILL')
      const killedAt = performance.now()
      await until(() => starts(scratch.folder).length === 2)
      const took = performance.now() - killedAt
      scratch.touch('go')
      assert.deepEqual(await run, [1])
      assert.ok(took < 2_000, `${took} ms`)
    })
  })

  it('workers may come after the tasks, and after the broker', LIMIT, async () => {
    await withCluster(0, async (broker) => {
      const { inputs, doubled } = numbers(1_000)
      const run = map(inputs, double, { backend: nats({ servers: broker.url }) })
      run.start()
      await broker.kill()
      await using late = WorkerProcess.begin(broker.url)
      await broker.restart()
      await late.told('ready')
      assert.deepEqual(await run, doubled)
    })
  })

  it('a run is cancelled and its pool closed within 40 s when the broker is gone for good', LIMIT, async () => {
    await withCluster(1, async (broker) => {
      using scratch = new Scratch()
      const pool = new Pool({ backend: nats({ servers: broker.url }) })
      const run = pool.map([1], marked, { args: [scratch.folder] })
      run.start()
      await until(() => starts(scratch.folder).length === 1)
      await broker.kill()
      run.cancel()
      await pool.close()
    })
  })

  it('a broker that is killed and comes back loses nothing', LIMIT, async () => {
    await withCluster(2, async (broker) => {
      const { inputs, doubled } = numbers(4_000)
      const run = map(inputs, slowly, { backend: nats({ servers: broker.url }) })
      const values: number[] = []
      for await (const value of run) {
        values.push(value)
        if (values.length % 1_000 !== 500) continue
        await broker.kill()
        await broker.restart()
      }
      assert.deepEqual(values, doubled)
    })
  })

  it('a broker that comes back without all that it had stored loses no result', LIMIT, async () => {
    await withCluster(1, async (broker) => {
      const pool = new Pool({ backend: nats({ servers: broker.url }) })
      const large = Array.from({ length: 12 }, (_, i) => new Uint8Array(700_000 + i))
      const values: number[] = []
      for await (const value of pool.map(large, lengthOf, { batch: 1 })) {
        values.push(value)
        if (values.length !== 3) continue
        await broker.kill()
        await broker.restart({ forget: true })
      }
      assert.deepEqual(
        values,
        large.map(({ length }) => length),
      )
      assert.equal((await pool.run(zeros, 2_000_000)).length, 2_000_000)
      await pool.close()
    })
  })

  it('a fleet that stands still is given up, and comes back to nothing', LIMIT, async () => {
    await withCluster(2, async ({ url }, workers) => {
      using scratch = new Scratch()
      const run = map([1], marked, { backend: nats({ servers: url }), args: [scratch.folder] })
      run.start()
      await until(() => starts(scratch.folder).length === 1)
      const frozen = fleetOf(workers, scratch.folder)
      frozen.signal('SIGSTOP')
      // Its task starts again at the other one.
      await until(() => starts(scratch.folder).length === 2)
      scratch.touch('go')
      assert.deepEqual(await run, [1])
      frozen.signal('SIGCONT')
      await frozen.told('returned')
    })
  })

  it('a task that kills every worker that it meets fails in the end; others do not', LIMIT, async () => {
    await withCluster(1, async ({ url }) => {
      const backend = nats({ servers: url })
      const pool = new Pool({ backend })
      const poison = failure(pool.run(exitAlways, 1))
      const { inputs, doubled } = numbers(500)
      assert.deepEqual(await pool.map(inputs, slowly), doubled)
      const error = (await poison) as WorkerCrashedError
      assert.ok(error instanceof WorkerCrashedError)
      assert.equal(error.attempts, 4)
      assert.equal(error.exitCode, 7)
      await pool.close()
    })
  })

  it('workers that are told to end finish what they run, and give back the rest', LIMIT, async () => {
    await withCluster(1, async ({ url }, workers) => {
      const { inputs } = numbers(1_500)
      const results: number[][] = []
      const run = map(inputs, attempt, { backend: nats({ servers: url }), rate: 1_000 })
      for await (const result of run) {
        results.push(result)
        if (results.length % 500 !== 250) continue
        const next = await WorkerProcess.start(url, '-n', '2')
        const old = workers.pop()
        workers.push(next)
        old?.signal('SIGTERM')
        assert.equal(await old?.ended(), 0)
      }
      assert.deepEqual(
        results,
        inputs.map((value) => [value, 1]),
      )
    })
  })
})
