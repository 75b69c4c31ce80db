import { PayloadTooLargeError, SerializationError } from '../../errors/task-errors.ts'
import type { Capabilities } from '../../pool/backend/backend.ts'
import type { PreparedFunction } from '../../pool/functions/prepared-function.ts'
import { ItemChunk } from '../../pool/jobs/item-chunk.ts'
import { Item } from '../../pool/jobs/item.ts'
import { JobObservers } from '../../pool/jobs/job-observers.ts'
import type { JobOptions } from '../../pool/jobs/job-options.ts'
import { Job } from '../../pool/jobs/job.ts'
import type { Addressed } from '../../pool/jobs/ports.ts'
import { PushSource } from '../../pool/jobs/push-source.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import { Task } from '../../task/task.ts'
import { defaultDispatcher } from './default-host.ts'
import { warnOfFallback } from './fallback.ts'

/** Prepares a function anew, to be called in this thread as it is. */
type MakeLive = (capabilities: Capabilities) => Promise<PreparedFunction>

const live = new WeakMap<PreparedFunction, MakeLive>()

/** Remembers how a function is prepared for this thread, in case that a value of one of its tasks cannot be sent. */
export function rememberLive(fn: PreparedFunction, make: MakeLive): void {
  live.set(fn, make)
}

/**
 * Runs single tasks of a job in this thread, with values as they are: those whose input or result cannot be sent. They
 * are the items of a job of their own, whose outcomes are handed on.
 */
export class TasksHere {
  readonly #options: JobOptions
  readonly #job: () => Job
  readonly #source = new PushSource()
  readonly #functions = new Map<PreparedFunction, Promise<PreparedFunction>>()
  #dispatcher: Dispatcher | undefined
  #own: Job | undefined
  #warned = false
  #isOver = false

  /** `options` and `job` are those of the job that falls back. */
  constructor(options: JobOptions, job: () => Job) {
    this.#options = options
    this.#job = job
  }

  /** Runs an item here if it failed with this error because of a value. Returns false if not. */
  take(item: Item, error: unknown): boolean {
    const make = live.get(item.fn)
    if (make === undefined || !(error instanceof SerializationError || error instanceof PayloadTooLargeError))
      return false
    if (!this.#warned) warnOfFallback('running single tasks in this thread', error)
    this.#warned = true
    this.#run(item, make).catch((thrown: unknown) => this.#job().fail(thrown))
    return true
  }

  async #run(item: Item, make: MakeLive): Promise<void> {
    const dispatcher = (this.#dispatcher ??= await defaultDispatcher({ backend: 'serial', copy: false }, 1))
    let making = this.#functions.get(item.fn)
    if (making === undefined) this.#functions.set(item.fn, (making = make(dispatcher.options.backend.capabilities)))
    const fn = await making
    if (this.#isOver) return
    this.#own ??= this.#newJob(dispatcher)
    this.#own.functions.add(fn)
    this.#source.push(asItIs(item, fn))
    this.#own.wake()
  }

  #newJob(dispatcher: Dispatcher): Job {
    const { observers } = this.#options
    const job = new Job(
      {
        ...this.#options,
        functions: new Set(),
        perWorker: undefined,
        maxWorkers: 1,
        bursts: true,
        failsWhole: false,
        hasTimeouts: true,
        limiter: undefined,
        failureEnds: undefined,
        rescue: undefined,
        observers: new JobObservers(observers.run, observers.observers),
      },
      this.#source,
      {
        fulfil: (chunk: Addressed, offset: number, value: unknown, bytes: number) =>
          this.#job().fulfil(new ItemChunk([chunk.tag(offset) as Item]), 0, value, bytes),
        reject: (item, error) => this.#job().reject(item.tag as Item, error, undefined, true),
        flush: () => {},
        end: (ending) => {
          if (ending !== undefined) this.#job().fail(ending.thrown)
        },
      },
    )
    dispatcher.add(job)
    return job
  }

  /** Called when the job that falls back is over: tasks that still run are stopped. */
  release(reason: unknown): void {
    this.#isOver = true
    if (this.#own !== undefined) this.#dispatcher?.remove(this.#own, reason)
  }
}

/** Makes an item of the values as the caller gave them. */
function asItIs(item: Item, fn: PreparedFunction): Item {
  const { index, sequence, input, spread, policy } = item
  const value = input instanceof Task ? input.args : input
  const nothing = { specials: undefined, bytes: 0, transfer: undefined }
  const own = new Item({ index, sequence, input, value, spread, policy, fn, ...nothing })
  own.tag = item
  own.context = item.context
  own.attempts = item.attempts
  own.failures = item.failures
  return own
}
