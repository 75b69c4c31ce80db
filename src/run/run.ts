import { InvalidStateError } from '../errors/argument-errors.ts'
import { BatchError, type SettledRecord, TimeoutError } from '../errors/run-errors.ts'
import type { TaskError } from '../errors/task-errors.ts'
import { type Print, printDirectly } from '../logs/print.ts'
import type { Ending } from '../pool/jobs/ports.ts'
import type { HaltMode } from '../pool/scheduling/halt.ts'
import { showProgress } from '../progress/show-progress.ts'
import type { RunSettings } from '../settings/run-settings.ts'
import { guarded } from '../util/callbacks.ts'
import { timerDelay } from '../util/time.ts'
import type { Abortable, RunHost } from './hosts/run-host.ts'
import { onAbort } from './on-abort.ts'
import { Failure, ReorderBuffer } from './outcomes/reorder-buffer.ts'
import type { RunStats } from './run-stats.ts'
import { type Window, windowFor } from './source/window.ts'
import type { RunningJob, StartedRun } from './started-run.ts'

/** How a run is read. */
export type Reading = 'values' | 'batches' | 'settled' | 'array'

/**
 * One run of a function over inputs, between its job and its reader: started when it is first read, read by one reader,
 * ended once. What a failure means for the run is decided here.
 */
export class Run implements Abortable {
  readonly settings: RunSettings
  readonly window: Window
  /** Prints what tasks print, past whatever shows the progress. */
  print: Print = printDirectly
  readonly reorderBuffer: ReorderBuffer
  readonly #start: (run: Run) => Promise<StartedRun>
  readonly #host: RunHost
  readonly #failures: TaskError[] = []
  readonly #records: SettledRecord[] = []
  #started: StartedRun | undefined
  #startedAt = 0
  #endedAt = 0
  #state: 'new' | 'running' | 'ended' = 'new'
  #reading: Reading | undefined
  #stalled = false
  #endedBy: RunStats['endedBy']
  /** The reader was told the end, or wants no more. */
  #finished = false
  #quiet = false
  /** What the run ends with, once its outcomes are handed out. */
  #ending: Ending | undefined
  /** The failure that stops the run. */
  #fatal: Ending | undefined
  /** The failure that stops the run unless it will be read as settled records. */
  #undecided: Ending | undefined
  /** The deadline came before all inputs were read. */
  #overdue: Ending | undefined
  /** Readers that wait for outcomes. */
  #waiters: (() => void)[] = []
  /** Told when the run is over: nothing runs any more. */
  #onEnd: (() => void)[] = []

  constructor(settings: RunSettings, host: RunHost, start: (run: Run) => Promise<StartedRun>) {
    this.settings = settings
    this.#start = start
    this.#host = host
    this.window = windowFor(settings.window, settings.workers ?? host.workers, () => this.job?.wake())
    this.reorderBuffer = new ReorderBuffer(settings.ordered ?? true, this.window, {
      ready: () => this.#ready(),
      failed: (failure) => this.#failed(failure),
      ended: (ending) => this.#end(this.#fatal ?? ending ?? this.#overdue, ending?.thrown),
    })
  }

  /**
   * The reader says how it reads. Throws where there is one already, but for one that goes on: after a stall in any
   * form, and with single values where it is not waiting for one.
   */
  claim(reading: Reading): void {
    if (this.#reading !== undefined && !this.#stalled && !this.#goesOn(reading)) {
      const why = this.#finished ? 'it is over' : `it is already read as ${this.#reading}`
      throw new InvalidStateError(
        `this run cannot be read as ${reading}: ${why}. A run has one reader; call map() again for another.`,
      )
    }
    this.#stalled = false
    this.#reading = reading
    const failure = this.#undecided
    if (failure === undefined || reading === 'settled') return
    if (this.#state === 'ended') this.#ending = failure
    else this.#end(failure, failure.thrown)
  }

  /** The same for one step of a loop, which may come when all is over. */
  claimStep(): void {
    if (this.#reading !== 'values' || this.#stalled) this.claim('values')
  }

  #goesOn(reading: Reading): boolean {
    return reading === 'values' && this.#reading === 'values' && !this.#finished && this.#waiters.length === 0
  }

  /** The reader gave up waiting for now. */
  stalled(): void {
    this.#stalled = true
  }

  /** Whether the first failure of a task ends the run, as it is read now. */
  get failureEnds(): boolean {
    const { onError = 'throw' } = this.settings
    return onError === 'throw' && this.#reading !== undefined && this.#reading !== 'settled'
  }

  get isEnded(): boolean {
    return this.#state === 'ended'
  }

  start(): void {
    if (this.#state !== 'new') return
    this.#state = 'running'
    this.#startedAt = performance.now()
    try {
      this.#host.open()
    } catch (thrown) {
      return this.#end({ thrown }, thrown)
    }
    this.#host.enter(this)
    this.#onEnd.push(() => this.#host.leave(this))
    const { signal } = this.settings
    if (signal?.aborted === true) return this.cancel(signal.reason, false)
    if (signal !== undefined) this.#onEnd.push(onAbort(signal, () => this.cancel(signal.reason, false)))
    this.#watchDeadline()
    this.#start(this).then(
      (started) => this.#begun(started),
      (thrown: unknown) => this.#end({ thrown }, thrown),
    )
  }

  #watchDeadline(): void {
    const { deadline = Infinity } = this.settings
    if (deadline === Infinity) return
    const dueAt = performance.now() + deadline
    const look = (): void => {
      const left = dueAt - performance.now()
      if (left > 1) return void (timer = setTimeout(look, timerDelay(left)))
      const started = this.#started
      const error = new TimeoutError(`the run's deadline of ${deadline} ms is over`, deadline)
      this.#endedBy ??= 'deadline'
      if (started === undefined) return this.#end({ thrown: error }, error)
      if (!started.isRead()) this.#overdue = { thrown: error }
      started.halt('now', error.message)
    }
    let timer = setTimeout(look, timerDelay(deadline))
    this.#onEnd.push(() => clearTimeout(timer))
  }

  /** Something to do when the run is over. */
  onEnd(callback: () => void): void {
    if (this.#state === 'ended') callback()
    else this.#onEnd.push(callback)
  }

  /** Resolves when there are outcomes, or the run is over. */
  wait(): Promise<void> {
    if (this.reorderBuffer.waiting > 0 || this.#state === 'ended') return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** What the run ends with, told once; undefined where it ended well. */
  takeEnding(): Ending | undefined {
    this.#finished = true
    const ending = this.#ending ?? this.#batchError()
    this.#ending = undefined
    // Who leaves a loop, or cancels, expects no error in it; an array that is not whole must not pass for one.
    return this.#quiet && this.#reading !== 'array' ? undefined : ending
  }

  /** Stops everything; what was finished is dropped. With `quiet` the reason is an error only for who awaits all. */
  cancel(reason: unknown, quiet: boolean): void {
    this.#finished = this.#reading !== undefined
    if (this.#state === 'ended') return
    this.#quiet = quiet
    this.#end({ thrown: reason }, reason)
    // Not before the end: room in the window would be a reason to read more inputs.
    this.reorderBuffer.takeAll()
  }

  /** Starts nothing more, and with `now` stops what runs. Whatever has no outcome by then was aborted. */
  halt(mode: HaltMode, why: string, by?: RunStats['endedBy']): void {
    this.#endedBy ??= by
    if (this.#state === 'running' && this.#started !== undefined) this.#started.halt(mode, why)
    else this.cancel(new DOMException(why, 'AbortError'), true)
  }

  /** The pool is terminated: the reader gets what was finished, then the reason. */
  abort(reason: unknown): void {
    this.#end({ thrown: reason }, reason)
  }

  /** Keeps an outcome for the `BatchError` of `onError: 'collect'`. */
  record(record: SettledRecord): void {
    this.#records.push(record)
  }

  /** Its work, once it has begun. */
  get job(): RunningJob | undefined {
    return this.#started?.job
  }

  stats(): RunStats {
    const { job } = this
    return Object.freeze({
      done: job?.done ?? 0,
      cached: job?.cached ?? 0,
      failed: job?.failed ?? 0,
      retried: job?.retried ?? 0,
      running: job?.inFlight ?? 0,
      waiting: this.reorderBuffer.waiting,
      read: this.#started?.read() ?? 0,
      endedBy: this.#endedBy,
      elapsedMs: this.#state === 'new' ? 0 : (this.#endedAt || performance.now()) - this.#startedAt,
    })
  }

  #end(ending: Ending | undefined, reason: unknown): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#endedAt = performance.now()
    this.#ending = ending
    this.#started?.release(reason)
    for (const callback of this.#onEnd) callback()
    this.#wakeReaders()
  }

  #begun(started: StartedRun): void {
    this.#started = started
    this.#showProgress(started)
    // Ended while it was getting ready.
    if (this.#state === 'ended') started.release(undefined)
    else started.job.wake()
  }

  #showProgress(started: StartedRun): void {
    const { progress } = this.settings
    if (progress === undefined || progress === false) return
    const source = { stats: () => this.stats(), total: started.total }
    const option = typeof progress === 'function' ? guarded(progress, (thrown) => this.fail(thrown)) : progress
    const shown = showProgress(option, source, started.job.options.name, started.workers)
    this.print = shown.print
    this.onEnd(shown.stop)
  }

  /** A callback of the user's threw, or the journal takes no more: the run ends with it, also where it was at its end. */
  fail(thrown: unknown): void {
    if (this.#state === 'ended') this.#ending ??= { thrown }
    else this.#end({ thrown }, thrown)
  }

  #ready(): void {
    if (this.#fatal === undefined) this.#wakeReaders()
    else this.#end(this.#fatal, this.#fatal.thrown)
  }

  #wakeReaders(): void {
    if (this.#waiters.length === 0) return
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }

  /** A task failed for good. Returns whether its outcome takes a place among the others. */
  #failed(failure: Failure): boolean {
    if (this.#reading === 'settled') return true
    const { onError } = this.settings
    switch (onError) {
      case 'collect':
        this.#failures.push(failure.error)
        return true
      case 'return':
        failure.replacement = { value: failure.error }
        return true
      case 'throw':
      case undefined:
        if (this.#reading === undefined) {
          this.#undecided ??= { thrown: failure.error }
          return true
        }
        this.#fatal ??= { thrown: failure.error }
        return false
      default:
        return this.#replace(failure, onError)
    }
  }

  #replace(failure: Failure, onError: (error: TaskError) => unknown): boolean {
    try {
      failure.replacement = { value: onError(failure.error) }
      return true
    } catch (thrown) {
      this.#fatal ??= { thrown }
      return false
    }
  }

  #batchError(): Ending | undefined {
    if (this.#failures.length === 0 || this.#reading === 'settled') return undefined
    return { thrown: new BatchError(this.#failures.splice(0), this.#records.splice(0)) }
  }
}
