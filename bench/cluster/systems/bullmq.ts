import { importPeer } from '../../systems/peer.ts'
import type { MakeClusterSystem } from './cluster-system.ts'
import { Helper } from './helper.ts'
import { RedisServer } from './redis-server.ts'

/** Jobs in one `addBulk`: more do not make it quicker. */
const BULK = 1_000
const QUEUE = 'bench'
const GONE = { removeOnComplete: true, removeOnFail: true }

interface Bull {
  readonly Queue: new (name: string, options: object) => Queue
  readonly QueueEvents: new (name: string, options: object) => QueueEvents
}

interface Queue {
  add(name: string, data: unknown, options: object): Promise<unknown>
  addBulk(jobs: readonly object[]): Promise<unknown>
  close(): Promise<void>
}

interface QueueEvents {
  waitUntilReady(): Promise<unknown>
  on(event: 'completed', listener: (job: { jobId: string; returnvalue: unknown }) => void): void
  close(): Promise<void>
}

/** BullMQ: jobs are added in bulk, their outcomes come as events. */
export const bullmq: MakeClusterSystem = async (task, workers) => {
  const server = await RedisServer.start()
  const { Queue, QueueEvents } = await importPeer<Bull>('bullmq')
  const connection = { host: '127.0.0.1', port: server.port, maxRetriesPerRequest: null }
  const queue = new Queue(QUEUE, { connection })
  const events = new QueueEvents(QUEUE, { connection })
  const helpers = await Helper.startAll(workers, './bullmq-worker.js', QUEUE, String(server.port), task)
  await events.waitUntilReady()
  const waiting = new Map<string, (value: unknown) => void>()
  events.on('completed', ({ jobId, returnvalue }) => {
    waiting.get(jobId)?.(returnvalue)
    waiting.delete(jobId)
  })
  let last = 0
  const outcome = (): [id: string, done: Promise<unknown>] => {
    const jobId = `job-${++last}`
    return [jobId, new Promise((resolve) => waiting.set(jobId, resolve))]
  }
  return {
    async all(inputs) {
      const done: Promise<unknown>[] = []
      for (let at = 0; at < inputs.length; at += BULK) {
        const jobs = inputs.slice(at, at + BULK).map((value) => {
          const [jobId, finished] = outcome()
          done.push(finished)
          return { name: 'task', data: { value }, opts: { jobId, ...GONE } }
        })
        await queue.addBulk(jobs)
      }
      await Promise.all(done)
    },
    async one(value) {
      const [jobId, finished] = outcome()
      await queue.add('task', { value }, { jobId, ...GONE })
      return finished
    },
    close: async () => {
      await Promise.all(helpers.map((helper) => helper.end()))
      await events.close()
      await queue.close()
      await server.end()
    },
  }
}
