import { type Wrapped, wrappedOf } from '../cache/cache-access.ts'
import { encodeCall } from '../calls/encode-call.ts'
import { pushJobOptions } from '../calls/push-job-options.ts'
import type { SettledRecord } from '../errors/batch-error.ts'
import { ClosedError } from '../errors/closed-error.ts'
import { TaskError } from '../errors/task-error.ts'
import type { Entry } from '../pool/entry.ts'
import type { FunctionUse } from '../pool/function-use.ts'
import { hostEncoder } from '../pool/host-encoder.ts'
import { Job } from '../pool/job.ts'
import type { Lot } from '../pool/lot.ts'
import { policyFor, type TaskPolicy } from '../pool/policy.ts'
import { PushSupply } from '../pool/push-supply.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import type { Ending, Sink } from '../pool/sink.ts'
import type { PoolHost } from '../run/pool-host.ts'
import type { RunCache } from '../run/run-cache.ts'
import type { Abortable } from '../run/run-host.ts'
import { type Task, type TaskType, typeOf } from '../task/task.ts'
import { Encoder } from '../wire/codec/encoder.ts'

/** The work behind a task queue: entries that are pushed, outcomes that wait to be popped. */
export class QueueJob implements Sink, Abortable {
  /** Why no more outcomes will come. */
  failure: Ending | undefined
  readonly #host: PoolHost
  readonly #policy: TaskPolicy
  readonly #supply: PushSupply
  readonly #uses = new Map<TaskType, Promise<FunctionUse>>()
  #outcomes: SettledRecord[] = []
  #next = 0
  /** Pushes that have a place and are not there yet. */
  #coming = 0
  #noMore = false
  /** Tasks without an outcome. */
  #running = 0
  #left = false
  #last = -1
  #scheduler: Scheduler | undefined
  #encoder: Encoder | undefined
  #job: Job | undefined
  /** Looked at first; there is one where a task's function has a cache. */
  #cache: RunCache | undefined
  #onOutcome: () => void = () => {}
  #onRoom: () => void = () => {}
  readonly #stopListening: () => void

  constructor(host: PoolHost, policy: TaskPolicy) {
    this.#host = host
    this.#policy = policy
    this.#supply = new PushSupply((count) => host.places.give(count))
    this.#stopListening = host.places.onFree(() => this.#onRoom())
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
    return this.#outcomes.length - this.#next
  }

  /** Takes a place among the tasks that wait for a worker, for the next push; false where the pool has none. */
  takePlace(): boolean {
    if (!this.#host.places.take()) return false
    this.#coming++
    return true
  }

  takeOutcome(): SettledRecord | undefined {
    const record = this.#outcomes[this.#next]
    if (record === undefined) return undefined
    this.#next++
    if (this.#next >= 1_024 || this.#next === this.#outcomes.length) {
      this.#outcomes = this.#outcomes.slice(this.#next)
      this.#next = 0
    }
    return record
  }

  /** Hands a task over, into the place that was taken for it. */
  async push(task: Task): Promise<number> {
    try {
      const { scheduler, use } = await this.#prepare(task)
      if (this.#left) throw this.failure?.thrown ?? new ClosedError('the queue was closed')
      return this.#put(task, use, scheduler)
    } catch (error) {
      this.#host.places.give(1)
      throw error
    } finally {
      this.#coming--
      this.#endIfLast()
    }
  }

  #put(task: Task, use: FunctionUse, scheduler: Scheduler): number {
    const index = ++this.#last
    const policy = policyFor(typeOf(task).options, this.#policy)
    this.#encoder ??= hostEncoder(scheduler.options.backend.capabilities)
    const entry = encodeCall(index, task.args, use, policy, this.#encoder)
    const job = (this.#job ??= this.#newJob(scheduler))
    if (entry instanceof TaskError) {
      this.#host.places.give(1)
      this.#outcomes.push({ status: 'rejected', index, input: task.args, reason: entry })
    } else {
      entry.ticket = task
      if (this.#running++ === 0) this.#host.enter(this)
      if (policy.timeout !== undefined) job.hasTimeouts = true
      if (this.#cache?.admit(entry) !== false) this.#run(entry)
    }
    this.#onOutcome()
    return index
  }

  #run(entry: Entry): void {
    this.#supply.push(entry)
    this.#job?.wake()
  }

  async #prepare(task: Task): Promise<{ scheduler: Scheduler; use: FunctionUse }> {
    const scheduler = (this.#scheduler ??= await this.#host.scheduler())
    return { scheduler, use: await this.#use(typeOf(task), scheduler) }
  }

  fulfil(lot: Lot, at: number, value: unknown): void {
    const tell = this.#cache?.fulfilled(lot.entry(at), value, undefined)
    this.#outcomes.push({ status: 'fulfilled', index: lot.index(at), value })
    this.#completed()
    tell?.()
  }

  reject(entry: Entry, error: unknown): void {
    this.#outcomes.push({
      status: 'rejected',
      index: entry.index,
      input: (entry.ticket as Task).args,
      reason: error as TaskError,
    })
    this.#completed()
    this.#cache?.failed(entry)
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
    this.#supply.close()
    this.#job?.endIfDone()
  }

  /** All tasks have their outcome and no more will be pushed, or no more can be had. */
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
    this.#host.places.give(this.#cache?.held ?? 0)
    this.#cache?.close()
    this.#host.closeQueue(this)
    if (this.#job !== undefined) this.#scheduler?.remove(this.#job, this.#own(), reason)
    this.#running = 0
    this.#host.leave(this)
  }

  #use(type: TaskType, scheduler: Scheduler): Promise<FunctionUse> {
    let use = this.#uses.get(type)
    if (use === undefined) {
      const { capabilities } = scheduler.options.backend
      const { name } = type.options
      const wrapped = wrappedOf(type.fn)
      use = this.#host.ship(wrapped?.fn ?? type.fn, { name, capabilities }).then(async ([first]) => {
        this.#job?.functions.add(first as FunctionUse)
        if (wrapped !== undefined) await this.#keepResults(wrapped, first as FunctionUse)
        return first as FunctionUse
      })
      this.#uses.set(type, use)
    }
    return use
  }

  async #keepResults(wrapped: Wrapped, use: FunctionUse): Promise<void> {
    const { keyedCalls, RunCache } = await import('../run/run-caching.ts')
    const calls = await keyedCalls(wrapped, { use, args: [] })
    if (calls === undefined) return
    this.#cache ??= new RunCache((entry) => (entry.ticket as Task).args, {
      hit: (entry, value, bytes) => {
        this.#host.places.give(1)
        this.#job?.hit(entry, value, bytes)
        this.#onOutcome()
        this.#endIfLast()
      },
      run: (entry) => this.#run(entry),
    })
    this.#cache.add(use, calls)
  }

  #own(): FunctionUse[] {
    return [...(this.#job?.functions ?? [])].filter((fn) => !fn.lasting)
  }

  #newJob(scheduler: Scheduler): Job {
    const fail = (thrown: unknown): void => job.fail(thrown)
    const job = new Job(pushJobOptions('queue', this.#host, fail), this.#supply, this)
    scheduler.add(job)
    return job
  }
}
