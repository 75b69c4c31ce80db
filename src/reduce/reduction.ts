import { TaskAbortedError, TaskError, TaskTimeoutError } from '../errors/task-errors.ts'
import type { Chunk } from '../pool/jobs/chunk.ts'
import { ItemChunk } from '../pool/jobs/item-chunk.ts'
import { Item } from '../pool/jobs/item.ts'
import type { Addressed, Ending, Sink, Source, SourcePort } from '../pool/jobs/ports.ts'
import { failureOf, stateOf } from '../pool/outcomes/task-failure.ts'
import { allowsRetry, NO_RETRIES, retryDelay, type TaskPolicy } from '../task/failure-policy.ts'
import { Fifo } from '../util/fifo.ts'
import { timerDelay } from '../util/time.ts'
import { callOf, type Purpose } from './call-purpose.ts'
import { batchError, failedInputs, inputError, isDeath, partError } from './input-errors.ts'
import { ArrayReader } from './inputs/array-reader.ts'
import type { StretchReader } from './inputs/stretch-reader.ts'
import type { Place, Stretch } from './inputs/stretch.ts'
import { MergeTree } from './merge-tree.ts'
import type { ReductionOptions } from './reduction-options.ts'
import type { Segments } from './segments.ts'
import { unpack } from './worker/accumulators.ts'
import { type AddResult, type Missing, type Packed, PARTS } from './worker/messages.ts'

/** Calls whose inputs take longer than this on average, in milliseconds, tell of each input that begins. */
const WATCHED_MS = 0.005

/**
 * The calls of a reduction: stretches of inputs are added, and accumulators combined, until one is left.
 *
 * The inputs of a stretch stay here until their accumulator has come. A call whose worker died is made again, so each
 * input counts once. Accumulators stay packed.
 */
export class Reduction implements Source, Sink {
  done = 0
  readonly #options: ReductionOptions
  readonly #policy: TaskPolicy
  readonly #reader: StretchReader | ArrayReader
  readonly #tree: MergeTree
  readonly #merges = new Fifo<Purpose>()
  /** Stretches that are added again. */
  readonly #again = new Fifo<Purpose>()
  readonly #delayed = new Set<NodeJS.Timeout>()
  readonly #failed: TaskError[] = []
  #job!: SourcePort
  #target!: Sink
  #sequence = 0
  /** Stretches that were taken and are not added yet. */
  #adding = 0
  #hasBegun = false
  #isOver = false

  constructor(options: ReductionOptions, reader: StretchReader | ArrayReader) {
    this.#options = options
    this.#reader = reader
    this.#tree = new MergeTree((merge) => this.#merges.push({ kind: 'combine', merge, deaths: 0 }))
    // Failures, deaths and times of inputs are counted here: a call stands for many of them.
    this.#policy = { timeout: undefined, retries: NO_RETRIES, workerDeaths: 0, priority: options.priority }
  }

  get failed(): number {
    return this.#failed.length
  }

  attach(job: SourcePort): void {
    this.#job = job
  }

  /** Sets the sink that takes the result. */
  to(target: Sink): this {
    this.#target = target
    return this
  }

  /** Called when the reader has something, or has come to its end. */
  wake(): void {
    this.#noteEnd()
    this.#job.wake()
  }

  get exhausted(): boolean {
    return this.#isOver
  }

  get empty(): boolean {
    const { segments } = this.#options
    if (segments !== undefined) return this.#again.length === 0 && segments.isEmpty
    return this.#merges.length === 0 && this.#again.length === 0 && this.#reader.isExhausted && this.#hasBegun
  }

  remaining(): number | undefined {
    return this.#reader.isExhausted ? this.#merges.length + this.#again.length : undefined
  }

  suits(worker: object): boolean {
    return this.#again.length > 0 || (this.#options.segments?.suits(worker) ?? true)
  }

  take(max: number, worker?: object): Chunk | undefined {
    if (this.#isOver) return undefined
    if (this.#options.segments !== undefined) return this.#takeAt(this.#options.segments, worker)
    const merges: Item[] = []
    while (merges.length < max && this.#merges.length > 0) merges.push(this.#item(this.#merges.shift() as Purpose))
    if (merges.length > 0) return new ItemChunk(merges)
    const again = this.#again.shift()
    if (again !== undefined) return new ItemChunk([this.#item(again)])
    const { sizer, mostAtFirst } = this.#options
    if (sizer.isGrowing && this.#adding >= mostAtFirst) return undefined
    const stretch = this.#next()
    // Two accumulators of earlier runs may be neighbours.
    if (stretch === undefined && this.#merges.length > 0) return this.take(max)
    if (stretch !== undefined) this.#adding++
    return stretch && new ItemChunk([this.#item({ kind: 'add', stretch })])
  }

  /** Takes a call for a worker, of inputs of an array: it goes on where it is, or helps another. */
  #takeAt(segments: Segments, worker: object | undefined): Chunk | undefined {
    const again = this.#again.shift()
    // The accumulator that its worker kept is gone, or was changed.
    if (again !== undefined) return new ItemChunk([this.#item(again, undefined, worker)])
    if (segments.isAtWork(worker)) return undefined
    const own = segments.ownOf(worker)
    const pair = own === undefined ? segments.takePair(worker) : undefined
    if (pair !== undefined) {
      const at = { ...pair, keep: segments.newId() }
      return new ItemChunk([this.#item({ kind: 'combine', at, deaths: 0 }, worker, worker)])
    }
    const a = own ?? segments.another(this.#options.sizer.least)
    const stretch = a && this.#ready((this.#reader as ArrayReader).takeFrom(a))
    if (a === undefined || stretch === undefined) return undefined
    a.isBusy = true
    return new ItemChunk([this.#item({ kind: 'add', stretch, at: { a, keep: segments.newId() } }, worker, worker)])
  }

  #next(): Stretch | undefined {
    const reader = this.#reader as StretchReader
    let stretch = reader.take()
    while (stretch?.kept !== undefined) {
      this.#hasBegun = true
      this.#accumulated(stretch.place, stretch.kept)
      stretch = reader.take()
    }
    if (this.#reader.error !== undefined) {
      this.#noteEnd()
      return undefined
    }
    if (stretch === undefined && reader.isExhausted && !this.#hasBegun) stretch = reader.nothing()
    if (stretch !== undefined) this.#hasBegun = true
    this.#noteEnd()
    return this.#ready(stretch)
  }

  /** Makes a stretch ready to be sent. Returns undefined if the run ends instead. */
  #ready(stretch: Stretch | undefined): Stretch | undefined {
    if (this.#reader.error !== undefined) this.#noteEnd()
    if (stretch === undefined) return undefined
    for (const refused of stretch.left.values()) if (!this.#mayLeave(refused)) return undefined
    const { sizer, timeout, workerDeaths } = this.#options
    if (timeout !== undefined || workerDeaths === 0 || sizer.msPerInput === 0 || sizer.msPerInput > WATCHED_MS)
      stretch.watchAll()
    return stretch
  }

  /**
   * Looks whether all inputs were read. Then all leaves are known, and accumulators that wait for a neighbour that will not
   * come go up.
   */
  #noteEnd(): void {
    const { error, isExhausted, leaves } = this.#reader
    if (error !== undefined) return this.#fail(error.thrown)
    if (this.#options.segments !== undefined) return
    if (!isExhausted || !this.#hasBegun) return
    this.#tree.close(leaves)
    if (this.#tree.root !== undefined) queueMicrotask(() => this.#finish())
  }

  /** `keeper` is the worker that has kept what the call needs, if it did, and `worker` the one that gets the call. */
  #item(tag: Purpose, keeper?: object, worker?: object): Item {
    const { fn } = this.#options
    const isAdd = tag.kind === 'add'
    const call = callOf(tag, keeper)
    if (tag.at !== undefined) tag.at.a.holder = worker
    const item = new Item({
      index: isAdd ? tag.stretch.index(0) : 0,
      sequence: this.#sequence++,
      input: isAdd ? tag.stretch.input(0) : undefined,
      value: call,
      specials: undefined,
      bytes: isAdd ? tag.stretch.bytes : 0,
      spread: false,
      transfer: undefined,
      fn,
      policy: this.#policy,
    })
    item.tag = tag
    return item
  }

  stop(): void {
    this.#reader.stop()
    for (const timer of this.#delayed) clearTimeout(timer)
    if (this.#isOver || !this.#job.open) return
    // The run starts no more tasks, so there will be no result.
    this.#isOver = true
    const why = new TaskAbortedError(
      failureOf(this.#item({ kind: 'add', stretch: this.#reader.nothing() })),
      'the run was halted before all inputs were added',
    )
    queueMicrotask(() => this.#options.run.fail(why))
  }

  fulfil(chunk: Addressed, offset: number, value: unknown): void {
    const purpose = chunk.tag(offset) as Purpose
    if (this.#isOver) return
    this.#options.run.reorderBuffer.completedAt = performance.now()
    if ('isMissing' in (value as Packed | AddResult | Missing)) this.#again.push(purpose)
    else if (purpose.kind === 'add') this.#added(purpose, value as AddResult)
    else if (purpose.merge !== undefined) this.#accumulated(purpose.merge.place, value as Packed)
    else {
      this.#options.segments?.combined(purpose.at, purpose.at.keep, value as Packed)
      this.#finish()
    }
  }

  #added(purpose: Purpose & { readonly kind: 'add' }, result: AddResult): void {
    const { stretch, at } = purpose
    if (stretch.deaths.survived()) return this.#again.push(purpose)
    const { accumulator, left, worker, packMs, ms } = result
    const { sizer, classes, fn, timeout, segments, listener } = this.#options
    this.#adding--
    sizer.observe(stretch.count, ms, packMs)
    for (const [offset, error] of failedInputs(left, { stretch, classes, fn, worker, timeout }))
      stretch.left.set(offset, error)
    this.#failed.push(...stretch.left.values())
    this.done += stretch.count - stretch.left.size
    this.#reader.settled(stretch)
    for (const error of stretch.left.values()) listener?.failed(error)
    listener?.added(stretch, result, this.done)
    if (at === undefined) return this.#accumulated(stretch.place, accumulator)
    segments?.added(at.a, at.keep, accumulator)
    this.#finish()
  }

  #accumulated(place: Place, packed: Packed): void {
    this.#tree.add(place, packed)
    if (this.#tree.root !== undefined) this.#finish()
  }

  #finish(): void {
    const root = this.#options.segments?.root ?? this.#tree.root
    if (root === undefined || this.#isOver) return
    this.#isOver = true
    const { run, classes, mode, isSettled } = this.#options
    this.#failed.sort((a, b) => a.task.index - b.task.index)
    let value: unknown
    try {
      value = unpack(root, classes)
    } catch (thrown) {
      return run.fail(thrown)
    }
    if (mode === 'collect' && !isSettled && this.#failed.length > 0)
      return run.fail(batchError(this.#failed, value, this.#reader.read))
    run.window.enter(0)
    const result = isSettled ? { value, failed: this.#failed } : value
    const chunk = { index: () => 0, sequence: () => 0, bytes: () => 0, tag: () => undefined }
    this.#target.fulfil(chunk, 0, result, 0)
    this.#target.flush()
    this.#job.wake()
  }

  reject(item: Item, error: unknown): void {
    if (this.#isOver) return
    // An error that is not a task's fails the job as a whole.
    if (!(error instanceof TaskError)) return
    const purpose = item.tag as Purpose
    const part = PARTS.find((name) => name === error.step)
    if (part !== undefined) this.#fail(partError(error, part, item))
    else if (error instanceof TaskAbortedError) this.#fail(error)
    else if (purpose.kind === 'combine') this.#combineFailed(purpose, error)
    else this.#addFailed(purpose, error)
  }

  #combineFailed(purpose: Purpose & { readonly kind: 'combine' }, error: TaskError): void {
    if (!isDeath(error) || ++purpose.deaths > this.#options.workerDeaths) this.#fail(error)
    else this.#again.push(purpose)
  }

  #addFailed(purpose: Purpose & { readonly kind: 'add' }, error: TaskError): void {
    if (isDeath(error)) return this.#died(purpose, error)
    const { stretch } = purpose
    const { retries } = this.#options
    if (error instanceof TaskTimeoutError && stateOf(error) === undefined) {
      // The host noticed it: the input did not return.
      const at = stretch.offsetOf(error.step)
      if (at === undefined) return this.#fail(error)
      const failures = (stretch.failures.get(at) ?? 0) + 1
      stretch.failures.set(at, failures)
      const own = this.#inputError(stretch, at, error, failures)
      if (failures > retries.times || !this.#mayRetry(own)) return this.#inputFailed(purpose, at, error, failures)
      return this.#addLater(purpose, retryDelay(retries, failures + 1))
    }
    // What an input threw comes with its offset as the step.
    const offset = Number(error.step)
    if (!Number.isInteger(offset)) return this.#fail(error)
    const { attempts } = (stateOf(error) ?? { attempts: 1 }) as { attempts: number }
    this.#inputFailed(purpose, offset, error, attempts)
  }

  /** An input is charged only for deaths that it is known to have caused. Others are bounded more widely. */
  #died(purpose: Purpose & { readonly kind: 'add' }, error: TaskError): void {
    const { stretch } = purpose
    const { deaths } = stretch
    const { workerDeaths } = this.#options
    const at = deaths.died(stretch.offsetOf(error.step), () => stretch.offsets())
    if (at === undefined && deaths.unseen > 2 * workerDeaths + 3) return this.#fail(error)
    const charged = at === undefined ? 0 : deaths.charge(at)
    if (at === undefined || charged <= workerDeaths) return this.#again.push(purpose)
    deaths.found()
    this.#inputFailed(purpose, at, error, charged)
  }

  #inputFailed(purpose: Purpose & { readonly kind: 'add' }, at: number, error: TaskError, attempts: number): void {
    const own = this.#inputError(purpose.stretch, at, error, attempts)
    if (!this.#mayLeave(own)) return
    purpose.stretch.left.set(at, own)
    this.#again.push(purpose)
  }

  #inputError(stretch: Stretch, at: number, error: TaskError, attempts: number): TaskError {
    return inputError(error, { stretch, fn: this.#options.fn }, at, { attempts, timeout: this.#options.timeout })
  }

  #mayRetry(error: TaskError): boolean {
    const { retries, run } = this.#options
    try {
      return run.context.run(() => allowsRetry(retries, error))
    } catch (thrown) {
      this.#fail(thrown)
      return false
    }
  }

  #addLater(purpose: Purpose, ms: number): void {
    const timer = setTimeout(() => {
      this.#delayed.delete(timer)
      this.#again.push(purpose)
      this.#job.wake()
    }, timerDelay(ms))
    this.#delayed.add(timer)
  }

  /** Returns false if a failed input ends the run, which then ends. */
  #mayLeave(error: TaskError): boolean {
    if (this.#options.mode !== 'throw' || this.#options.isSettled) return true
    this.#fail(error)
    return false
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    if (error instanceof TaskError) this.#failed.push(error)
    queueMicrotask(() => this.#options.run.fail(error))
  }

  flush(): void {
    this.#job.wake()
  }

  end(ending: Ending | undefined): void {
    this.#target.end(ending)
  }
}
