import type { TimeoutRule } from '../../task/failure-policy.ts'
import { monotonicNow } from '../../util/time.ts'
import type { WorkerView } from '../backend/backend.ts'
import type { PreparedFunction } from '../functions/prepared-function.ts'
import type { Job } from '../jobs/job.ts'
import type { Batch } from '../workers/batch.ts'
import { patienceOf } from '../workers/patience.ts'
import type { WorkerHandle } from '../workers/worker-handle.ts'
import { limitOf, STEP_GRACE_MS } from './time-limit.ts'

/** Milliseconds between two reports of a worker's memory, if its pool limits that. */
const MEMORY_MS = 50
/** Milliseconds by which news of a worker may be late, beside what its tasks take and its results may wait. */
const LATE_MS = 50
/** A limit that depends on a median is computed again after this many milliseconds. */
const MEDIAN_MS = 20

/** The view at the last look at a worker. */
interface Seen {
  /** Items that were not seen began after this. */
  readonly at: number
  readonly running: WorkerView['running']
}

/** The limits in a pool's options that need looks. */
export interface LookLimits {
  readonly maxMemory: number
  readonly warnAfter: number
}

/**
 * Decides when to look at workers on other machines. Each look is two messages, so it is made only when an item may have
 * passed a limit, or when results may wait behind a slow item.
 */
export class LookSchedule {
  readonly #limits: LookLimits
  readonly #seen = new WeakMap<WorkerHandle, Seen>()
  readonly #rules = new WeakMap<Batch, readonly TimeoutRule[]>()
  readonly #medians = new WeakMap<TimeoutRule, Map<PreparedFunction, { readonly ms: number; readonly at: number }>>()

  constructor(limits: LookLimits) {
    this.#limits = limits
  }

  /** Called with the answer to a look that was made at a time. */
  note(worker: WorkerHandle, { running }: WorkerView, at: number): void {
    this.#seen.set(worker, { at, running })
  }

  /** Called when a worker has nothing to do. */
  forget(worker: WorkerHandle): void {
    this.#seen.delete(worker)
  }

  /** Returns true if a worker has to be looked at now. `since`: a time before it got its work, if it was not seen since. */
  isDue(worker: WorkerHandle, now: number, since: number): boolean {
    const { maxMemory, warnAfter } = this.#limits
    if (maxMemory < Infinity && now - Math.max(worker.lookedAt, worker.memoryAt) >= MEMORY_MS) return true
    const seen = this.#seen.get(worker) ?? { at: since, running: [] }
    this.#seen.set(worker, seen)
    const shortest = Math.min(warnAfter, this.#shortestLimit(worker))
    return now >= seen.at + shortest || seen.running.some((item) => this.#isOver(worker, item, now))
  }

  /**
   * Returns the milliseconds without news after which results may wait behind a slow item: a look reads them. Infinity if
   * no result can, or may be told before those of the slow one.
   */
  quietMs(worker: WorkerHandle): number {
    let quiet = Infinity
    for (const { job, chunk } of worker.batches.values()) {
      if (chunk.length === 1 || job.options.ordersOutput) continue
      quiet = Math.min(quiet, patienceOf(job) + 2 * job.sizer.msPerItem + LATE_MS)
    }
    return quiet
  }

  /** Returns true if an item that was seen has passed a limit, unless it has its outcome. */
  #isOver(worker: WorkerHandle, running: WorkerView['running'][number], now: number): boolean {
    const batch = worker.batches.get(running.batch)
    const item = batch?.peekCall(running.offset)[0]
    if (batch === undefined || item === undefined) return false
    if (running.until !== undefined && now >= running.until + STEP_GRACE_MS) return true
    const ms = now - running.startedAt
    if (!item.warned && ms >= this.#limits.warnAfter) return true
    return item.policy.timeout !== undefined && ms >= this.#limitOf(item.policy.timeout, batch.job, item.fn)
  }

  /** Returns the shortest limit of all that may begin in a worker, in milliseconds. */
  #shortestLimit(worker: WorkerHandle): number {
    let shortest = Infinity
    for (const batch of worker.batches.values()) {
      const { job, chunk, own } = batch
      if (!job.hasTimeouts) continue
      for (const fn of own === undefined ? chunk.functions() : [own]) {
        for (const rule of this.#rulesOf(batch)) shortest = Math.min(shortest, this.#limitOf(rule, job, fn))
        for (const limit of fn.steps?.limits ?? [])
          if (limit !== undefined) shortest = Math.min(shortest, limit + STEP_GRACE_MS)
      }
    }
    return shortest
  }

  /** Returns the different limits of the items of a batch; most have the same. */
  #rulesOf(batch: Batch): readonly TimeoutRule[] {
    const known = this.#rules.get(batch)
    if (known !== undefined) return known
    const rules = new Set<TimeoutRule>()
    for (let offset = 0; offset < batch.chunk.length; offset++) {
      const { timeout } = batch.chunk.policy(offset)
      if (timeout !== undefined) rules.add(timeout)
    }
    const all = [...rules]
    this.#rules.set(batch, all)
    return all
  }

  #limitOf(rule: TimeoutRule, job: Job, fn: PreparedFunction): number {
    if ('ms' in rule) return rule.ms
    const now = monotonicNow()
    let medians = this.#medians.get(rule)
    if (medians === undefined) this.#medians.set(rule, (medians = new Map()))
    let limit = medians.get(fn)
    if (limit === undefined || now - limit.at >= MEDIAN_MS) {
      limit = { ms: limitOf(rule, job, fn) ?? Infinity, at: now }
      medians.set(fn, limit)
    }
    return limit.ms
  }
}
