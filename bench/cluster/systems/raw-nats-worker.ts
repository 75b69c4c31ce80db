import { deserialize, serialize } from 'node:v8'

import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

import * as tasks from '../../tasks.ts'
import type { ClusterTask } from './cluster-system.ts'

/** Messages that a worker asks for at once. */
const PULL = 64

const [url, mode, task] = process.argv.slice(2) as [string, 'core' | 'jetstream', ClusterTask]
const fn = tasks[task] as (value: unknown) => unknown
const run = (body: Uint8Array): Uint8Array => serialize((deserialize(body) as unknown[]).map(fn))

const nats = await connect({ servers: url })
if (mode === 'core') {
  nats.subscribe('bench.tasks', { queue: 'workers', callback: (_, message) => void message.respond(run(message.data)) })
  await nats.flush()
  process.send?.('ready')
} else {
  const consumer = await jetstream(nats).consumers.get('bench', 'workers')
  const messages = await consumer.consume({ max_messages: PULL })
  process.send?.('ready')
  for await (const message of messages) {
    nats.publish(message.subject.replace('tasks', 'done'), run(message.data))
    message.ack()
  }
}
