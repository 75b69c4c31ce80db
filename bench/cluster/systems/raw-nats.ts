import { deserialize, serialize } from 'node:v8'

import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'

import { Broker } from '../../../test/support/broker.ts'
import type { ClusterSystem, MakeClusterSystem } from './cluster-system.ts'
import { Helper } from './helper.ts'

/** Messages on their way at once, and megabytes of them. */
const IN_FLIGHT = 256
const IN_FLIGHT_BYTES = 16 * 2 ** 20

/** How one message with inputs goes to a worker, and its outcomes come back. */
type Exchange = (body: Uint8Array) => Promise<Uint8Array>

/** Core NATS as one would use it by hand: a request that any of the workers answers. */
export const core: MakeClusterSystem = (task, workers) =>
  started('core', task, workers, 1, async (nats) => {
    return async (body) => (await nats.request('bench.tasks', body, { timeout: 60_000 })).data
  })

/** JetStream by hand: published with an ack to a work queue on disk, pulled, acked; outcomes go by core NATS. */
export function jetStream(batch: number): MakeClusterSystem {
  return (task, workers) => started('jetstream', task, workers, batch, exchangeByJetStream)
}

async function exchangeByJetStream(nats: NatsConnection): Promise<Exchange> {
  const stream = jetstream(nats)
  const waiting = new Map<string, (body: Uint8Array) => void>()
  nats.subscribe('bench.done.*', {
    callback: (_, { subject, data }) => {
      const id = subject.slice('bench.done.'.length)
      waiting.get(id)?.(data)
      waiting.delete(id)
    },
  })
  let last = 0
  return async (body) => {
    const id = String(++last)
    const done = new Promise<Uint8Array>((resolve) => waiting.set(id, resolve))
    await stream.publish(`bench.tasks.${id}`, body)
    return done
  }
}

async function started(
  mode: 'core' | 'jetstream',
  task: string,
  workers: number,
  batch: number,
  open: (nats: NatsConnection) => Promise<Exchange>,
): Promise<ClusterSystem> {
  const broker = await Broker.start()
  const nats = await connect({ servers: broker.url })
  if (mode === 'jetstream') await makeStream(nats)
  const helpers = await Helper.startAll(workers, './raw-nats-worker.js', broker.url, mode, task)
  const exchange = await open(nats)
  return {
    async all(inputs) {
      let at = 0
      const lane = async (): Promise<void> => {
        while (at < inputs.length) {
          const some = inputs.slice(at, (at += batch))
          const outcomes = deserialize(await exchange(serialize(some))) as unknown[]
          if (outcomes.length !== some.length) throw new Error('outcomes are missing')
        }
      }
      const bytes = serialize(inputs.slice(0, batch)).length
      const lanes = Math.max(2, Math.min(IN_FLIGHT, Math.floor(IN_FLIGHT_BYTES / bytes)))
      await Promise.all(Array.from({ length: lanes }, lane))
    },
    one: async (input) => (deserialize(await exchange(serialize([input]))) as unknown[])[0],
    close: async () => {
      await Promise.all(helpers.map((helper) => helper.end()))
      await nats.close()
      await broker[Symbol.asyncDispose]()
    },
  }
}

async function makeStream(nats: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nats)
  await manager.streams.add({ name: 'bench', subjects: ['bench.tasks.*'], retention: 'workqueue', storage: 'file' })
  await manager.consumers.add('bench', { durable_name: 'workers', ack_policy: 'explicit', max_ack_pending: 10_000 })
}
