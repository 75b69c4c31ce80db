import { processWide } from '../../util/own-package.ts'
import { encodeThrown } from '../../wire/codec/encode-thrown.ts'
import type { LoadFrame } from '../../wire/protocol/frames.ts'
import type { RunningBatch } from '../batches/running-batch.ts'
import type { WorkerContext } from '../worker-context.ts'
import type { LoadedFunction } from './loaded-function.ts'
import { importFunction, InitFailure, type Instance, prepareFunction, type Transport } from './prepare-function.ts'
import type { StallWatch } from './stall-watch.ts'

/** Closes what tasks have made for the functions that they belong to. */
const closers = processWide('closers', () => new WeakMap<object, () => unknown>())

/** The functions that a worker has loaded, by the numbers that batches name them by. */
export class FunctionTable {
  readonly #context: WorkerContext
  readonly #transport: Transport
  readonly #stalls: StallWatch | undefined
  readonly #loaded = new Map<number, LoadedFunction>()
  readonly #loading = new Map<number, Promise<boolean>>()
  /** Instances that several functions share, by their numbers. */
  readonly #instances = new Map<number, Promise<Instance>>()
  /** The pool's `init`, which comes before anything else. */
  #init: Promise<boolean> | undefined

  constructor(context: WorkerContext, transport: Transport, stalls: StallWatch | undefined) {
    this.#context = context
    this.#transport = transport
    this.#stalls = stalls
  }

  /** Loads a function and reports to the host that it is ready, or has failed. Never rejects. */
  async load(frame: LoadFrame): Promise<void> {
    const loading = this.#load(frame)
    if (frame.role === 'init') this.#init = loading
    this.#loading.set(frame.fn, loading)
    await loading
    this.#loading.delete(frame.fn)
  }

  /** Unloads a function and closes its instance. */
  async unload(id: number): Promise<void> {
    await this.#loading.get(id)
    const fn = this.#loaded.get(id)
    this.#loaded.delete(id)
    await fn?.close?.()
    // The instance that a reduction made.
    if (fn !== undefined) await closers.get(fn)?.()
  }

  /** Closes all instances. */
  async close(): Promise<void> {
    await Promise.all([...this.#loaded.keys()].map((id) => this.unload(id)))
    await Promise.all([...this.#instances.values()].map(async (instance) => (await instance).close?.()))
  }

  /** Binds the functions of a batch. Returns false if not all are loaded. */
  bind(batch: RunningBatch): boolean {
    return batch.bind(this.#loaded)
  }

  /** Returns true if all functions of a batch are loaded or being loaded, so that waiting makes sense. */
  isLoading(batch: RunningBatch): boolean {
    return (
      batch.functionIds.some((id) => this.#loading.has(id)) &&
      batch.functionIds.every((id) => this.#loading.has(id) || this.#loaded.has(id))
    )
  }

  /** Resolves to false if the function cannot be used. */
  async #load(frame: LoadFrame): Promise<boolean> {
    try {
      // Without its `init` a worker is of no use: its host replaces it.
      if (frame.role !== 'init' && (await this.#init) === false) return false
      const imported = await this.#watched(importFunction(frame), topLevelStalled)
      const fn = await this.#watched(prepareFunction(frame, imported, this.#transport, this.#instances), initStalled)
      this.#loaded.set(frame.fn, fn)
      const { stateful, steps, bundle } = fn
      this.#context.port.post({
        type: 'loaded',
        fn: frame.fn,
        stateful,
        ...(steps && { steps }),
        ...(bundle && { bundle }),
      })
      return true
    } catch (thrown) {
      const isInit = thrown instanceof InitFailure
      const error = encodeThrown(isInit ? thrown.cause : thrown)
      this.#context.port.post({ type: 'load-failed', fn: frame.fn, phase: isInit ? 'init' : 'module', error })
      return false
    }
  }

  /** Rejects if the work can never finish. */
  #watched<T>(work: Promise<T>, stalled: () => Error): Promise<T> {
    return this.#stalls?.during(work, stalled) ?? work
  }
}

function topLevelStalled(): Error {
  return new Error('it waits forever: an await at its top level never settles')
}

function initStalled(): Error {
  return new InitFailure(new Error('it waits forever: one of its awaits never settles'))
}
