import { parentPort } from 'node:worker_threads'

import { revive } from '#manyhands/runtime/revive/revive.js'
import { Encoder } from '#manyhands/wire/codec/encoder.js'

parentPort.on('message', async ({ graph, inputs }) => {
  let mapStack = (stack) => stack
  try {
    const revived = await revive(graph)
    mapStack = revived.mapStack
    const results = []
    for (const input of inputs) results.push(await revived.functions[0](input))
    parentPort.postMessage({ results })
  } catch (error) {
    error.stack = mapStack(error.stack)
    parentPort.postMessage({ thrown: new Encoder({ lenient: true }).encode(error) })
  }
})
