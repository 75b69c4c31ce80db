import assert from 'node:assert/strict'
import { after } from 'node:test'

import { Entry } from '#manyhands/pool/entry.js'
import type { FunctionUse } from '#manyhands/pool/function-use.js'
import type { JobOptions } from '#manyhands/pool/job-options.js'
import { Job } from '#manyhands/pool/job.js'
import type { Lot } from '#manyhands/pool/lot.js'
import { DEFAULT_POLICY, type TaskPolicy } from '#manyhands/pool/policy.js'
import { PushSupply } from '#manyhands/pool/push-supply.js'
import { Scheduler, type SchedulerOptions } from '#manyhands/pool/scheduler.js'
import type { Ending, Sink } from '#manyhands/pool/sink.js'
import type { BatchFrame } from '#manyhands/wire/frames.js'

import { ScriptedBackend, type ScriptedWorker } from './scripted-backend.js'

let lastFunction = 0

const backends: ScriptedBackend[] = []
// Workers that a test left at work would keep the process alive.
after(() => {
  for (const backend of backends) for (const worker of backend.workers) worker.hold(false)
})

/** A function as workers are told of it. */
export function functionUse(name = 'work'): FunctionUse {
  const id = ++lastFunction
  return {
    id,
    name,
    load: {
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
    classes: undefined,
    steps: undefined,
    lasting: false,
    deaths: 0,
    failed: undefined,
  }
}

/** The input at a position, which is its number. */
export function entry(index: number, fn: FunctionUse, policy: Partial<TaskPolicy> = {}, bytes = 8): Entry {
  return new Entry({
    index,
    place: index,
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

  fulfil(lot: Lot, at: number, value: unknown): void {
    this.#set(this.values, lot.index(at), value)
  }

  reject({ index }: Entry, error: unknown): void {
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
  readonly supply: PushSupply
  readonly outcomes: Outcomes
  readonly fn: FunctionUse
}

/** A job with so many inputs. */
export function work(count: number, options: Partial<JobOptions> = {}, policy: Partial<TaskPolicy> = {}): Work {
  const supply = new PushSupply()
  const outcomes = new Outcomes()
  const fn = functionUse()
  const job = new Job(
    {
      name: 'work',
      priority: policy.priority ?? 0,
      concurrency: 1,
      batch: undefined,
      maxWorkers: Infinity,
      perWorker: undefined,
      bursts: false,
      hasTimeouts: policy.timeout !== undefined,
      failsWhole: true,
      events: undefined,
      logs: { take: () => {} },
      ...options,
    },
    supply,
    outcomes,
  )
  job.functions.add(fn)
  for (let i = 0; i < count; i++) supply.push(entry(i, fn, policy))
  supply.close()
  return { job, supply, outcomes, fn }
}

/** A scheduler whose workers a test plays. */
export function scripted(
  size: number,
  options: Partial<SchedulerOptions> = {},
): { scheduler: Scheduler; backend: ScriptedBackend } {
  const backend = new ScriptedBackend()
  backends.push(backend)
  const scheduler = new Scheduler(size, {
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
  return { scheduler, backend }
}

/** The same with workers that are up and have nothing to do. */
export function idle(
  size: number,
  options: Partial<SchedulerOptions> = {},
): { scheduler: Scheduler; backend: ScriptedBackend; workers: readonly ScriptedWorker[] } {
  const { scheduler, backend } = scripted(size, options)
  scheduler.add(work(size, { batch: 1 }).job)
  for (const worker of backend.workers) {
    worker.ready()
    worker.finish(worker.batches[0] as BatchFrame)
    worker.sent.length = 0
  }
  return { scheduler, backend, workers: [...backend.workers] }
}

/** A job of `count` items that are given to one worker, which has loaded its function; `batch` is the first of its batches. */
export function oneBatch(
  count: number,
  options: Partial<JobOptions> = {},
  policy: Partial<TaskPolicy> = {},
  pool: Partial<SchedulerOptions> = {},
): Work & { scheduler: Scheduler; backend: ScriptedBackend; worker: ScriptedWorker; batch: BatchFrame } {
  const { scheduler, backend } = idle(1, pool)
  const given = work(count, { batch: count, ...options }, policy)
  scheduler.add(given.job)
  const [worker] = backend.workers
  assert.ok(worker)
  worker.load()
  const [batch] = worker.batches
  assert.ok(batch)
  return { ...given, scheduler, backend, worker, batch }
}
