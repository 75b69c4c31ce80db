import { type WrappedFunction, wrappedOf } from '../cache/cache-access.ts'
import { encodeCall } from '../calls/encode-call.ts'
import { type SettledRecord, ClosedError } from '../errors/run-errors.ts'
import { TaskError } from '../errors/task-errors.ts'
import { type InnerObserver, Observers } from '../observe/observers.ts'
import { hostEncoder } from '../pool/functions/host-encoder.ts'
import type { PreparedFunction } from '../pool/functions/prepared-function.ts'
import { BundlingSource } from '../pool/jobs/bundling-source.ts'
import type { Chunk } from '../pool/jobs/chunk.ts'
import type { Item } from '../pool/jobs/item.ts'
import type { Printed } from '../pool/jobs/job-observers.ts'
import type { Job } from '../pool/jobs/job.ts'
import type { Ending, Sink } from '../pool/jobs/ports.ts'
import { PushSource } from '../pool/jobs/push-source.ts'
import type { Dispatcher } from '../pool/scheduling/dispatcher.ts'
import type { RunCache } from '../run/cache/run-cache.ts'
import type { PoolHost } from '../run/hosts/pool-host.ts'
import type { Abortable } from '../run/hosts/run-host.ts'
import { prepareOptions } from '../run/prepare-options.ts'
import { pushedJob } from '../run/pushed-job.ts'
import { observersOf } from '../run/run-observers.ts'
import { policyOf, type TaskPolicy } from '../task/failure-policy.ts'
import { type Task, type TaskType, typeOf } from '../task/task.ts'
import { CallerContext } from '../util/caller-context.ts'
import { Fifo } from '../util/fifo.ts'
import { Encoder } from '../wire/codec/encoder.ts'

/** The work behind a task queue: items that are pushed, outcomes that wait to be popped. */
export class QueueJob implements Sink, Abortable {
  /** The error because of which no more outcomes will come. */
  failure: Ending | undefined
  readonly #host: PoolHost
  readonly #policy: TaskPolicy
  readonly #observers: readonly InnerObserver<Printed>[]
  readonly #source: PushSource
  readonly #uses = new Map<TaskType, Promise<PreparedFunction>>()
  /** All functions that were prepared for its tasks. */
  readonly #functions = new Set<PreparedFunction>()
  readonly #outcomes = new Fifo<SettledRecord>()
  /** Pushes that have a slot, and whose function is still being prepared. */
  #coming = 0
  #noMore = false
  /** Tasks without an outcome. */
  #running = 0
  #left = false
  readonly #context = new CallerContext()
  #last = -1
  #dispatcher: Dispatcher | undefined
  #encoder: Encoder | undefined
  #job: Job | undefined
  /** Looked up before a task is pushed; undefined while no task's function has a cache. */
  #cache: RunCache | undefined
  #onOutcome: () => void = () => {}
  #onRoom: () => void = () => {}
  readonly #stopListening: () => void

  constructor(host: PoolHost, policy: TaskPolicy) {
    this.#host = host
    this.#policy = policy
    this.#observers = observersOf(host.own, {}, () => {})
    this.#source = new PushSource((count) => host.slots.give(count))
    this.#stopListening = host.slots.onFree(() => this.#onRoom())
    host.openQueue(this)
  }

  onOutcome(callback: () => void): void {
    this.#onOutcome = callback
  }

  onRoom(callback: () => void): void {
    this.#onRoom = callback
  }

  /** Outcomes that can be taken. */
  get waiting(): number {
    return this.#outcomes.length
  }

  /** Takes a slot of the pool for the next push. Returns false if none is free. */
  takeSlot(): boolean {
    if (!this.#host.slots.take()) return false
    this.#coming++
    return true
  }

  takeOutcome(): SettledRecord | undefined {
    return this.#outcomes.shift()
  }

  /** Pushes a task, with the slot that was taken for it. Resolves to its index. */
  async push(task: Task): Promise<number> {
    const context = new CallerContext()
    try {
      const { dispatcher, use } = await this.#prepare(task)
      if (this.#left) throw this.failure?.thrown ?? new ClosedError('the queue was closed')
      return this.#put(task, context, use, dispatcher)
    } catch (error) {
      this.#host.slots.give(1)
      throw error
    } finally {
      this.#coming--
      this.#endIfLast()
    }
  }

  #put(task: Task, context: CallerContext, use: PreparedFunction, dispatcher: Dispatcher): number {
    const index = ++this.#last
    const policy = policyOf(typeOf(task).options, this.#policy)
    this.#encoder ??= hostEncoder(dispatcher.options.backend.capabilities)
    const item = encodeCall(index, task.args, use, policy, this.#encoder)
    this.#job ??= this.#newJob(dispatcher)
    if (item instanceof TaskError) {
      this.#host.slots.give(1)
      this.#outcomes.push({ status: 'rejected', index, input: task.args, reason: item })
    } else {
      item.tag = task
      item.context = context
      if (this.#running++ === 0) this.#host.enter(this)
      if (this.#cache?.admit(item) !== false) this.#run(item)
    }
    this.#onOutcome()
    return index
  }

  #run(item: Item): void {
    this.#source.push(item)
    this.#job?.wake()
  }

  async #prepare(task: Task): Promise<{ dispatcher: Dispatcher; use: PreparedFunction }> {
    const dispatcher = (this.#dispatcher ??= await this.#host.dispatcher())
    return { dispatcher, use: await this.#use(typeOf(task), dispatcher) }
  }

  fulfil(chunk: Chunk, offset: number, value: unknown): void {
    const tell = this.#cache?.fulfilled(chunk.item(offset), value, undefined)
    this.#outcomes.push({ status: 'fulfilled', index: chunk.index(offset), value })
    this.#completed()
    tell?.()
  }

  reject(item: Item, error: unknown): void {
    this.#outcomes.push({
      status: 'rejected',
      index: item.index,
      input: (item.tag as Task).args,
      reason: error as TaskError,
    })
    this.#completed()
    this.#cache?.failed(item)
  }

  flush(): void {
    this.#onOutcome()
  }

  /** No more tasks will be pushed. */
  noMore(): void {
    this.#noMore = true
    this.#endIfLast()
  }

  #endIfLast(): void {
    if (!this.#noMore || this.#coming > 0 || (this.#cache?.held ?? 0) > 0) return
    this.#source.close()
    this.#job?.endIfDone()
    this.#job?.wake()
  }

  /** Called when all tasks have their outcome and no more will be pushed, or when the job failed. */
  end(ending: Ending | undefined): void {
    if (this.#left) return
    this.failure = ending
    this.#leave(ending?.thrown)
    this.#onOutcome()
    this.#onRoom()
  }

  /** Drops what has not started, stops what runs. */
  close(): void {
    this.#leave(new ClosedError('the queue was closed'))
  }

  abort(reason: unknown): void {
    this.end({ thrown: reason })
  }

  #completed(): void {
    if (--this.#running === 0) this.#host.leave(this)
  }

  #leave(reason: unknown): void {
    if (this.#left) return
    this.#left = true
    this.#stopListening()
    this.#host.slots.give(this.#cache?.held ?? 0)
    this.#cache?.close()
    this.#host.closeQueue(this)
    if (this.#job !== undefined) this.#dispatcher?.remove(this.#job, reason)
    this.#running = 0
    this.#host.leave(this)
  }

  #use(type: TaskType, dispatcher: Dispatcher): Promise<PreparedFunction> {
    let use = this.#uses.get(type)
    if (use === undefined) {
      const { capabilities } = dispatcher.options.backend
      const { name } = type.options
      const wrapped = wrappedOf(type.fn)
      const options = prepareOptions(
        this.#host.own,
        capabilities,
        { name },
        new Observers(this.#observers, this.#context),
      )
      use = this.#host.prepare(wrapped?.fn ?? type.fn, options).then(async ([first]) => {
        this.#functions.add(first as PreparedFunction)
        if (wrapped !== undefined) await this.#keepResults(wrapped, first as PreparedFunction)
        return first as PreparedFunction
      })
      this.#uses.set(type, use)
    }
    return use
  }

  async #keepResults(wrapped: WrappedFunction, use: PreparedFunction): Promise<void> {
    const { keyedCalls, RunCache } = await import('../run/cache/run-caching.ts')
    const calls = await keyedCalls(wrapped, { use, args: [] })
    if (calls === undefined) return
    this.#cache ??= new RunCache((item) => (item.tag as Task).args, {
      hit: (item, value, bytes) => {
        this.#host.slots.give(1)
        this.#job?.hit(item, value, bytes)
        this.#onOutcome()
        this.#endIfLast()
      },
      run: (item) => this.#run(item),
    })
    this.#cache.add(use, calls)
  }

  #newJob(dispatcher: Dispatcher): Job {
    const job = pushedJob(
      'queue',
      this.#host,
      this.#observers,
      this.#context,
      dispatcher,
      new BundlingSource(this.#source, { isMixed: true }),
      this,
      this.#functions,
    )
    dispatcher.add(job)
    return job
  }
}
