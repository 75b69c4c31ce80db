import { contentDigest } from '../../task/canonical/canonical-hash.ts'
import type { CallContext, CallContexts } from '../../util/caller-context.ts'
import { messageOf } from '../../util/message-of.ts'
import { decode } from '../../wire/codec/decode.ts'
import { inOwnRealm } from '../../wire/codec/own-realm.ts'
import type { Special } from '../../wire/codec/special.ts'
import { type BatchFrame, inputCount, KEY_BYTES, type WorkerPort } from '../../wire/protocol/frames.ts'
import type { RowContents } from '../../wire/protocol/row-columns.ts'
import type { LoadedFunction } from '../functions/loaded-function.ts'
import type { HalfCharacters } from '../process/half-characters.ts'
import type { RemoteCacheClient } from '../remote-cache-client.ts'
import { AbortControl, TaskHandle } from '../scope/task-handle.ts'
import { TaskSteps } from '../scope/task-steps.ts'
import { nested, TracedContext } from '../scope/traced-context.ts'
import type { WorkerContext } from '../worker-context.ts'
import type { BatchGroup } from './batch-group.ts'
import { UnreadableInput } from './encode-outcome.ts'
import { Outbox } from './outbox.ts'
import { RowInputs } from './row-inputs.ts'

/** A batch that a worker has received and not finished. */
export class RunningBatch {
  readonly id: number
  readonly slot: number
  /** The batches of its run that are here. */
  readonly group: BatchGroup<RunningBatch>
  readonly concurrency: number
  readonly length: number
  /** Each input is the list of arguments. */
  readonly spread: boolean
  /** Results may wait for its end. */
  readonly isPatient: boolean
  outbox: Outbox
  /** Items that wait for a promise. */
  running = 0
  /** True if one of its tasks returned a promise. */
  waited = false
  /** True if nothing is left to claim. */
  exhausted = false
  /** Incomplete characters of items that write bytes. */
  halves: HalfCharacters | undefined
  /** Groups of the console that items have open. */
  groups: Map<number, number> | undefined
  readonly #frame: BatchFrame
  readonly #context: WorkerContext
  /** The context of its run's span, if that is traced. */
  readonly #traced: CallContext | undefined
  /** Its inputs, if they are rows. */
  readonly #rows: RowInputs | undefined
  readonly #specials: Map<number, readonly Special[]> | undefined
  /** Content keys of inputs. */
  #keys: Uint8Array | undefined
  #functions: LoadedFunction | ReadonlyMap<number, LoadedFunction> | undefined
  /** The steps of items that have any. */
  #steps: Map<number, TaskSteps> | undefined
  /** Handles of items that asked for theirs, or were aborted. */
  #tasks: Map<number, { readonly handle: TaskHandle; readonly control: AbortControl }> | undefined

  constructor(frame: BatchFrame, context: WorkerContext, group: BatchGroup<RunningBatch>) {
    this.id = frame.id
    this.slot = frame.slot
    this.group = group
    this.concurrency = frame.concurrency
    this.#rows = 'rows' in frame.inputs ? new RowInputs(frame.inputs) : undefined
    this.length = inputCount(frame)
    this.spread = frame.spread
    this.isPatient = frame.isPatient === true
    this.#traced = frame.trace && new TracedContext(frame.trace)
    this.outbox = new Outbox(frame.id, this.length)
    this.outbox.isUnread = this.isUnread
    this.#frame = frame
    this.#context = context
    const specials = 'rows' in frame.inputs ? undefined : frame.inputs.specials
    this.#specials = specials === undefined ? undefined : new Map(specials)
  }

  /** The span that spans of its tasks are children of, as a W3C header. */
  get traceparent(): string | undefined {
    return this.#frame.trace?.traceparent
  }

  /** The context to call an item in: that of its caller, and in it that of its run's span. */
  contextOf(contexts: CallContexts | undefined, item: number): CallContext | undefined {
    return nested(contexts?.ofItem(this.id, item), this.#traced)
  }

  /** The functions that its items call. */
  get functionIds(): readonly number[] {
    return this.#frame.fns === undefined ? [this.#frame.fn] : [...new Set(this.#frame.fns)]
  }

  /** The connection to its host. */
  get port(): WorkerPort {
    return this.#context.port
  }

  /** The client for results that its host stores. */
  get remoteCache(): RemoteCacheClient {
    return this.#context.remoteCache
  }

  get loaded(): boolean {
    return this.#functions !== undefined
  }

  /** Settles when its rows have been read from their file; undefined if nothing has to be read. */
  get reading(): Promise<void> | undefined {
    return this.#rows?.areRead === false ? this.#rows.reading : undefined
  }

  /** True if its rows could not be read in their file: the host has to send them. */
  get isUnread(): boolean {
    return this.#rows?.isUnread === true
  }

  /** Gives memory back: all its items have their outcomes. */
  release(): void {
    this.#rows?.release()
  }

  /** Binds the functions that it calls. Returns false if not all are loaded. */
  bind(functions: ReadonlyMap<number, LoadedFunction>): boolean {
    if (this.#frame.fns === undefined) {
      const fn = functions.get(this.#frame.fn)
      if (fn === undefined) return false
      this.#functions = fn
      if (fn.asText) this.outbox = new Outbox(this.id, this.length, true)
      return true
    }
    const ids = this.functionIds
    if (!ids.every((id) => functions.has(id))) return false
    // The batch keeps them: a function may be unloaded while it runs.
    this.#functions = new Map(ids.map((id) => [id, functions.get(id) as LoadedFunction]))
    return true
  }

  fn(item: number): LoadedFunction {
    const fns = this.#frame.fns
    if (fns === undefined) return this.#functions as LoadedFunction
    return (this.#functions as ReadonlyMap<number, LoadedFunction>).get(fns[item] as number) as LoadedFunction
  }

  /** True if some of its functions are called with several inputs. */
  get hasBundles(): boolean {
    const functions = this.#functions
    if (functions === undefined || !('values' in functions)) return functions?.bundle !== undefined
    for (const { bundle } of functions.values()) if (bundle !== undefined) return true
    return false
  }

  /** Returns the item after the last one of the call that has a first one. */
  endOfCall(first: number): number {
    const { id, bundle } = this.fn(first)
    const most = Math.min(this.length, first + (bundle?.size ?? 1))
    const { fns } = this.#frame
    if (fns === undefined) return most
    let end = first + 1
    while (end < most && fns[end] === id) end++
    return end
  }

  /** Returns the indexes of all inputs of a call; of the item alone, if its function is not called with several. */
  indexesOfCall(first: number): readonly number[] {
    return Array.from({ length: this.endOfCall(first) - first }, (_, i) => this.index(first + i))
  }

  /** Returns an input. @throws {UnreadableRow} if it is a row that cannot be parsed. */
  input(item: number): unknown {
    const { inputs } = this.#frame
    if ('rows' in inputs) return (this.#rows as RowInputs).value(item)
    const value = inputs.values[item]
    const specials = this.#specials?.get(item)
    if (specials === undefined) return value
    return this.#decode(value, specials, item)
  }

  /**
   * Returns the input as it arrived, any number of times. If nothing is copied, returns the input in its present state.
   */
  inputCopy(item: number): unknown {
    const { inputs } = this.#frame
    if ('rows' in inputs) return this.input(item)
    const { values } = inputs
    if (this.fn(item).results === undefined || typeof values[item] !== 'object') return this.input(item)
    const specials = this.#specials?.get(item)
    const copy = inOwnRealm(structuredClone({ value: values[item], specials }))
    return copy.specials === undefined ? copy.value : this.#decode(copy.value, copy.specials, item)
  }

  /** Makes the content key of an input, before its task may change it. */
  noteKey(item: number, input: unknown): void {
    this.#keys ??= new Uint8Array(this.length * KEY_BYTES)
    this.#keys.set(contentDigest(input).subarray(0, KEY_BYTES), item * KEY_BYTES)
  }

  /** The keys of all inputs, those of items that have not begun excepted; undefined if they were not asked for. */
  get keys(): Uint8Array | undefined {
    return this.#rows?.keys ?? this.#keys
  }

  /** Returns rows as bytes, if they stay in their file; undefined for other inputs. */
  get contentsOf(): ((offsets: readonly number[]) => RowContents) | undefined {
    return this.#rows?.contentsOf
  }

  /** Returns the handle of an item, for `currentTask()`. */
  task(item: number): TaskHandle {
    return this.#task(item).handle
  }

  /** Tells an item that it is no longer wanted. */
  abort(item: number, reason: unknown): void {
    this.stepsOf(item)?.stop(reason)
    this.#task(item).control.abort(reason)
  }

  /**
   * Returns the steps of an item, for the code that runs them. That code may belong to another copy of this package,
   * and finds them through the scope.
   */
  steps(item: number, lane: number): TaskSteps {
    this.#steps ??= new Map()
    let steps = this.#steps.get(item)
    if (steps === undefined) {
      const { beacon } = this.#context
      steps = new TaskSteps((step) => beacon.step(lane, this.slot, item, step))
      this.#steps.set(item, steps)
    }
    return steps
  }

  /** Returns the steps of an item, if it has any. */
  stepsOf(item: number): TaskSteps | undefined {
    return this.#steps?.get(item)
  }

  /** Returns the index of an input in its run. */
  index(item: number): number {
    const { indexes } = this.#frame
    return typeof indexes === 'number' ? indexes + item : (indexes[item] as number)
  }

  /** Returns true if a failure of the item ends its run. */
  isFatal(item: number): boolean {
    const { fatal } = this.#frame
    return fatal === true || fatal?.includes(item) === true
  }

  attempt(item: number): number {
    return this.#frame.attempts?.[item] ?? 1
  }

  #task(item: number): { readonly handle: TaskHandle; readonly control: AbortControl } {
    this.#tasks ??= new Map()
    let task = this.#tasks.get(item)
    if (task === undefined) {
      const control = new AbortControl()
      task = { handle: new TaskHandle(this, item, this.#context, control), control }
      this.#tasks.set(item, task)
    }
    return task
  }

  #decode(value: unknown, specials: readonly Special[], item: number): unknown {
    try {
      return decode(value, specials, this.fn(item))
    } catch (error) {
      throw new UnreadableInput(messageOf(error))
    }
  }
}
