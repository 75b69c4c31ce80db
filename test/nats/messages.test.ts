import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { Pool, TaskTimeoutError } from 'manyhands'
import { nats } from 'manyhands/nats'

import { failure } from '#manyhands/testing/contract/subject.js'

import { Broker, freePort } from '../support/broker.js'
import { WorkerProcess } from './support/worker-process.js'
import { block } from './tasks.js'

const LIMIT = { timeout: 180_000 }
const TASKS = 400
const TASK_MS = 10

/** Counts the messages that a server takes while something runs. */
async function counted(use: (pool: Pool) => Promise<void>): Promise<number> {
  const monitoring = await freePort()
  await using broker = await Broker.start(`http: "127.0.0.1:${monitoring}"`)
  await using fleet = await WorkerProcess.start(broker.url, '-n', '2')
  await using pool = new Pool({ backend: nats({ servers: broker.url }), workers: 2 })
  const messages = async (): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${monitoring}/varz`)
    return ((await response.json()) as { readonly in_msgs: number }).in_msgs
  }
  await pool.map([1, 1], block)
  await fleet.told('lent', 2)
  const before = await messages()
  await use(pool)
  return (await messages()) - before
}

describe('the messages of a cluster', () => {
  it('400 tasks of 10 ms take at most one message each', LIMIT, async () => {
    const inputs = Array<number>(TASKS).fill(TASK_MS)
    const messages = await counted(async (pool) => assert.deepEqual(await pool.map(inputs, block), inputs))
    assert.ok(messages <= TASKS, `${messages} messages`)
  })

  it('a timeout that no task comes near takes no more', LIMIT, async () => {
    const inputs = Array<number>(TASKS).fill(TASK_MS)
    const options = { timeout: 50_000, retries: 1 }
    const messages = await counted(async (pool) => assert.deepEqual(await pool.map(inputs, block, options), inputs))
    assert.ok(messages <= TASKS, `${messages} messages`)
  })

  it('a task of a second takes few messages, also if it has a timeout', LIMIT, async () => {
    const messages = await counted(async (pool) => void (await pool.run(block, 1_000)))
    // Mostly questions to the agent, if it is there, ten in a second.
    assert.ok(messages <= 60, `${messages} messages`)
  })

  it('a task that passes its timeout is stopped on time, though its worker is seldom looked at', LIMIT, async () => {
    await counted(async (pool) => {
      const startedAt = performance.now()
      const error = await failure(pool.map([1, 1, 30_000], block, { timeout: 1_000 }))
      const took = performance.now() - startedAt
      assert.ok(error instanceof TaskTimeoutError)
      assert.ok(took < 5_000, `${took} ms`)
    })
  })
})
