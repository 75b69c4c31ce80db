import { describeValue } from '../options/describe-value.ts'
import { processWide } from '../util/own-package.ts'
import type { Bundle } from '../wire/protocol/portable.ts'
import type { Stateful } from './stateful.ts'
import type { AnyFunction } from './task-function.ts'

/** Rules by which inputs are put together for the calls of a batched function. */
export type BundleRules = Bundle

export const BATCHED_DEFAULTS: Pick<BundleRules, 'maxDelay' | 'split'> = { maxDelay: 20, split: true }

/** The function, or stateful worker, behind a batched function, and its rules. */
export interface Batched {
  readonly fn: AnyFunction | Stateful
  readonly rules: BundleRules
}

const batchedFunctions = processWide('batched', () => new WeakMap<object, Batched>())
/** Functions of arrays that a batched function calls. */
const behind = processWide('behind-batched', () => new WeakSet<object>())

/** Marks a batched function; `own` is the function or class that it calls. */
export function markBatched(one: AnyFunction, about: Batched, own: AnyFunction): void {
  batchedFunctions.set(one, about)
  behind.add(own)
}

/** Returns what is behind a batched function; undefined for any other value. */
export function batchedOf(value: unknown): Batched | undefined {
  return typeof value === 'function' ? batchedFunctions.get(value) : undefined
}

/** Makes a function that stands for another one as batched as that is. */
export function actBatchedAs(one: AnyFunction, other: AnyFunction): void {
  const about = batchedOf(other)
  if (about !== undefined) batchedFunctions.set(one, about)
}

/** Returns true for a function that a batched function calls. */
export function isBehindBatched(fn: AnyFunction): boolean {
  return behind.has(fn)
}

/**
 * Checks the results of one call with `count` inputs.
 *
 * @throws {TypeError} if they are not an array, or not as many as the inputs.
 */
export function resultsOf(results: unknown, count: number): ArrayLike<unknown> {
  const isList = Array.isArray(results) || (ArrayBuffer.isView(results) && !(results instanceof DataView))
  if (!isList) {
    const expected = count === 1 ? 'an array of 1 result' : `an array of ${count} results`
    throw new TypeError(`batched: expected the function to return ${expected}, got ${describeValue(results)}`)
  }
  const list = results as ArrayLike<unknown>
  if (list.length === count) return list
  throw new TypeError(
    `batched: expected as many results as inputs, got ${list.length} results for ${count} ${count === 1 ? 'input' : 'inputs'}. ` +
      'Return an Error in the place of an input that fails',
  )
}
