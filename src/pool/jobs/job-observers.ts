import { TaskAbortedError, TaskError, type WorkerIdentity } from '../../errors/task-errors.ts'
import { AttemptColumns, type EndedAttempt, type ItemFacts } from '../../observe/attempt-columns.ts'
import {
  ATTEMPT_STATES,
  type AttemptState,
  type LogRecord,
  type RunRef,
  type WorkerRef,
} from '../../observe/observer.ts'
import type { Observers, TraceParent } from '../../observe/observers.ts'
import type { SuccessRun } from '../../observe/success-run.ts'
import { messageOf } from '../../util/message-of.ts'
import { epochNow, epochTime } from '../../util/time.ts'
import type { LogFrame } from '../../wire/protocol/frames.ts'
import { failureOf, stateOf } from '../outcomes/task-failure.ts'
import type { Chunk } from './chunk.ts'
import { ItemChunk } from './item-chunk.ts'
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
  return { start: epochTime(startedAt), ms }
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
  /** Attempts, for observers that hear of each success. */
  readonly #each: AttemptColumns | undefined
  /** Attempts without successes that are told by runs. */
  readonly #rest: AttemptColumns | undefined
  /** True if an observer listens to attempts; otherwise none are collected. */
  get hearsAttempts(): boolean {
    return this.#hearsAttempts
  }

  #hearsAttempts: boolean
  /** Null as long as no one has asked for it. */
  #trace: TraceParent | null | undefined = null

  constructor(run: RunRef, observers: Observers<Printed>) {
    this.run = run
    this.observers = observers
    this.#each = observers.ofAttempts('each').length > 0 ? new AttemptColumns(run) : undefined
    this.#rest = observers.ofAttempts('run').length > 0 ? new AttemptColumns(run) : undefined
    this.#hearsAttempts = observers.hears('attempts')
  }

  /** The span that spans of tasks are children of; undefined if none is. */
  get trace(): TraceParent | undefined {
    if (this.#trace === null) this.#trace = this.observers.traceOf(this.run)
    return this.#trace
  }

  succeeded(chunk: Chunk, offset: number, worker: WorkerRef, { start, ms }: Timing, value: unknown): void {
    if (!this.hearsAttempts) return
    const attempt = chunk.attempt(offset)
    if (chunk.fn(offset).results?.isHit(value) === true) return this.cached(chunk, offset, value)
    this.#makeRoom(worker)
    for (const columns of [this.#each, this.#rest]) {
      if (attempt === 1) columns?.addFirst(chunk, offset, worker, start, ms, value)
      else columns?.add({ items: chunk, offset, worker, state: 0, attempt, final: true, start, ms, value })
    }
  }

  /** Called when inputs succeeded together. `times`: start and duration of each, if that was measured. */
  succeededTogether(run: SuccessRun, times?: readonly Timing[]): void {
    if (!this.hearsAttempts) return
    const { items, offset, count, attempt, worker } = run
    this.#makeRoom(worker)
    for (let i = 0; i < count && this.#each !== undefined; i++) {
      const { start, ms } = times?.[i] ?? UNKNOWN
      this.#each.add({ items, offset: offset + i, worker, state: 0, attempt, final: true, start, ms, value: undefined })
    }
    if (this.#rest === undefined) return
    this.flush()
    this.observers.tell('successes', run, this.run)
  }

  cached(items: ItemFacts, offset: number, value: unknown): void {
    if (!this.hearsAttempts) return
    this.#makeRoom(undefined)
    const none = { worker: undefined, start: epochNow(), ms: 0 }
    this.#add({ items, offset, state: CACHED, attempt: 0, final: true, value, ...none })
  }

  /**
   * Tells of an attempt that was no success, or of a task that does not run. Returns false if no one hears it. `failsWhole`:
   * an error that is not a task's ends the run, which `runEnded` tells; else a call that is cancelled fails with it.
   */
  endedBadly(
    item: Item,
    error: unknown,
    final: boolean,
    attempt: number,
    timing: Timing | undefined,
    failsWhole: boolean,
  ): boolean {
    if (!this.hearsAttempts) return false
    if (error instanceof TaskError) this.failed(item, error, final, attempt, timing)
    else if (!failsWhole) {
      const aborted = new TaskAbortedError({ ...failureOf(item), cause: error }, messageOf(error))
      this.failed(item, aborted, final, attempt, timing)
    }
    return true
  }

  /**
   * Called when an attempt was no success. `final`: the task does not run again. `attempt`: which one it was, 0 if the task
   * had not begun, or waited to run again.
   */
  failed(item: Item, error: TaskError, final: boolean, attempt: number, timing: Timing | undefined): void {
    if (!this.hearsAttempts) return
    const { worker } = error
    const state = ATTEMPT_STATES.indexOf(STATES[error.code] ?? 'failed')
    const { start, ms } = timing ?? UNKNOWN
    this.#makeRoom(worker)
    this.#add({
      items: new ItemChunk([item]),
      offset: 0,
      worker,
      state,
      attempt,
      final,
      start,
      ms,
      error,
      value: stateOf(error),
    })
  }

  /** Called when an attempt does not count: its worker was ended for another reason. */
  requeued(items: ItemFacts, offset: number, worker: WorkerRef, attempt: number, { start, ms }: Timing): void {
    if (!this.hearsAttempts) return
    this.#makeRoom(worker)
    this.#add({ items, offset, worker, state: REQUEUED, attempt, final: false, start, ms })
  }

  started(item: Item, worker: WorkerRef): void {
    const { run } = this
    const { fn, index, input } = item
    const attempt = item.attempts + 1
    this.observers.tell('attemptStarted', { run, at: epochNow(), worker, task: fn.name, index, attempt, input })
  }

  printed(frame: LogFrame, item: Item | undefined, worker: WorkerIdentity): void {
    this.observers.tell('output', { frame, item, worker })
    if (this.observers.hears('log')) this.observers.tell('log', recordOf(frame, item, worker))
  }

  /** Tells the observers all attempts that have ended since the last call. */
  flush(): void {
    this.#tell('each', this.#each)
    this.#tell('run', this.#rest)
  }

  /** Called when the job is over. What its workers still say is not told: nothing follows the end of a run. */
  close(): void {
    this.flush()
    this.#hearsAttempts = false
    this.observers.tell('closed', this.run)
  }

  #tell(by: 'each' | 'run', columns: AttemptColumns | undefined): void {
    const batch = columns?.take()
    if (batch !== undefined) this.observers.tellThese(this.observers.ofAttempts(by), 'attempts', batch)
  }

  #add(attempt: EndedAttempt): void {
    this.#each?.add(attempt)
    this.#rest?.add(attempt)
  }

  #makeRoom(worker: WorkerRef | undefined): void {
    if (this.#each?.fits(worker) === false || this.#rest?.fits(worker) === false) this.flush()
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
