import { AsyncLocalStorage } from 'node:async_hooks'

import { InvalidStateError } from '../../errors/argument-errors.ts'
import { SCOPE } from '../../task/nesting.ts'
import type { RunningBatch } from '../batches/running-batch.ts'
import type { CurrentTask } from './task-handle.ts'

/** The item that running code belongs to. */
export interface TaskScope {
  batch: RunningBatch
  item: number
  /** The item's lane in the beacon. */
  lane: number
}

/** For tasks that take less than this on average, in milliseconds, an async context would be a noticeable cost. */
const CHEAP_MS = 0.05

const OUTER_SCOPE: unique symbol = Symbol.for('manyhands.outer-scope')
const LATE_ERROR: unique symbol = Symbol.for('manyhands.late-error')

/** Finds the innermost item that the calling code belongs to, of those that are accepted. */
type FindScope = (accepts?: (scope: TaskScope) => boolean) => TaskScope | undefined
/** Returns true if the error was reported as one of a task. */
type ReportLateError = (error: unknown) => boolean

const global = globalThis as { [SCOPE]?: FindScope; [OUTER_SCOPE]?: FindScope; [LATE_ERROR]?: ReportLateError }

/**
 * Returns the item that the calling code belongs to: of nested runs the innermost, or the innermost that is accepted.
 * Undefined if there is none.
 */
export const currentScope: FindScope = (accepts) => global[SCOPE]?.(accepts)

/** Returns the item of this worker itself that the calling code belongs to: the one around all nested runs. */
export function outerScope(): TaskScope | undefined {
  return global[OUTER_SCOPE]?.()
}

/** Reports an error that nothing caught to the worker whose task it comes from. Returns false if that is not certain. */
export function reportToOrigin(error: unknown): boolean {
  return global[LATE_ERROR]?.(error) ?? false
}

/**
 * Knows which item the running code belongs to.
 *
 * A variable is enough for tasks that run one at a time. An async context distinguishes tasks that run at the same time
 * or wait for something, and finds the origin of late errors. It costs about 0.2 µs an item, so short tasks that return
 * at once do without. (Contexts by AsyncLocalStorage: 250 ns an item on Node 24.)
 */
export class ScopeKeeper {
  readonly #storage = new AsyncLocalStorage<TaskScope | undefined>()
  readonly #only: { batch: RunningBatch | undefined; item: number; lane: number } = {
    batch: undefined,
    item: -1,
    lane: -1,
  }
  readonly #always: boolean
  #isolate = true

  /** `always`: other code runs in this thread, too. `onLateError` takes errors of tasks that no call is waiting for. */
  constructor(always: boolean, onLateError: (error: unknown, scope: TaskScope) => void) {
    this.#always = always
    const outer = global[SCOPE]
    global[SCOPE] = (accepts) => {
      const own = this.#find()
      return own !== undefined && accepts?.(own) !== false ? own : outer?.(accepts)
    }
    // The first is that of the worker; nested runs in its tasks make others.
    global[OUTER_SCOPE] ??= () => this.#find()
    const outerReport = global[LATE_ERROR]
    global[LATE_ERROR] = (error) => {
      const scope = this.#storage.getStore()
      if (scope === undefined) return outerReport?.(error) ?? false
      onLateError(error, scope)
      return true
    }
  }

  /** Calls a task in a scope, so that it and the code that it starts can be attributed to the item. */
  run(batch: RunningBatch, item: number, lane: number, invoke: (input: unknown) => unknown, input: unknown): unknown {
    if (this.#isolate || batch.concurrency > 1) return this.#storage.run({ batch, item, lane }, invoke, input)
    this.#only.batch = batch
    this.#only.item = item
    this.#only.lane = lane
    return invoke(input)
  }

  /** Calls a function outside of any task, even if a task caused the call. */
  outside(fn: () => void): void {
    this.#storage.run(undefined, fn)
  }

  end(batch: RunningBatch, item: number): void {
    if (this.#only.item === item && this.#only.batch === batch) this.#only.batch = undefined
  }

  /**
   * Chooses between context and variable by the average time of a batch's tasks, in milliseconds, and by their waiting.
   */
  adapt(cost: number, waited: boolean): void {
    if (this.#always) return
    const isolate = waited || cost > CHEAP_MS
    // On Node 20 an enabled storage slows down every promise.
    if (this.#isolate && !isolate) this.#storage.disable()
    this.#isolate = isolate
  }

  #find(): TaskScope | undefined {
    const scope = this.#storage.getStore()
    if (scope !== undefined) return scope
    return this.#only.batch === undefined ? undefined : (this.#only as TaskScope)
  }
}

/**
 * Returns the handle of the calling task: name, index, attempt, content key, worker, signal, log.
 *
 * Call it in the task; after an await, too. Costs nothing unless it is called.
 *
 * @example
 * ```ts
 * async function download(url) {
 *   const { signal } = currentTask()
 *   const response = await fetch(url, { signal })
 *   return response.text()
 * }
 * ```
 *
 * @throws {InvalidStateError} if called outside of a task.
 */
export function currentTask(): CurrentTask {
  const scope = currentScope()
  if (scope === undefined) throw new InvalidStateError('currentTask() only works inside a task that manyhands runs')
  return scope.batch.task(scope.item)
}
