import { TaskError, type WorkerIdentity } from '../../errors/task-errors.ts'
import { AttemptColumns, type ItemFacts } from '../../observe/attempt-columns.ts'
import {
  ATTEMPT_STATES,
  type AttemptState,
  type LogRecord,
  type RunRef,
  type WorkerRef,
} from '../../observe/observer.ts'
import type { Observers } from '../../observe/observers.ts'
import type { LogFrame } from '../../wire/protocol/frames.ts'
import type { Chunk } from './chunk.ts'
import type { Item } from './item.ts'

/** Output of a worker, as it came; `item` is undefined if the task that printed it is not known. */
export interface Printed {
  readonly frame: LogFrame
  readonly item: Item | undefined
  readonly worker: WorkerIdentity
}

/** The start of an attempt, in milliseconds since 1970, and its duration in milliseconds. */
export interface Timing {
  readonly start: number
  readonly ms: number
}

/** Makes the timing of a task that still runs; `startedAt` and `now` are on the monotonic clock. */
export function timingOf(startedAt: number, now: number): Timing {
  const ms = now - startedAt
  return { start: Date.now() - ms, ms }
}

const STATES: Readonly<Record<string, AttemptState>> = {
  MH_TASK_TIMEOUT: 'timeout',
  MH_WORKER_CRASHED: 'crashed',
  MH_RESOURCE_LIMIT: 'crashed',
  MH_TASK_ABORTED: 'aborted',
}

const CACHED = ATTEMPT_STATES.indexOf('cached')
const REQUEUED = ATTEMPT_STATES.indexOf('requeued')

/** Calls the observers of a job. An event that none of them listens to costs one comparison. */
export class JobObservers {
  readonly run: RunRef
  readonly observers: Observers<Printed>
  readonly #columns: AttemptColumns
  /** True if an observer listens to attempts; otherwise none are collected. */
  readonly hearsAttempts: boolean

  constructor(run: RunRef, observers: Observers<Printed>) {
    this.run = run
    this.observers = observers
    this.#columns = new AttemptColumns(run)
    this.hearsAttempts = observers.hears('attempts')
  }

  succeeded(chunk: Chunk, at: number, worker: WorkerRef, { start, ms }: Timing, value: unknown): void {
    if (!this.hearsAttempts) return
    this.#makeRoom(worker)
    const attempt = chunk.attempt(at)
    if (chunk.fn(at).isHit?.(value) === true) this.cached(chunk, at, value)
    else if (attempt === 1) this.#columns.addFirst(chunk, at, worker, start, ms, value)
    else this.#columns.add({ items: chunk, at, worker, state: 0, attempt, final: true, start, ms, value })
  }

  cached(items: ItemFacts, at: number, value: unknown): void {
    if (!this.hearsAttempts) return
    this.#makeRoom(undefined)
    const none = { worker: undefined, start: Date.now(), ms: 0 }
    this.#columns.add({ items, at, state: CACHED, attempt: 0, final: true, value, ...none })
  }

  /** Called when an attempt was no success. `final`: the task does not run again. */
  failed(items: ItemFacts, at: number, error: unknown, final: boolean, timing: Timing | undefined): void {
    // An error that is no `TaskError` ends the run, which observers are told by `runEnded`.
    if (!this.hearsAttempts || !(error instanceof TaskError)) return
    const { worker, attempts: attempt } = error
    const state = ATTEMPT_STATES.indexOf(STATES[error.code] ?? 'failed')
    const { start, ms } = timing ?? UNKNOWN
    this.#makeRoom(worker)
    this.#columns.add({ items, at, worker, state, attempt, final, start, ms, error })
  }

  /** Called when an attempt does not count: its worker was ended for another reason. */
  requeued(items: ItemFacts, at: number, worker: WorkerRef, attempt: number, { start, ms }: Timing): void {
    if (!this.hearsAttempts) return
    this.#makeRoom(worker)
    this.#columns.add({ items, at, worker, state: REQUEUED, attempt, final: false, start, ms })
  }

  started(item: Item, worker: WorkerRef): void {
    const { run } = this
    const { fn, index, input } = item
    const attempt = item.attempts + 1
    this.observers.tell('attemptStarted', { run, at: Date.now(), worker, task: fn.name, index, attempt, input })
  }

  printed(frame: LogFrame, item: Item | undefined, worker: WorkerIdentity): void {
    this.observers.tell('output', { frame, item, worker })
    if (this.observers.hears('log')) this.observers.tell('log', recordOf(frame, item, worker))
  }

  /** Tells the observers all attempts that have ended since the last call. */
  flush(): void {
    const batch = this.#columns.take()
    if (batch !== undefined) this.observers.tell('attempts', batch)
  }

  /** Called when the job is over. */
  close(): void {
    this.flush()
    this.observers.tell('closed')
  }

  #makeRoom(worker: WorkerRef | undefined): void {
    if (!this.#columns.fits(worker)) this.flush()
  }
}

const UNKNOWN: Timing = { start: NaN, ms: NaN }

/** Makes the record that users see of a frame that a worker sent. */
export function recordOf(
  { step: number, stream, level, text, time }: LogFrame,
  item: Item | undefined,
  { id, slot }: WorkerIdentity,
): LogRecord {
  const { fn, index, input } = item ?? {}
  const step = number === undefined ? undefined : fn?.steps?.names[number]
  const record: LogRecord = { task: fn?.name, index, input, worker: { id, slot }, stream, level, text, time }
  return step === undefined ? record : { ...record, step }
}
