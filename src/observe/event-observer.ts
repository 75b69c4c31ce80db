import type { TaskError, TaskIdentity } from '../errors/task-errors.ts'
import type { WorkerDeath } from '../errors/task-errors.ts'
import { contentKey } from '../task/canonical/canonical-hash.ts'
import { guarded } from '../util/callbacks.ts'
import { epochNow } from '../util/time.ts'
import {
  ATTEMPT_STATES,
  type AttemptBatch,
  type AttemptStarted,
  type LateError,
  type RunObserver,
  type WorkerExited,
  type WorkerRef,
  type WorkerStarted,
} from './observer.ts'

interface Event<T extends string> {
  readonly type: T
  /** Milliseconds since 1970. */
  readonly at: number
}

interface AttemptEvent<T extends string> extends Event<T> {
  readonly task: TaskIdentity
  /** From 1. */
  readonly attempt: number
}

/** The duration of an attempt in milliseconds; undefined if it is not known. */
interface Timed {
  readonly ms: number | undefined
}

/** An event of a run, for the option `onEvent`. */
export type RunEvent =
  | (AttemptEvent<'start'> & { readonly worker: WorkerRef })
  | (AttemptEvent<'done'> & Timed & { readonly worker: WorkerRef })
  /** The result was in the cache, or was computed for another task. */
  | (Event<'hit'> & { readonly task: TaskIdentity })
  /** The attempt failed, took too long or lost its worker; the task runs again. */
  | (AttemptEvent<'retry'> & Timed & { readonly error: TaskError })
  | (AttemptEvent<'failed'> & Timed & { readonly error: TaskError })
  | (Event<'late-error'> & {
      readonly task: TaskIdentity | undefined
      readonly worker: WorkerRef
      readonly error: unknown
    })
  | (Event<'worker-start'> & { readonly worker: WorkerRef })
  /** `death` is undefined if the pool itself ended the worker. */
  | (Event<'worker-exit'> & { readonly worker: WorkerRef; readonly death: WorkerDeath | undefined })

/** Calls `onEvent` for each event. If that throws, `onThrow` gets the error; without it the observer is switched off. */
export class EventObserver implements RunObserver {
  readonly #tell: (event: RunEvent) => void
  /** Attempts that were told to have started, and have not ended. */
  readonly #started = new Set<string>()

  constructor(onEvent: (event: RunEvent) => void, onThrow?: (thrown: unknown) => void) {
    this.#tell = onThrow === undefined ? onEvent : guarded(onEvent, onThrow)
  }

  attemptStarted({ at, worker, task, index, attempt, input }: AttemptStarted): void {
    this.#started.add(`${task} ${index} ${attempt}`)
    this.#tell({ type: 'start', at, task: identity(task, index, () => contentKey(input)), attempt, worker })
  }

  attempts(batch: AttemptBatch): void {
    for (let i = 0; i < batch.length; i++) this.#attempt(batch, i)
  }

  workerStarted({ at, worker }: WorkerStarted): void {
    this.#tell({ type: 'worker-start', at, worker })
  }

  workerExited({ at, worker, death }: WorkerExited): void {
    this.#tell({ type: 'worker-exit', at, worker, death })
  }

  lateError({ at, worker, task, error }: LateError): void {
    const about = task && { ...task, key: 'unhashable' }
    this.#tell({ type: 'late-error', at, task: about, worker, error })
  }

  #attempt(batch: AttemptBatch, i: number): void {
    const state = ATTEMPT_STATES[batch.state?.[i] ?? 0]
    // The attempt does not count: for the user the task has not begun.
    if (state === 'requeued') return
    const error = batch.error(i)
    const at = endOf(batch, i)
    const task = error?.task ?? identity(batch.task(i), batch.index(i), () => batch.key(i))
    if (state === 'cached') return this.#tell({ type: 'hit', at, task })
    const attempt = batch.attempt?.[i] ?? 1
    // Calls that may come from a cache are known to have run only when they end.
    if (!this.#started.delete(`${batch.task(i)} ${batch.index(i)} ${attempt}`) && batch.worker !== undefined)
      this.#tell({ type: 'start', at: startOf(batch, i), task, attempt, worker: batch.worker })
    const measured = batch.ms[i] as number
    const ms = Number.isNaN(measured) ? undefined : measured
    if (error !== undefined)
      this.#tell({ type: batch.final?.[i] === 0 ? 'retry' : 'failed', at, task, attempt, ms, error })
    else if (batch.worker !== undefined) this.#tell({ type: 'done', at, task, attempt, ms, worker: batch.worker })
  }
}

function startOf({ start }: AttemptBatch, i: number): number {
  const at = start[i] as number
  return Number.isNaN(at) ? epochNow() : at
}

function endOf({ start, ms }: AttemptBatch, i: number): number {
  const end = (start[i] as number) + (ms[i] as number)
  return Number.isNaN(end) ? epochNow() : end
}

/** Makes the identity of a task. Its key is computed when it is first read. */
function identity(name: string, index: number, keyOf: () => string): TaskIdentity {
  let key: string | undefined
  return {
    name,
    index,
    get key() {
      return (key ??= keyOf())
    },
  }
}
