import assert from 'node:assert/strict'
import { after } from 'node:test'

import { Observers } from '#manyhands/observe/observers.js'
import { PreparedFunction } from '#manyhands/pool/functions/prepared-function.js'
import type { RemoteCache } from '#manyhands/pool/functions/remote-cache.js'
import type { Chunk } from '#manyhands/pool/jobs/chunk.js'
import { Item } from '#manyhands/pool/jobs/item.js'
import { JobObservers } from '#manyhands/pool/jobs/job-observers.js'
import type { JobOptions } from '#manyhands/pool/jobs/job-options.js'
import { Job } from '#manyhands/pool/jobs/job.js'
import type { Ending, Sink } from '#manyhands/pool/jobs/ports.js'
import { PushSource } from '#manyhands/pool/jobs/push-source.js'
import { Dispatcher, type DispatcherOptions } from '#manyhands/pool/scheduling/dispatcher.js'
import { DEFAULT_POLICY, type TaskPolicy } from '#manyhands/task/failure-policy.js'
import { CallerContext } from '#manyhands/util/caller-context.js'
import type { BatchFrame } from '#manyhands/wire/protocol/frames.js'

import { ScriptedBackend, type ScriptedWorker } from './scripted-backend.js'

let lastFunction = 0

const backends: ScriptedBackend[] = []
// Workers that a test left at work would keep the process alive.
after(() => {
  for (const backend of backends) for (const worker of backend.workers) worker.hold(false)
})

/** A function as workers are told of it. */
export function functionUse(name = 'work', remoteCache?: RemoteCache): PreparedFunction {
  const id = ++lastFunction
  return new PreparedFunction(
    {
      type: 'load',
      fn: id,
      name,
      graph: { version: 1, functions: [] } as never,
      classes: [],
      args: undefined,
      role: 'task',
      construct: undefined,
      copy: true,
      captureOutput: false,
      announce: false,
      measure: false,
    },
    { classes: undefined, lasting: false, remoteCache },
  )
}

/** The input at a position, which is its number. */
export function itemOf(index: number, fn: PreparedFunction, policy: Partial<TaskPolicy> = {}, bytes = 8): Item {
  return new Item({
    index,
    sequence: index,
    input: index,
    value: index,
    specials: undefined,
    bytes,
    spread: false,
    transfer: undefined,
    fn,
    policy: { ...DEFAULT_POLICY, ...policy },
  })
}

/** Outcomes by the position of their input. */
export class Outcomes implements Sink {
  readonly values: Map<number, unknown> = new Map()
  readonly errors: Map<number, unknown> = new Map()
  /** Outcomes that came for inputs that had one. */
  doubles = 0
  ended: { readonly ending: Ending | undefined } | undefined
  #onChange: () => void = () => {}

  fulfil(chunk: Chunk, at: number, value: unknown): void {
    this.#set(this.values, chunk.index(at), value)
  }

  reject({ index }: Item, error: unknown): void {
    this.#set(this.errors, index, error)
  }

  flush(): void {
    this.#onChange()
  }

  end(ending: Ending | undefined): void {
    this.ended = { ending }
    this.#onChange()
  }

  /** Resolves when something is as it shall be. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.#onChange = resolve))
  }

  #set(outcomes: Map<number, unknown>, index: number, outcome: unknown): void {
    if (this.values.has(index) || this.errors.has(index)) this.doubles++
    outcomes.set(index, outcome)
  }
}

export interface Work {
  readonly job: Job
  readonly source: PushSource
  readonly outcomes: Outcomes
  readonly fn: PreparedFunction
}

/** A job with so many inputs. */
export function work(count: number, options: Partial<JobOptions> = {}, policy: Partial<TaskPolicy> = {}): Work {
  const source = new PushSource()
  const outcomes = new Outcomes()
  const fn = functionUse()
  const job = new Job(
    {
      name: 'work',
      functions: new Set([fn]),
      priority: policy.priority ?? 0,
      concurrency: 1,
      batch: undefined,
      maxWorkers: Infinity,
      perWorker: undefined,
      bursts: false,
      hasTimeouts: policy.timeout !== undefined,
      failsWhole: true,
      context: new CallerContext(),
      observers: new JobObservers({ id: 'run-1', name: 'work' }, new Observers([])),
      ordersOutput: false,
      ...options,
    },
    source,
    outcomes,
  )
  for (let i = 0; i < count; i++) source.push(itemOf(i, fn, policy))
  source.close()
  return { job, source, outcomes, fn }
}

/** The options of a dispatcher, on a backend of the test's own. */
type ScriptedOptions = Partial<Omit<DispatcherOptions, 'backend'>> & { readonly backend?: ScriptedBackend }

/** A dispatcher whose workers a test plays. */
export function scripted(
  size: number,
  { backend = new ScriptedBackend(), ...options }: ScriptedOptions = {},
): { dispatcher: Dispatcher; backend: ScriptedBackend } {
  backends.push(backend)
  const dispatcher = new Dispatcher(size, {
    backend,
    idleTimeout: Infinity,
    initTimeout: 60_000,
    maxTasks: Infinity,
    maxMemory: Infinity,
    warnAfter: 600_000,
    onStrayLog: () => {},
    onLateError: () => {},
    ...options,
  })
  return { dispatcher, backend }
}

/** The same with workers that are up and have nothing to do. */
export function idle(
  size: number,
  options: ScriptedOptions = {},
): { dispatcher: Dispatcher; backend: ScriptedBackend; workers: readonly ScriptedWorker[] } {
  const { dispatcher, backend } = scripted(size, options)
  dispatcher.add(work(size, { batch: 1 }).job)
  for (const worker of backend.workers) {
    worker.ready()
    worker.finish(worker.batches[0] as BatchFrame)
    worker.sent.length = 0
  }
  return { dispatcher, backend, workers: [...backend.workers] }
}

/** A job of `count` items that are given to one worker, which has loaded its function; `batch` is the first of its batches. */
export function oneBatch(
  count: number,
  options: Partial<JobOptions> = {},
  policy: Partial<TaskPolicy> = {},
  pool: ScriptedOptions = {},
): Work & { dispatcher: Dispatcher; backend: ScriptedBackend; worker: ScriptedWorker; batch: BatchFrame } {
  const { dispatcher, backend } = idle(1, pool)
  const given = work(count, { batch: count, ...options }, policy)
  dispatcher.add(given.job)
  const [worker] = backend.workers
  assert.ok(worker)
  worker.load()
  const [batch] = worker.batches
  assert.ok(batch)
  return { ...given, dispatcher, backend, worker, batch }
}

/** The inputs of a batch of values. */
export function valuesOf({ inputs }: Pick<BatchFrame, 'inputs'>): unknown[] {
  if ('rows' in inputs) throw new Error('these inputs are rows')
  return [...inputs.values]
}
