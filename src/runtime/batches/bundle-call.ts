import { resultsOf } from '../../task/bundle.ts'
import type { AroundCall } from '../../task/task-call.ts'
import { isThenable } from '../../util/callbacks.ts'
import type { Beacon } from '../../wire/protocol/beacon.ts'
import type { LoadedFunction } from '../functions/loaded-function.ts'
import { inputOf } from './call-input.ts'
import { encodeCallFailure, encodeFailure, encodeResult } from './encode-outcome.ts'
import type { RunningBatch } from './running-batch.ts'

/** One call of a function with several inputs of a batch. */
export class BundleCall {
  readonly batch: RunningBatch
  readonly first: number
  readonly end: number
  readonly #fn: LoadedFunction
  readonly #around: AroundCall | undefined
  readonly #inputs: unknown[] = []
  /** The values that were thrown when inputs were read, by their items: these are not in the call. */
  readonly #unreadable = new Map<number, unknown>()

  /** `around`: the wrapper of calls, which may make them again. */
  constructor(batch: RunningBatch, first: number, fn: LoadedFunction, around?: AroundCall) {
    this.batch = batch
    this.first = first
    this.end = batch.endOfCall(first)
    this.#fn = fn
    this.#around = around
    for (let item = first; item < this.end; item++) {
      try {
        this.#inputs.push(this.#inputAt(item))
      } catch (thrown) {
        this.#unreadable.set(item, thrown)
      }
    }
  }

  /** Calls the function. The outcome, or the promise of it, is a {@link BundleOutcome}. */
  static run(call: unknown): unknown {
    return (call as BundleCall).#run()
  }

  #run(): unknown {
    const inputs = this.#inputs
    const { length } = inputs
    if (length === 0) return this.#outcome([])
    const returned = this.#around === undefined ? this.#fn.invoke(inputs) : this.#invokeAround(this.#around)
    // The function may have changed the array of its inputs.
    if (isThenable(returned)) return returned.then((results) => this.#outcome(resultsOf(results, length)))
    return this.#outcome(resultsOf(returned, length))
  }

  #invokeAround(around: AroundCall): unknown {
    const { batch, first } = this
    const { name, invoke, locate, mapStack } = this.#fn
    const copies = (): unknown[] =>
      Array.from({ length: this.end - first }, (_, i) => first + i)
        .filter((item) => !this.#unreadable.has(item))
        .map((item) => batch.inputCopy(item))
    const about = { name, index: batch.index(first), attempt: batch.attempt(first), input: copies, locate, mapStack }
    return around(() => invoke(copies()), about)
  }

  #outcome(results: ArrayLike<unknown>): BundleOutcome {
    return { results, unreadable: this.#unreadable }
  }

  #inputAt(item: number): unknown {
    if (this.#around !== undefined) return this.batch.inputCopy(item)
    const input = inputOf(this.batch, item, this.#fn)
    if (!this.batch.spread) return input
    const [only, ...others] = input as readonly unknown[]
    if (others.length === 0) return only
    throw new TypeError(`batched: expected one argument, got ${others.length + 1}. Put them into one object or array`)
  }
}

/** The results of a call: those of the inputs that could be read. */
export interface BundleOutcome {
  readonly results: ArrayLike<unknown>
  readonly unreadable: ReadonlyMap<number, unknown>
}

/** Encodes the outcomes of a call. `each` is called after each of them. Returns true if one ends the run. */
export function encodeBundle(
  batch: RunningBatch,
  first: number,
  fn: LoadedFunction,
  beacon: Beacon,
  outcome: unknown,
  failed: boolean,
  each: (succeeded: boolean) => void,
): boolean {
  const end = batch.endOfCall(first)
  if (failed) return encodeFailed(batch, first, end, fn, outcome, each)
  const { results, unreadable } = outcome as BundleOutcome
  const { outbox } = batch
  let isFatal = false
  let next = 0
  for (let item = first; item < end; item++) {
    const succeeded = unreadable.has(item)
      ? failedAlone(batch, item, fn, unreadable.get(item))
      : encodeOne(batch, item, fn, beacon, results, next++)
    if (!succeeded) outbox.isShown = false
    isFatal ||= !succeeded && batch.isFatal(item)
    each(succeeded)
  }
  return isFatal
}

function encodeOne(
  batch: RunningBatch,
  item: number,
  fn: LoadedFunction,
  beacon: Beacon,
  results: ArrayLike<unknown>,
  at: number,
): boolean {
  try {
    const result = results[at]
    if (result instanceof Error) return failedAlone(batch, item, fn, result)
    if (fn.asText || !beacon.stage(batch.slot, item, result)) batch.outbox.isShown = false
    return encodeResult(batch.outbox, item, fn, result)
  } catch (thrown) {
    // A faulty result may throw only when it is read.
    return failedAlone(batch, item, fn, thrown)
  }
}

function failedAlone({ outbox }: RunningBatch, item: number, fn: LoadedFunction, thrown: unknown): false {
  encodeFailure(outbox, item, fn, thrown)
  return false
}

/** A call that threw is one failure. Its host finds out whose it is, unless it had one input. */
function encodeFailed(
  batch: RunningBatch,
  first: number,
  end: number,
  fn: LoadedFunction,
  thrown: unknown,
  each: (succeeded: boolean) => void,
): boolean {
  const { outbox } = batch
  outbox.isShown = false
  const count = end - first
  let isFatal = false
  for (let item = first; item < end; item++) {
    if (item > first) outbox.unsent(item)
    else if (count === 1) encodeFailure(outbox, item, fn, thrown)
    else encodeCallFailure(outbox, item, count, fn, thrown)
    isFatal ||= (count === 1 || fn.bundle?.split === false) && batch.isFatal(item)
    each(false)
  }
  return isFatal
}
