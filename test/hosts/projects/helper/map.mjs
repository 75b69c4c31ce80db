import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { capture } from '#manyhands/task/capture/capture.js'
import { decode } from '#manyhands/wire/codec/decode.js'

/** What these projects use of the library: a function over inputs, in another thread. */
export async function map(inputs, fn) {
  const calledAt = new Error()
  const graph = await capture([fn], { calledAt })
  const worker = new Worker(new URL('./worker.mjs', import.meta.url))
  try {
    worker.postMessage({ graph, inputs })
    const [reply] = await once(worker, 'message')
    if ('thrown' in reply) throw decode(reply.thrown.value, reply.thrown.specials)
    return reply.results
  } finally {
    await worker.terminate()
  }
}

/** Prints what came of one use, as a line of JSON. */
export async function show(name, work) {
  try {
    console.log(JSON.stringify({ name, value: await work() }))
  } catch (error) {
    const frames = String(error.stack)
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
    console.log(JSON.stringify({ name, error: error.name, message: error.message, frames: frames.slice(0, 3) }))
  }
}
