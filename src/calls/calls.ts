import { TaskAbortedError, TaskError } from '../errors/task-errors.ts'
import { type InnerObserver, Observers } from '../observe/observers.ts'
import { hostEncoder } from '../pool/functions/host-encoder.ts'
import { type PrepareOptions, preparedBefore } from '../pool/functions/prepare.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import { BundlingSource } from '../pool/jobs/bundling-source.ts'
import type { Chunk } from '../pool/jobs/chunk.ts'
import type { Item } from '../pool/jobs/item.ts'
import { JobObservers, type Printed } from '../pool/jobs/job-observers.ts'
import type { Job } from '../pool/jobs/job.ts'
import type { Ending, Sink } from '../pool/jobs/ports.ts'
import { PushSource } from '../pool/jobs/push-source.ts'
import { withCall } from '../pool/outcomes/task-failure.ts'
import { Dispatcher } from '../pool/scheduling/dispatcher.ts'
import type { Abortable, RunHost } from '../run/hosts/run-host.ts'
import { onAbort } from '../run/on-abort.ts'
import { prepareOptions } from '../run/prepare-options.ts'
import { pushedJob } from '../run/pushed-job.ts'
import { newRunId, observersOf } from '../run/run-observers.ts'
import type { TaskPolicy } from '../task/failure-policy.ts'
import { isNested } from '../task/nesting.ts'
import { nameOf, type TaskFunction } from '../task/task-function.ts'
import { Task } from '../task/task.ts'
import { CallerContext } from '../util/caller-context.ts'
import { Encoder } from '../wire/codec/encoder.ts'
import { encodeCall } from './encode-call.ts'

/** One call, and the promise that the caller awaits. */
interface Call {
  readonly index: number
  readonly fn: TaskFunction
  readonly name: string | undefined
  readonly args: readonly unknown[]
  readonly policy: TaskPolicy
  readonly context: CallerContext
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  /** Removes the listener from the call's signal. */
  stopListening: (() => void) | undefined
  /** Its prepared function, if workers unload that after the last call of it. */
  use: PreparedFunction | undefined
}

/**
 * Single calls, a promise each. Those of one tick are sent together, spread over the workers; no timer is involved.
 */
export class Calls implements Sink, Abortable {
  readonly #host: RunHost
  #source: PushSource
  /** Puts the calls of batched functions together. */
  #bundling: BundlingSource
  #job: Job | undefined
  #dispatcher: Dispatcher | undefined
  #encoder: Encoder | undefined
  /** All calls without an outcome. */
  readonly #open = new Set<Call>()
  /** Calls that wait for a slot. */
  #overflow: Call[] = []
  /** Functions that are being prepared for the calls of this tick: captured values are read once for all of them. */
  readonly #preparing = new Map<TaskFunction, Map<string | undefined, Promise<readonly PreparedFunction[]>>>()
  /** The options for functions without a name of their own. */
  #options: PrepareOptions | undefined
  /** Calls without an outcome, by function; workers unload a function after its last one. */
  readonly #uses = new Map<PreparedFunction, number>()
  readonly #observers: readonly InnerObserver<Printed>[]
  readonly finishes = true
  readonly #context = new CallerContext()
  #last = -1
  #wakeScheduled = false

  constructor(host: RunHost) {
    this.#host = host
    this.#observers = observersOf(host.own, {}, () => {})
    this.#source = this.#newSource()
    this.#bundling = new BundlingSource(this.#source, { isMixed: true })
    host.slots.onFree(() => this.#admitWaiting())
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
      const context = new CallerContext()
      const outcome = { resolve, reject, stopListening: undefined, use: undefined }
      const call: Call = { index, fn, name, args, policy, context, ...outcome }
      if (signal !== undefined) call.stopListening = onAbort(signal, () => this.#cancel(call, signal.reason))
      if (this.#open.size === 0) this.#host.enter(this)
      this.#open.add(call)
      this.#overflow.push(call)
      if (this.#overflow.length === 1) this.#admitWaiting()
    })
  }

  fulfil(chunk: Chunk, offset: number, value: unknown): void {
    const call = chunk.tag(offset) as Call
    if (!this.#open.has(call)) return
    this.#close(call)
    call.resolve(value)
  }

  reject(item: Item, error: unknown): void {
    this.#refuse(item.tag as Call, error)
  }

  /** Does nothing: each call has its own promise. */
  flush(): void {}

  /** Called when the job failed: all open calls fail with its error, and the next call starts a new job. */
  end(ending: Ending | undefined): void {
    this.#job = undefined
    this.#source.stop()
    this.#source = this.#newSource()
    this.#bundling = new BundlingSource(this.#source, { isMixed: true })
    this.#overflow = []
    for (const call of [...this.#open]) this.#refuse(call, ending?.thrown)
  }

  abort(reason: unknown): void {
    if (this.#job !== undefined) this.#dispatcher?.remove(this.#job, reason)
    for (const call of [...this.#open]) {
      const { fn, args, policy } = call
      const name = call.name ?? (nameOf(fn) || 'anonymous')
      const again = (): Task =>
        new Task({ name, fn, options: { retries: policy.retries, priority: policy.priority } }, args)
      const task = withCall({ name, index: call.index, key: 'unhashable' }, again)
      this.#refuse(
        call,
        new TaskAbortedError({ task, input: call.args, attempts: 0, cause: reason }, 'the pool was terminated'),
      )
    }
    this.end(undefined)
  }

  /** Tells observers that the result of a call was in a cache. */
  tellHit(fn: TaskFunction, args: readonly unknown[], name: string = nameOf(fn)): void {
    if (this.#observers.length === 0) return
    const index = ++this.#last
    const input = args.length === 1 ? args[0] : args
    const facts = { fn: () => ({ name }), index: () => index, input: () => input, sequence: () => index }
    const job = new JobObservers({ id: newRunId(), name: 'run' }, new Observers(this.#observers, this.#context))
    job.cached(facts, 0, undefined)
    job.flush()
  }

  #cancel(call: Call, reason: unknown): void {
    this.#overflow = this.#overflow.filter((one) => one !== call)
    const waits = this.#source.remove(call) || this.#bundling.remove(call)
    if (this.#job !== undefined && this.#dispatcher !== undefined && !waits)
      this.#dispatcher.abort(this.#job, call, reason)
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

  /** Counts a call of a function as done; after the last one workers unload the function. */
  #release(use: PreparedFunction): void {
    const left = (this.#uses.get(use) ?? 1) - 1
    if (left > 0) this.#uses.set(use, left)
    else {
      this.#uses.delete(use)
      this.#dispatcher?.unload([use])
    }
  }

  #newSource(): PushSource {
    return new PushSource((count) => this.#host.slots.give(count))
  }

  /** Admits calls that wait for a slot, oldest first, while there are slots. */
  #admitWaiting(): void {
    for (let call = this.#overflow[0]; call !== undefined; call = this.#overflow[0]) {
      try {
        if (!this.#host.slots.take()) return
      } catch (error) {
        this.#overflow.shift()
        this.#refuse(call, error)
        continue
      }
      this.#overflow.shift()
      this.#admit(call)
    }
  }

  /** Refuses a call that has a slot, and gives the slot back. */
  #refuseAdmitted(call: Call, error: unknown): void {
    this.#host.slots.give(1)
    this.#refuse(call, error)
  }

  /** Pushes a call: at once if its function is prepared and there is a dispatcher, else as soon as there is. */
  #admit(call: Call): void {
    const use = this.#options && call.name === undefined ? preparedBefore(call.fn, this.#options) : undefined
    const dispatcher = this.#dispatcher ?? this.#host.dispatcher()
    if (use !== undefined && dispatcher instanceof Dispatcher) this.#push(call, use, dispatcher)
    else this.#prepare(call).catch((error: unknown) => this.#refuseAdmitted(call, error))
  }

  async #prepare(call: Call): Promise<void> {
    const dispatcher = await this.#host.dispatcher()
    dispatcher.warmUp()
    const [use] = await this.#prepared(call, dispatcher)
    if (this.#open.has(call)) this.#push(call, use as PreparedFunction, dispatcher)
    // The call was refused while its function was prepared.
    else this.#host.slots.give(1)
  }

  #prepared({ fn, name }: Call, dispatcher: Dispatcher): Promise<readonly PreparedFunction[]> {
    const byName = this.#preparing.get(fn)
    const before = byName?.get(name)
    if (before !== undefined) return before
    const preparing = this.#host.prepare(fn, { ...this.#optionsFor(dispatcher), name })
    if (byName !== undefined) byName.set(name, preparing)
    else this.#preparing.set(fn, new Map([[name, preparing]]))
    queueMicrotask(() => this.#preparing.delete(fn))
    return preparing
  }

  /** Options for preparing functions. Code of a task may call them, too: then they run as they are. */
  #optionsFor(dispatcher: Dispatcher): PrepareOptions {
    if (this.#options === undefined || this.#options.live !== isNested()) {
      const { capabilities } = dispatcher.options.backend
      this.#options = prepareOptions(this.#host.own, capabilities, {}, new Observers(this.#observers, this.#context))
    }
    return this.#options
  }

  #push(call: Call, use: PreparedFunction, dispatcher: Dispatcher): void {
    this.#dispatcher = dispatcher
    this.#encoder ??= hostEncoder(dispatcher.options.backend.capabilities)
    const item = encodeCall(call.index, call.args, use, call.policy, this.#encoder)
    if (item instanceof TaskError) return this.#refuseAdmitted(call, item)
    item.tag = call
    item.context = call.context
    this.#source.push(item)
    if (this.#job === undefined) this.#newJob(dispatcher)
    if (!use.lasting) {
      call.use = use
      this.#uses.set(use, (this.#uses.get(use) ?? 0) + 1)
    }
    if (this.#wakeScheduled) return
    this.#wakeScheduled = true
    queueMicrotask(() => {
      this.#wakeScheduled = false
      if (this.#job !== undefined) dispatcher.followCaller(this.#job)
      this.#job?.wake()
    })
  }

  #newJob(dispatcher: Dispatcher): Job {
    const job = pushedJob('run', this.#host, this.#observers, this.#context, dispatcher, this.#bundling, this)
    this.#job = job
    dispatcher.add(job)
    return job
  }
}
