import { TaskError, type TaskFailure, TaskTimeoutError } from '../../errors/task-errors.ts'
import type { Work } from '../../task/drive.ts'
import { allowsRetry, retryDelay } from '../../task/failure-policy.ts'
import { isStepFailure, stepFailure } from '../../task/task-call.ts'
import { isThenable } from '../../util/callbacks.ts'
import { bytesOf, isObject } from './accumulators.ts'
import { Stopped } from './call-site.ts'
import { combineNow, startNow } from './combining.ts'
import type { KeptAccumulator } from './kept-accumulators.ts'
import {
  type AddCall,
  type AddResult,
  ELSEWHERE,
  type LeftInput,
  MAX_BLOCKS,
  type Missing,
  type Packed,
  type Watch,
} from './messages.ts'
import type { Callable, ReducerData } from './parts.ts'
import { StretchInputs } from './stretch-inputs.ts'
import { OutOfTime, pause, waitFor } from './waiting.ts'
import { resultOf, type Workbench } from './workbench.ts'

/** A place to go back to: the accumulator before an input. */
interface Mark {
  readonly offset: number
  /** Undefined at the start of a grain. */
  readonly packed: Packed | undefined
}

/**
 * Adds the inputs of a stretch, each exactly once: an `add` that throws may have changed its accumulator half-way, so the
 * accumulator is made anew without it.
 *
 * With a grain each grain has an accumulator of its own. They are combined here as the tree of all grains says.
 */
export class AddingCall {
  readonly #bench: Workbench
  readonly #call: AddCall
  readonly #inputs: StretchInputs
  readonly #invoke: (accumulator: unknown, input: unknown) => unknown
  readonly #left = new Map<number, LeftInput | undefined>()
  readonly #failures: Map<number, number>
  #accumulator: unknown
  /** The input that is added now, or is the next. */
  #offset = 0
  /** The input before which the accumulator is marked; -1 for none. */
  #markAt = -1
  #mark: Mark = { offset: 0, packed: undefined }

  constructor(bench: Workbench, call: AddCall) {
    this.#bench = bench
    this.#call = call
    const { data, parts, site } = bench
    const again = data.copies && (data.leavesOut || data.retries.times > 0)
    this.#inputs = new StretchInputs(call.inputs, site.classes, again)
    this.#invoke = invoker(parts.add, data)
    this.#failures = new Map(call.failures)
    for (const offset of call.left) this.#left.set(offset, undefined)
    site.indexOf = () => this.#indexOf(this.#offset)
  }

  *run(): Work<AddResult | Missing> {
    const startedAt = performance.now()
    const { accumulators, kept, site } = this.#bench
    const { count, grain, continued } = this.#call
    const onto = continued?.onto && kept.take(continued.onto)
    if (continued?.onto !== undefined && onto === undefined) return { isMissing: true }
    // Accumulators of 1, 2, 4 … grains, the largest first. Two that have as many grains are combined.
    const roots: { readonly value: unknown; readonly grains: number }[] = []
    for (let start = 0; start === 0 || start < count; start += grain) {
      roots.push({ value: yield* this.#grain(start, Math.min(start + grain, count), onto), grains: 1 })
      while (roots.length > 1 && roots.at(-1)?.grains === roots.at(-2)?.grains) yield* this.#combineLast(roots)
    }
    while (roots.length > 1) yield* this.#combineLast(roots)
    const doneAt = performance.now()
    const accumulator = accumulators.pack(roots[0]?.value)
    const packMs = performance.now() - doneAt
    if (continued !== undefined) kept.keep(continued.keep, roots[0]?.value, accumulator)
    const { id, slot } = site.task.worker
    const left = this.#packLeft()
    return { accumulator, left, worker: { id, slot, pid: process.pid }, packMs, ms: doneAt - startedAt + packMs }
  }

  *#combineLast(roots: { readonly value: unknown; readonly grains: number }[]): Work<void> {
    const [a, b] = roots.splice(-2) as [(typeof roots)[number], (typeof roots)[number]]
    roots.push({ value: yield* combineNow(this.#bench, a.value, b.value), grains: a.grains + b.grains })
  }

  *#grain(start: number, end: number, onto: KeptAccumulator | undefined): Work<unknown> {
    this.#offset = start
    this.#mark = { offset: start, packed: onto?.packed }
    if (onto === undefined) this.#accumulator = yield* startNow(this.#bench)
    else this.#accumulator = onto.live === undefined ? this.#bench.accumulators.unpack(onto.packed) : onto.live.value
    for (;;) {
      try {
        const pending = this.#addSome(end)
        if (pending === undefined) return this.#accumulator
        this.#take(yield waitFor(this.#bench.site, pending, this.#bench.data.timeout))
      } catch (thrown) {
        if (thrown instanceof Stopped) throw thrown.reason
        if (isStepFailure(thrown)) throw thrown
        yield* this.#failed(thrown)
      }
    }
  }

  /** Adds inputs up to the first that has to be waited for. Returns undefined if all are added. */
  #addSome(end: number): PromiseLike<unknown> | undefined {
    const { watch } = this.#call
    const { timeout } = this.#bench.data
    const inputs = this.#inputs
    const invoke = this.#invoke
    const left = this.#left
    for (; this.#offset < end; this.#offset++) {
      const offset = this.#offset
      if (left.size > 0 && left.has(offset)) continue
      if (offset === this.#markAt) this.#setMark()
      if (watch !== undefined) this.#begin(watch, offset)
      const startedAt = timeout === undefined ? 0 : performance.now()
      const next = invoke(this.#accumulator, inputs.at(offset))
      if (next === this.#accumulator) continue
      if (isThenable(next)) return next
      if (timeout !== undefined && performance.now() - startedAt > timeout) throw new OutOfTime(timeout)
      this.#accumulator = resultOf(next, this.#accumulator)
    }
    return undefined
  }

  #begin({ from, stride }: Watch, offset: number): void {
    const block = Math.floor((offset - from) / stride)
    const number = block >= 0 && block < MAX_BLOCKS ? block : ELSEWHERE
    this.#bench.site.begin(number, this.#failures.get(offset) ?? 0, this.#bench.data.timeout)
  }

  #take(value: unknown): void {
    this.#accumulator = resultOf(value, this.#accumulator)
    this.#offset++
  }

  /** Counts a failure of the input at `#offset`: it is added again, left out, or fails the call. */
  *#failed(thrown: unknown): Work<void> {
    const { data, site } = this.#bench
    const offset = this.#offset
    const failures = (this.#failures.get(offset) ?? 0) + 1
    this.#failures.set(offset, failures)
    const error = thrown instanceof OutOfTime ? this.#errorOf(offset, thrown, failures) : undefined
    if (error !== undefined) site.abort(error)
    const again = failures <= data.retries.times && this.#mayRetry(offset, thrown, failures)
    const timedOut = thrown instanceof OutOfTime
    if (!again && !data.leavesOut)
      throw stepFailure({
        step: String(offset),
        thrown,
        timeout: timedOut ? thrown.limit : undefined,
        state: { attempts: failures },
      })
    if (!again) this.#left.set(offset, { offset, thrown: timedOut ? undefined : thrown, timedOut, attempts: failures })
    yield* this.#goBack(offset)
    const delay = again ? retryDelay(data.retries, failures + 1) : 0
    if (delay > 0) yield pause(site, delay)
  }

  /** Makes the accumulator as it was before an input that failed. Inputs before it may have to be added again. */
  *#goBack(offset: number): Work<void> {
    this.#inputs.renew()
    // A plain value cannot have been changed.
    if (!isObject(this.#accumulator)) return
    const { accumulators } = this.#bench
    const { packed, offset: start } = this.#mark
    this.#accumulator = packed === undefined ? yield* startNow(this.#bench) : accumulators.unpack(packed)
    this.#offset = start
    this.#markAt = accumulators.copies && offset > start ? offset : -1
  }

  #setMark(): void {
    this.#mark = { offset: this.#offset, packed: this.#bench.accumulators.pack(this.#accumulator) }
    this.#markAt = -1
  }

  #mayRetry(offset: number, thrown: unknown, attempts: number): boolean {
    const { retries } = this.#bench.data
    return retries.when === undefined || allowsRetry(retries, this.#errorOf(offset, thrown, attempts))
  }

  /** The error as the caller will see it. */
  #errorOf(offset: number, thrown: unknown, attempts: number): TaskError {
    const { task } = this.#bench.site
    const failure: TaskFailure = {
      task: {
        name: task.name,
        index: this.#indexOf(offset),
        get key() {
          return task.key
        },
      },
      input: this.#inputs.at(offset),
      attempts,
      worker: task.worker,
    }
    if (thrown instanceof OutOfTime) return new TaskTimeoutError(failure, thrown.limit)
    return new TaskError({
      ...failure,
      cause: thrown,
      remoteStack: thrown instanceof Error ? thrown.stack : undefined,
    })
  }

  #indexOf(offset: number): number {
    const { indexes } = this.#call
    return typeof indexes === 'number' ? indexes + offset : (indexes[offset] as number)
  }

  #packLeft(): Packed | undefined {
    const left = [...this.#left.values()].filter((one) => one !== undefined)
    if (left.length === 0) return undefined
    const { data, site } = this.#bench
    if (!data.copies) return { value: left }
    const encoded = left.map((one) => (one.timedOut ? one : { ...one, thrown: site.thrown(one.thrown) }))
    return { bytes: bytesOf({ value: encoded, specials: undefined, bytes: 0 }) }
  }
}

/** Returns the quickest way to add an input. */
function invoker(add: Callable, { args, spread }: ReducerData): (accumulator: unknown, input: unknown) => unknown {
  if (spread) return (accumulator, input) => add(accumulator, ...(input as unknown[]), ...args)
  if (args.length === 0) return add
  return (accumulator, input) => add(accumulator, input, ...args)
}
