import { ClassRegistry } from '../wire/codec/class-registry.ts'
import { decode } from '../wire/codec/decode.ts'
import { encodeThrown } from '../wire/codec/encode-thrown.ts'
import { Encoder } from '../wire/codec/encoder.ts'
import type { LoadFrame } from '../wire/frames.ts'
import { captureTaskOutput } from './capture-output.ts'
import { invoker, type LoadedFunction, spreader } from './loaded-function.ts'
import { revive } from './revive/revive.ts'
import type { RunningBatch } from './running-batch.ts'
import type { WorkerContext } from './worker-context.ts'

type Callable = (...args: unknown[]) => unknown
type Constructor = new (...args: unknown[]) => object

/** The functions that a worker can run, by the numbers that batches name them by. */
export class FunctionTable {
  readonly #context: WorkerContext
  readonly #sharedMemory: boolean
  readonly #loaded = new Map<number, LoadedFunction>()
  readonly #loading = new Map<number, Promise<void>>()

  /** `sharedMemory`: the host sees this worker's shared memory. */
  constructor(context: WorkerContext, sharedMemory: boolean) {
    this.#context = context
    this.#sharedMemory = sharedMemory
  }

  /** Makes a function ready and says so to the host, or says why not. Never rejects. */
  load(frame: LoadFrame): Promise<void> {
    const loading = this.#load(frame)
    this.#loading.set(frame.fn, loading)
    return loading.finally(() => this.#loading.delete(frame.fn))
  }

  /** Drops a function; closes the instance that it stands for. */
  async forget(id: number): Promise<void> {
    await this.#loading.get(id)
    const fn = this.#loaded.get(id)
    this.#loaded.delete(id)
    await fn?.close?.()
  }

  /** Closes all instances. */
  async close(): Promise<void> {
    await Promise.all([...this.#loaded.keys()].map((id) => this.forget(id)))
  }

  /** Gives a batch its functions, if they are ready. */
  bind(batch: RunningBatch): boolean {
    return batch.bind(this.#loaded)
  }

  /** Tells whether waiting makes sense for a batch whose functions are not all ready. */
  isLoading(batch: RunningBatch): boolean {
    return (
      batch.functionIds.some((id) => this.#loading.has(id)) &&
      batch.functionIds.every((id) => this.#loading.has(id) || this.#loaded.has(id))
    )
  }

  async #load(frame: LoadFrame): Promise<void> {
    if (frame.captureOutput) captureTaskOutput()
    let phase: 'module' | 'init' = 'module'
    try {
      const classes = new ClassRegistry()
      const { functions, mapStack } = await revive(frame.graph, classes, frame.classes)
      const root = functions[0] as Callable
      const args = listOf(frame.args, classes)
      phase = 'init'
      const instance =
        frame.role === 'stateful'
          ? await construct(root as unknown as Constructor, listOf(frame.construct, classes))
          : undefined
      if (frame.role === 'init') await root(...args)
      const call = instance === undefined ? root : instance.call.bind(instance)
      this.#loaded.set(frame.fn, {
        id: frame.fn,
        name: frame.name,
        invoke: invoker(call, args),
        invokeSpread: spreader(call, args),
        classes,
        results: frame.copy ? new Encoder({ classes, sharedMemory: this.#sharedMemory }) : undefined,
        errors: new Encoder({ classes, sharedMemory: this.#sharedMemory, lenient: true, mapStack }),
        announce: frame.announce,
        captureOutput: frame.captureOutput,
        mapStack,
        close: instance?.close?.bind(instance),
      })
      this.#context.port.post({ type: 'loaded', fn: frame.fn })
    } catch (thrown) {
      const error = encodeThrown(thrown)
      this.#context.port.post({ type: 'load-failed', fn: frame.fn, phase, error })
    }
  }
}

interface Instance {
  call: Callable
  init?: Callable
  close?: Callable
}

async function construct(StatefulClass: Constructor, args: unknown[]): Promise<Instance> {
  const instance = new StatefulClass(...args) as Instance
  if (typeof instance.call !== 'function')
    throw new TypeError(`the class ${StatefulClass.name} has no method call(input, …)`)
  if (instance.init !== undefined) await instance.init()
  return instance
}

function listOf(encoded: LoadFrame['args'], classes: ClassRegistry): unknown[] {
  return encoded === undefined ? [] : (decode(encoded.value, encoded.specials, { classes }) as unknown[])
}
