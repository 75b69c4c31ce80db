import { after } from 'node:test'

import type { Backend } from 'manyhands'
import { nats, runWorker } from 'manyhands/nats'
import { backendContract } from 'manyhands/testing'

import { Broker } from '../support/broker.ts'

const modules = [
  new URL(import.meta.resolve('manyhands/testing').replace('index.js', 'contract-tasks.js')),
  new URL('contract-classes.js', import.meta.url),
]
const broker = await Broker.start()
const servers = broker.url
const workers = await runWorker({ servers, workers: 2, modules })
after(async () => {
  await workers.drain(1_000)
  await broker[Symbol.asyncDispose]()
})

// As workers are started by default: they run nothing but what their modules export.
await backendContract(() => withoutClosures(nats({ servers })))

function withoutClosures(backend: Backend): Backend {
  return {
    name: backend.name,
    capabilities: { ...backend.capabilities, closures: false },
    ...(backend.room && { room: backend.room }),
    forPool: () => withoutClosures(backend.forPool?.() ?? backend),
    start: (spec, events) => backend.start(spec, events),
  }
}
