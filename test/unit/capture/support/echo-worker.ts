import { parentPort } from 'node:worker_threads'

import { type RegisteredRoots, revive } from '#manyhands/runtime/revive/revive.js'
import { ClassRegistry } from '#manyhands/wire/codec/class-registry.js'
import { Encoder } from '#manyhands/wire/codec/encoder.js'
import type { PortableGraph } from '#manyhands/wire/protocol/portable.js'

/** A call of the first function of a graph; the others are given to it after the arguments. */
export interface Call {
  readonly graph: PortableGraph
  readonly args: readonly unknown[]
  readonly registered: readonly RegisteredRoots[]
}

parentPort?.on('message', async ({ graph, args, registered }: Call) => {
  let mapStack = (stack: string): string => stack
  try {
    const classes = new ClassRegistry()
    const revived = await revive(graph, classes, registered)
    mapStack = revived.mapStack
    const [fn, ...others] = revived.functions as [(...all: unknown[]) => unknown]
    const result = await fn(...args, ...others)
    parentPort?.postMessage({ result: new Encoder().encode(result) })
  } catch (error) {
    if (error instanceof Error && error.stack !== undefined) error.stack = mapStack(error.stack)
    parentPort?.postMessage({ thrown: new Encoder({ lenient: true }).encode(error) })
  }
})
