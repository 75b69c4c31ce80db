import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { BackendError, InvalidArgumentError, Pool, task, type TaskQueue, TimeoutError } from 'manyhands'
import { nats } from 'manyhands/nats'

import { failure } from '#manyhands/testing/contract/subject.js'

import { Broker } from '../support/broker.js'
import { until } from '../support/until.js'
import { WorkerProcess } from './support/worker-process.js'
import { double } from './tasks.js'

const LIMIT = { timeout: 180_000 }
const HOLDER = fileURLToPath(new URL('./support/holder.js', import.meta.url))
const doubling = task(double)

/** Pushes until there is no room any more; says how many had some. To connect and to make the group may take seconds. */
async function fill(queue: TaskQueue<number>, most: number): Promise<number> {
  for (let pushed = 0; pushed < most; pushed++) {
    try {
      await queue.push(doubling(pushed), { timeout: 3_000 })
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error
      return pushed
    }
  }
  return most
}

/** Resolves when the server knows of so many. */
async function ticketsAt({ url }: Broker, count: number): Promise<void> {
  const admin = await connect({ servers: url })
  const { streams } = await jetstreamManager(admin)
  const known = async (): Promise<number> => (await streams.info('MHQ_default')).state.messages
  await until(async () => (await known().catch(() => 0)) >= count)
  await admin.close()
}

async function doubled(queue: TaskQueue<number>, count: number): Promise<number[]> {
  const values: number[] = []
  while (values.length < count) values.push(await queue.pop())
  return values.toSorted((a, b) => a - b)
}

describe('maxQueue on a cluster', () => {
  it(
    'bounds what waits in the group over all clients, exactly; who waits goes on when there is room',
    LIMIT,
    async () => {
      await using broker = await Broker.start()
      await using one = new Pool({ backend: nats({ servers: broker.url, maxQueue: 7 }) })
      await using other = new Pool({ backend: nats({ servers: broker.url, maxQueue: 7 }) })
      const queues = [one, one, other].map((pool) => pool.queue<number>())
      const pushed = await Promise.all(queues.map((queue) => fill(queue, 20)))
      assert.equal(
        pushed.reduce((a, b) => a + b),
        7,
      )
      const [queue] = queues as [TaskQueue<number>]
      const waiting = queue.push(doubling(100))
      const call = other.run(double, 4)
      await using worker = await WorkerProcess.start(broker.url)
      assert.ok(worker.pid)
      await waiting
      assert.equal(await call, 8)
      for (const [i, of] of queues.entries()) {
        const expected = Array.from({ length: pushed[i] as number }, (_, n) => n * 2)
        if (of === queue) expected.push(200)
        assert.deepEqual(await doubled(of, expected.length), expected)
      }
    },
  )

  it('lets all through, one after the other, however many want in', LIMIT, async () => {
    await using broker = await Broker.start()
    await using worker = await WorkerProcess.start(broker.url)
    assert.ok(worker.pid)
    const ofTwo = (): Pool => new Pool({ backend: nats({ servers: broker.url, maxQueue: 2 }) })
    await using one = ofTwo()
    await using other = ofTwo()
    await using third = ofTwo()
    const sums = await Promise.all(
      [one, other, third].map(async (pool) => {
        const values = await Promise.all(Array.from({ length: 100 }, (_, i) => pool.run(double, i)))
        // Lets the others have its slots.
        await pool.close()
        return values.reduce((a, b) => a + b)
      }),
    )
    assert.deepEqual(sums, [9_900, 9_900, 9_900])
  })

  it('does not count what clients had that were killed', LIMIT, async () => {
    await using broker = await Broker.start()
    const holder = fork(HOLDER, [broker.url, '3'])
    await once(holder, 'message')
    const pool = new Pool({ backend: nats({ servers: broker.url, maxQueue: 3 }) })
    const queue = pool.queue<number>()
    assert.equal(await fill(queue, 1), 0)
    holder.kill('SIGKILL')
    await queue.push(doubling(1))
    await pool.terminate()
  })

  it('holds again where the broker came back without its data', LIMIT, async () => {
    await using broker = await Broker.start()
    await using one = new Pool({ backend: nats({ servers: broker.url, maxQueue: 4 }) })
    await using other = new Pool({ backend: nats({ servers: broker.url, maxQueue: 4 }) })
    const [first, second] = [one.queue<number>(), other.queue<number>()]
    assert.equal(await fill(first, 4), 4)
    await broker.kill()
    await broker.restart({ forget: true })
    await ticketsAt(broker, 4)
    assert.equal(await fill(second, 1), 0)
    await using worker = await WorkerProcess.start(broker.url)
    assert.ok(worker.pid)
    await second.push(doubling(5))
    assert.deepEqual(await doubled(first, 4), [0, 2, 4, 6])
    assert.deepEqual(await doubled(second, 1), [10])
  })

  it('says so where there is no broker, and what is wrong with a number', LIMIT, async () => {
    assert.throws(() => nats({ maxQueue: 0 }), InvalidArgumentError)
    const pool = new Pool({ backend: nats({ servers: 'nats://127.0.0.1:1', maxQueue: 1 }) })
    const queue = pool.queue<number>()
    const errors = await Promise.all([failure(queue.push(doubling(1))), failure(pool.run(double, 1))])
    for (const error of errors) assert.ok(error instanceof BackendError, String(error))
    await pool.close()
  })
})
