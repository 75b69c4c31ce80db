import { importPeer } from '../../systems/peer.ts'
import * as tasks from '../../tasks.ts'
import type { ClusterTask } from './cluster-system.ts'

/** Jobs that a worker has on their way at once; its tasks run one after the other all the same. */
const CONCURRENCY = 64

interface Bull {
  readonly Worker: new (
    queue: string,
    run: (job: { data: { value: unknown } }) => Promise<unknown>,
    options: object,
  ) => { waitUntilReady(): Promise<unknown> }
}

const [queue, port, task] = process.argv.slice(2) as [string, string, ClusterTask]
const fn = tasks[task] as (value: unknown) => unknown
const { Worker } = await importPeer<Bull>('bullmq')
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null }
const worker = new Worker(queue, async ({ data }) => fn(data.value), { connection, concurrency: CONCURRENCY })
await worker.waitUntilReady()
process.send?.('ready')
