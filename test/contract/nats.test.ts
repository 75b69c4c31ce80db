import { after } from 'node:test'

import { nats, runWorker } from 'manyhands/nats'
import { backendContract } from 'manyhands/testing'

import { Broker } from '../support/broker.ts'

const modules = [new URL(import.meta.resolve('manyhands/testing').replace('index.js', 'contract-tasks.js'))]
const broker = await Broker.start()
const servers = broker.url
const workers = await runWorker({ servers, workers: 2, modules, allowCode: true })
after(async () => {
  await workers.drain(1_000)
  await broker[Symbol.asyncDispose]()
})

await backendContract(() => nats({ servers }))
