import { TaskAbortedError } from '../errors/task-aborted-error.ts'
import { TaskError } from '../errors/task-error.ts'
import { abortEntry } from '../pool/abort-entry.ts'
import type { Entry } from '../pool/entry.ts'
import { shippedBefore } from '../pool/function-shipper.ts'
import type { FunctionUse } from '../pool/function-use.ts'
import { hostEncoder } from '../pool/host-encoder.ts'
import { Job } from '../pool/job.ts'
import type { Lot } from '../pool/lot.ts'
import type { TaskPolicy } from '../pool/policy.ts'
import { PushSupply } from '../pool/push-supply.ts'
import { Scheduler } from '../pool/scheduler.ts'
import type { Ending, Sink } from '../pool/sink.ts'
import { onAbort } from '../run/on-abort.ts'
import type { Abortable, RunHost } from '../run/run-host.ts'
import { nameOf, type TaskFunction } from '../task/task-function.ts'
import { Encoder } from '../wire/codec/encoder.ts'
import { encodeCall } from './encode-call.ts'
import { pushJobOptions } from './push-job-options.ts'

/** One call that somebody waits for. */
interface Call {
  readonly index: number
  readonly fn: TaskFunction
  readonly name: string | undefined
  readonly args: readonly unknown[]
  readonly policy: TaskPolicy
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  /** Takes no more notice of its signal. */
  stopListening: (() => void) | undefined
  /** What was sent for its function. */
  use: FunctionUse | undefined
}

/**
 * Single calls, a promise each. Those of one tick leave together, spread over the workers; nothing waits for a timer.
 */
export class Calls implements Sink, Abortable {
  readonly #host: RunHost
  #supply: PushSupply
  #job: Job | undefined
  #scheduler: Scheduler | undefined
  #encoder: Encoder | undefined
  /** All calls without an outcome. */
  readonly #open = new Set<Call>()
  /** Those for which there is no room in the queue. */
  #overflow: Call[] = []
  /** Functions that are being made ready for the calls of this tick: what they capture is read once for all. */
  readonly #shipping = new Map<TaskFunction, Promise<readonly FunctionUse[]>>()
  /** Calls per function that workers shall forget afterwards. */
  readonly #uses = new Map<FunctionUse, number>()
  #last = -1
  #wakeScheduled = false

  constructor(host: RunHost) {
    this.#host = host
    this.#supply = this.#newSupply()
    host.places.onFree(() => this.#admitWaiting())
  }

  /** Runs a function once. Rejects with its `TaskError`, or with the reason of the signal. */
  run(
    fn: TaskFunction,
    args: readonly unknown[],
    policy: TaskPolicy,
    name?: string,
    signal?: AbortSignal,
  ): Promise<unknown> {
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const index = ++this.#last
      const call: Call = { index, fn, name, args, policy, resolve, reject, stopListening: undefined, use: undefined }
      if (signal !== undefined) call.stopListening = onAbort(signal, () => this.#abandon(call, signal.reason))
      if (this.#open.size === 0) this.#host.enter(this)
      this.#open.add(call)
      this.#overflow.push(call)
      if (this.#overflow.length === 1) this.#admitWaiting()
    })
  }

  fulfil(lot: Lot, at: number, value: unknown): void {
    const call = lot.ticket(at) as Call
    if (!this.#open.has(call)) return
    this.#close(call)
    call.resolve(value)
  }

  reject(entry: Entry, error: unknown): void {
    this.#refuse(entry.ticket as Call, error)
  }

  /** Each call has its own promise: there is nothing to tell together. */
  flush(): void {}

  /** The calls as a whole cannot go on; those that come later are tried anew. */
  end(ending: Ending | undefined): void {
    this.#job = undefined
    this.#supply.stop()
    this.#supply = this.#newSupply()
    this.#overflow = []
    for (const call of [...this.#open]) this.#refuse(call, ending?.thrown)
  }

  abort(reason: unknown): void {
    if (this.#job !== undefined) this.#scheduler?.remove(this.#job, [], reason)
    for (const call of [...this.#open]) {
      const task = { name: call.name ?? (nameOf(call.fn) || 'anonymous'), index: call.index, key: 'unhashable' }
      this.#refuse(
        call,
        new TaskAbortedError({ task, input: call.args, attempts: 0, cause: reason }, 'the pool was terminated'),
      )
    }
    this.end(undefined)
  }

  #abandon(call: Call, reason: unknown): void {
    this.#overflow = this.#overflow.filter((one) => one !== call)
    if (this.#job !== undefined && this.#scheduler !== undefined && !this.#supply.remove(call))
      abortEntry(this.#scheduler, this.#job, call, reason)
    this.#refuse(call, reason)
  }

  #refuse(call: Call, error: unknown): void {
    if (!this.#open.has(call)) return
    this.#close(call)
    call.reject(error)
  }

  #close(call: Call): void {
    this.#open.delete(call)
    call.stopListening?.()
    if (call.use?.lasting === false) this.#release(call.use)
    if (this.#open.size === 0) this.#host.leave(this)
  }

  /** With the last call of a function what it captured leaves the workers. */
  #release(use: FunctionUse): void {
    const left = (this.#uses.get(use) ?? 1) - 1
    if (left > 0) this.#uses.set(use, left)
    else {
      this.#uses.delete(use)
      this.#scheduler?.forget([use])
    }
  }

  #newSupply(): PushSupply {
    return new PushSupply((count) => this.#host.places.give(count))
  }

  /** Lets those in that have waited for a place, as far as there are any. */
  #admitWaiting(): void {
    for (let call = this.#overflow[0]; call !== undefined; call = this.#overflow[0]) {
      try {
        if (!this.#host.places.take()) return
      } catch (error) {
        this.#overflow.shift()
        this.#refuse(call, error)
        continue
      }
      this.#overflow.shift()
      this.#admit(call)
    }
  }

  /** It will not wait for a worker after all. */
  #refuseAdmitted(call: Call, error: unknown): void {
    this.#host.places.give(1)
    this.#refuse(call, error)
  }

  /** Sends a call on its way; at once where its function is known and workers can be had. */
  #admit(call: Call): void {
    const use = call.name === undefined ? shippedBefore(call.fn) : undefined
    const scheduler = this.#scheduler ?? this.#host.scheduler()
    if (use !== undefined && scheduler instanceof Scheduler) this.#push(call, use, scheduler)
    else this.#prepare(call).catch((error: unknown) => this.#refuseAdmitted(call, error))
  }

  async #prepare(call: Call): Promise<void> {
    const scheduler = await this.#host.scheduler()
    scheduler.warmUp()
    const [use] = await this.#ship(call, scheduler)
    if (this.#open.has(call)) this.#push(call, use as FunctionUse, scheduler)
    // Refused while it waited.
    else this.#host.places.give(1)
  }

  #ship(call: Call, scheduler: Scheduler): Promise<readonly FunctionUse[]> {
    let shipping = this.#shipping.get(call.fn)
    if (shipping === undefined) {
      const { capabilities } = scheduler.options.backend
      shipping = this.#host.ship(call.fn, { name: call.name, capabilities })
      this.#shipping.set(call.fn, shipping)
      queueMicrotask(() => this.#shipping.delete(call.fn))
    }
    return shipping
  }

  #push(call: Call, use: FunctionUse, scheduler: Scheduler): void {
    this.#scheduler = scheduler
    this.#encoder ??= hostEncoder(scheduler.options.backend.capabilities)
    const entry = encodeCall(call.index, call.args, use, call.policy, this.#encoder)
    if (entry instanceof TaskError) return this.#refuseAdmitted(call, entry)
    entry.ticket = call
    this.#supply.push(entry)
    const job = this.#job ?? this.#newJob(scheduler)
    if (call.policy.timeout !== undefined) job.hasTimeouts = true
    if (!use.lasting) {
      call.use = use
      this.#uses.set(use, (this.#uses.get(use) ?? 0) + 1)
    }
    if (this.#wakeScheduled) return
    this.#wakeScheduled = true
    queueMicrotask(() => {
      this.#wakeScheduled = false
      scheduler.refreshEnvironment()
      this.#job?.wake()
    })
  }

  #newJob(scheduler: Scheduler): Job {
    const fail = (thrown: unknown): void => job.fail(thrown)
    const job = new Job(pushJobOptions('run', this.#host, fail), this.#supply, this)
    this.#job = job
    scheduler.add(job)
    return job
  }
}
