import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after } from 'node:test'
import { deserialize, serialize } from 'node:v8'
import { Worker } from 'node:worker_threads'

import { type RegisteredRoots, revive } from '#manyhands/runtime/revive/revive.js'
import { capture } from '#manyhands/task/capture/capture.js'
import type { CaptureOptions } from '#manyhands/task/capture/graph/capturing.js'
import { decode } from '#manyhands/wire/codec/decode.js'
import type { Encoded } from '#manyhands/wire/codec/special.js'
import type { PortableGraph } from '#manyhands/wire/protocol/portable.js'

type Fn<A extends unknown[], R> = (...args: A) => R
type Reply = { result: Encoded } | { thrown: Encoded }

let worker: Worker | undefined
after(async () => {
  await worker?.terminate()
})

/** Calls a function in a worker thread, and, as a process or another machine would, after serialising it. */
export async function roundTrip<A extends unknown[], R>(fn: Fn<A, R>, ...args: A): Promise<Awaited<R>> {
  const graph = await capture([fn], { calledAt: new Error('called here') })
  const copy = deserialize(serialize(graph)) as PortableGraph
  const inThread = await callInWorker(graph, args)
  const { functions } = await revive(copy)
  assert.deepEqual(await (functions[0] as Fn<A, R>)(...args), inThread)
  return inThread as Awaited<R>
}

/** Calls the first function of a graph in a worker thread, with the others after the arguments. */
export async function callInWorker(
  graph: PortableGraph,
  args: readonly unknown[] = [],
  registered: readonly RegisteredRoots[] = [],
): Promise<unknown> {
  worker ??= new Worker(new URL('./echo-worker.js', import.meta.url))
  worker.postMessage({ graph, args, registered })
  const [reply] = (await once(worker, 'message')) as [Reply]
  if ('result' in reply) return decode(reply.result.value, reply.result.specials)
  throw decode(reply.thrown.value, reply.thrown.specials)
}

/** How the first of the functions travels. */
export async function travel(
  fn: (...args: never[]) => unknown,
  options?: CaptureOptions,
): Promise<PortableGraph['functions'][number]> {
  const { functions, roots } = await capture([fn], options)
  return functions[roots[0] as number] as PortableGraph['functions'][number]
}

/** The error that refuses to send a function. */
export async function refusal(
  fn: (...args: never[]) => unknown,
): Promise<{ variable: string; place: string; reason: string; message: string; name: string }> {
  try {
    await capture([fn], { calledAt: new Error('called here') })
  } catch (error) {
    return error as { variable: string; place: string; reason: string; message: string; name: string }
  }
  throw new assert.AssertionError({ message: 'the function was not refused' })
}
