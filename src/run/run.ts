import { TimeoutError } from '../errors/run-errors.ts'
import { type Print, printDirectly } from '../logs/print.ts'
import type { RunRef } from '../observe/observer.ts'
import { type InnerObserver, Observers } from '../observe/observers.ts'
import type { Printed } from '../pool/jobs/job-observers.ts'
import type { Ending } from '../pool/jobs/ports.ts'
import type { HaltMode } from '../pool/scheduling/dispatcher.ts'
import type { RunningTask } from '../pool/workers/running-tasks.ts'
import type { ProgressOption } from '../progress/progress-option.ts'
import { showProgress, type ShownProgress } from '../progress/show-progress.ts'
import type { CompleteSettings } from '../settings/run-settings.ts'
import { guarded } from '../util/callbacks.ts'
import { CallerContext } from '../util/caller-context.ts'
import { epochNow, timerDelay } from '../util/time.ts'
import type { StepsOfTask } from '../wire/protocol/frames.ts'
import { assemble, type AssembledRun } from './assemble.ts'
import type { Abortable, RunHost } from './hosts/run-host.ts'
import { onAbort } from './on-abort.ts'
import { FailureRule } from './outcomes/failure-rule.ts'
import { ReaderClaim, type Reading } from './outcomes/reader-claim.ts'
import { ReorderBuffer } from './outcomes/reorder-buffer.ts'
import type { Plan, RunContext } from './plan.ts'
import { prepareRun, type ReadyRun } from './prepare-run.ts'
import { newRunId, observersOf } from './run-observers.ts'
import type { RunStats } from './run-stats.ts'
import { type Window, windowFor } from './source/window.ts'

/** Milliseconds without a reader that waits, after which the run no longer keeps the process alive. */
const LINGER_MS = 1

/** Observers get a sample this often, in milliseconds. */
const SAMPLE_MS = 1_000

/**
 * The states of a run:
 *
 * - `new`: nothing runs until it is read.
 * - `preparing`: workers start, functions are captured.
 * - `running`: inputs are read, outcomes come.
 * - `draining`: a failure stops it as soon as the outcomes before it are handed on.
 * - `ended`: nothing runs any more; outcomes may still wait for the reader.
 */
type RunState =
  | { readonly phase: 'new' }
  | { readonly phase: 'preparing' }
  | { readonly phase: 'running'; readonly parts: AssembledRun }
  | { readonly phase: 'draining'; readonly parts: AssembledRun; readonly ending: Ending }
  | { readonly phase: 'ended'; readonly parts: AssembledRun | undefined }

/**
 * One run of a function over inputs, between its jobs and its reader: prepared when it is first read, read by one
 * reader, ended once.
 */
export class Run implements Abortable, RunContext {
  readonly settings: CompleteSettings
  readonly context: CallerContext = new CallerContext()
  readonly window: Window
  readonly reorderBuffer: ReorderBuffer
  readonly failures: FailureRule
  print: Print = printDirectly
  asText = false
  ref: RunRef
  observers: readonly InnerObserver<Printed>[]
  readonly #plan: Plan
  readonly #host: RunHost
  readonly #claim = new ReaderClaim()
  #state: RunState = { phase: 'new' }
  #startedAt = 0
  #endedAt = 0
  #endedBy: RunStats['endedBy']
  /** The error that the reader gets at the end, if there is one. */
  #ending: Ending | undefined
  /** The reader cancelled the run, and so gets no error at the end. */
  #quiet = false
  /** Set if the deadline came before all inputs were read. */
  #overdue: Ending | undefined
  /** The observers that were told that the run started. */
  #told: Observers<Printed> | undefined
  /** Readers that wait for outcomes. */
  #waiters: (() => void)[] = []
  /** The run keeps the process alive while it has work: a reader waits, or none has come yet. */
  #isAwaited = true
  #isLingering = false
  #deadlineTimer: NodeJS.Timeout | undefined
  #onEnd: (() => void)[] = []
  readonly #onAbandoned: (() => void)[] = []

  constructor(settings: CompleteSettings, host: RunHost, plan: Plan) {
    this.settings = settings
    this.ref = { id: newRunId(), name: settings.name ?? '' }
    this.observers = observersOf(host.own, settings, (thrown) => this.fail(thrown))
    const { onError } = settings
    this.failures = new FailureRule(
      typeof onError === 'function' ? (error) => this.context.run(() => onError(error)) : onError,
    )
    this.#plan = plan
    this.#host = host
    this.window = windowFor(settings.window, settings.workers ?? host.workers, () => this.#parts?.wake())
    this.reorderBuffer = new ReorderBuffer(settings.ordered, this.window, {
      ready: () => this.#ready(),
      failed: (failure) => {
        const counts = this.failures.admit(failure, this.#claim.reading)
        if (!counts) this.#drain()
        return counts
      },
      ended: (ending) => this.#end(this.failures.fatal ?? ending ?? this.#overdue, ending?.thrown),
    })
  }

  /** Called by the reader with how it reads. Throws an `InvalidStateError` if the run has another reader, or is over. */
  claim(reading: Reading): void {
    this.#claim.claim(reading, this.#waiters.length > 0)
    this.#unawaitSoon()
    const failure = this.failures.undecided
    if (failure === undefined || reading === 'settled') return
    if (this.isEnded) this.#ending = failure
    else this.#end(failure, failure.thrown)
  }

  /** Claims the run for one step of a loop over values. */
  claimStep(): void {
    if (!this.#claim.isStepping) this.claim('values')
  }

  /** Called when the reader stopped waiting, for now; `wake` is what it waited with. */
  stalled(wake: () => void): void {
    this.#waiters = this.#waiters.filter((one) => one !== wake)
    this.#claim.stall()
    this.#unawaitSoon()
  }

  /** True if a task's failure ends the run, given how it is read now. */
  get failureEnds(): boolean {
    return this.failures.isFatal(this.#claim.reading)
  }

  get isEnded(): boolean {
    return this.#state.phase === 'ended'
  }

  start(): void {
    if (this.#state.phase !== 'new') return
    this.#state = { phase: 'preparing' }
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
    this.context
      .run(() => prepareRun(this, this.#host, this.#plan))
      .then((ready) => this.#begin(ready))
      .catch((thrown: unknown) => this.#end({ thrown }, thrown))
  }

  addObserver(observer: InnerObserver<Printed>): void {
    this.observers = [...this.observers, observer]
  }

  onEnd(callback: () => void): void {
    if (this.isEnded) callback()
    else this.#onEnd.push(callback)
  }

  /** Calls `wake` when there are outcomes, or the run is over. */
  wait(wake: () => void): void {
    if (this.reorderBuffer.waiting > 0 || this.isEnded) return wake()
    this.#waiters.push(wake)
    if (!this.#isAwaited) this.#await(true)
  }

  /** Returns, once, the error that the run ends with; undefined if it ended well. */
  takeEnding(): Ending | undefined {
    this.#claim.finish()
    const { reading } = this.#claim
    const ending = this.#ending ?? (reading === 'settled' ? undefined : this.failures.takeBatchError())
    this.#ending = undefined
    // A reader that left its loop or cancelled gets no error; but an incomplete array must not look complete.
    return this.#quiet && reading !== 'array' ? undefined : ending
  }

  /** Stops everything and drops finished outcomes. With `quiet` only a reader that awaits the array gets the reason. */
  cancel(reason: unknown, quiet: boolean): void {
    if (this.#claim.reading !== undefined) this.#claim.finish()
    if (this.isEnded) return
    this.#quiet = quiet
    this.#end({ thrown: reason }, reason)
    // Only after the run has ended: room in the window would make the source read more inputs.
    this.reorderBuffer.takeAll()
  }

  halt(mode: HaltMode, why: string, by?: RunStats['endedBy']): void {
    this.#endedBy ??= by
    if (!this.isEnded && this.#parts !== undefined) this.#parts.halt(mode, why)
    else this.cancel(new DOMException(why, 'AbortError'), true)
  }

  /** Called when nothing will read the run: its error, if it is awaited all the same, is no unhandled one. */
  abandon(): void {
    for (const callback of this.#onAbandoned) callback()
  }

  onAbandoned(callback: () => void): void {
    this.#onAbandoned.push(callback)
  }

  /** Called when the pool is terminated: the reader gets the finished outcomes, then the reason as an error. */
  abort(reason: unknown): void {
    this.#end({ thrown: reason }, reason)
  }

  /** Ends the run with an error; if it has ended already, the reader still gets the error. */
  fail(thrown: unknown): void {
    if (this.isEnded) this.#ending ??= { thrown }
    else this.#end({ thrown }, thrown)
  }

  /** The steps that its function is made of, known when the first value has come. */
  get steps(): StepsOfTask | undefined {
    return this.#parts?.steps
  }

  stats(): RunStats {
    const parts = this.#parts
    const started = this.#state.phase !== 'new'
    return Object.freeze({
      done: parts?.counts.done ?? 0,
      cached: parts?.counts.cached ?? 0,
      failed: parts?.counts.failed ?? 0,
      retried: parts?.retried ?? 0,
      running: parts?.running ?? 0,
      waiting: this.reorderBuffer.waiting,
      read: parts?.read ?? 0,
      endedBy: this.#endedBy,
      elapsedMs: started ? (this.#endedAt || performance.now()) - this.#startedAt : 0,
    })
  }

  /** Asks the workers which tasks run. */
  async runningTasks(): Promise<RunningTask[]> {
    return (await this.#parts?.runningTasks()) ?? []
  }

  get #parts(): AssembledRun | undefined {
    return 'parts' in this.#state ? this.#state.parts : undefined
  }

  #begin(ready: ReadyRun): void {
    // The run ended while it was prepared.
    if (this.isEnded) return
    this.ref = { ...this.ref, name: ready.prepared.name }
    const parts = assemble(this, ready)
    this.#state = { phase: 'running', parts }
    const { progress } = this.settings
    if (progress !== false) this.addObserver(this.#progressObserver(progress, parts))
    this.#tellStart(parts)
    if (!this.#isAwaited) parts.await(false)
    parts.start()
  }

  /** Stops at a failure: the run ends as soon as the outcomes before the failure are handed on. */
  #drain(): void {
    const { failures } = this
    if (this.#state.phase === 'running' && failures.fatal !== undefined)
      this.#state = { phase: 'draining', parts: this.#state.parts, ending: failures.fatal }
  }

  #ready(): void {
    if (this.#state.phase === 'draining') this.#end(this.#state.ending, this.#state.ending.thrown)
    else this.#wakeReaders()
  }

  #end(ending: Ending | undefined, reason: unknown): void {
    if (this.isEnded) return
    const parts = this.#parts
    this.#state = { phase: 'ended', parts }
    this.#endedAt = performance.now()
    this.#ending = ending
    parts?.release(reason)
    this.#tellEnd(ending)
    for (const callback of this.#onEnd) callback()
    this.#wakeReaders()
  }

  #wakeReaders(): void {
    if (this.#waiters.length === 0) return
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
    this.#unawaitSoon()
  }

  /** A run that no one reads does not keep the process alive. A reader may wait again at once. */
  #unawaitSoon(): void {
    if (this.#isLingering || this.isEnded) return
    this.#isLingering = true
    setTimeout(() => {
      this.#isLingering = false
      if (this.#waiters.length === 0 && this.#isAwaited) this.#await(false)
    }, LINGER_MS).unref()
  }

  #await(isAwaited: boolean): void {
    this.#isAwaited = isAwaited
    if (this.isEnded) return
    this.#parts?.await(isAwaited)
    if (isAwaited) this.#deadlineTimer?.ref()
    else this.#deadlineTimer?.unref()
  }

  #watchDeadline(): void {
    const { deadline = Infinity } = this.settings
    if (deadline === Infinity) return
    const dueAt = performance.now() + deadline
    const look = (): void => {
      const left = dueAt - performance.now()
      if (left > 1) return wait(left)
      const error = new TimeoutError(`the run's deadline of ${deadline} ms is over`, deadline)
      this.#endedBy ??= 'deadline'
      const parts = this.#parts
      if (parts === undefined) return this.#end({ thrown: error }, error)
      if (!parts.isRead) this.#overdue = { thrown: error }
      parts.halt('now', error.message)
    }
    const wait = (ms: number): void => {
      this.#deadlineTimer = setTimeout(look, timerDelay(ms))
      if (!this.#isAwaited) this.#deadlineTimer.unref()
    }
    wait(deadline)
    this.#onEnd.push(() => clearTimeout(this.#deadlineTimer))
  }

  #tellStart(parts: AssembledRun): void {
    const observers = new Observers(this.observers, this.context)
    this.#told = observers
    const { ref: run } = this
    const { backend, maxWorkers: workers, total, functions, edges } = parts
    observers.tell('runStarted', { run, at: epochNow(), backend, workers, total, functions, edges })
    if (!observers.hears('sample')) return
    const timer = setInterval(() => this.#tellSample(parts), SAMPLE_MS).unref()
    this.#onEnd.push(() => clearInterval(timer))
  }

  #tellSample({ memories }: AssembledRun): void {
    const { ref: run } = this
    const { running, waiting, read } = this.stats()
    const rss = process.memoryUsage.rss()
    this.#told?.tell('sample', { run, at: epochNow(), running, waiting, read, workers: memories(), rss })
  }

  #tellEnd(ending: Ending | undefined): void {
    const parts = this.#parts
    if (parts === undefined || this.#told === undefined) return
    if (this.#told.hears('sample')) this.#tellSample(parts)
    const { done, cached, failed, retried, endedBy } = this.stats()
    const { cache } = parts
    const end = { run: this.ref, at: epochNow(), done, cached, failed, cache, retried, endedBy, error: ending?.thrown }
    this.#told.tell('runEnded', end)
  }

  /** Shows the progress, from the start of the run to its end. */
  #progressObserver(option: Exclude<ProgressOption, false>, parts: AssembledRun): InnerObserver<Printed> {
    const shownOption = typeof option === 'function' ? guarded(option, (thrown) => this.fail(thrown)) : option
    let shown: ShownProgress | undefined
    return {
      runStarted: ({ run }) => {
        const source = { stats: () => this.stats(), total: () => parts.total }
        shown = showProgress(shownOption, source, run.name, parts.workers)
        this.print = shown.print
      },
      runEnded: () => shown?.stop(),
    }
  }
}
