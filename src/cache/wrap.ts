import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { callback, type Check, either, milliseconds, text, wholeNumber } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { readOptions } from '../options/read-options.ts'
import { checkTaskFunction } from '../task/task-function.ts'
import { type CacheAccess, type WrappedFunction, wrappedOf, type WrapRules } from './cache-access.ts'
import { type CachedFunction, cachedFunction } from './cached-function.ts'
import { identify } from './identify.ts'
import type { ValueCodec } from './store/value-codec.ts'

/** The options of `cache.wrap`. */
export interface WrapOptions<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  /**
   * Stands for the function's code, for all that it imports and for the values that it captured: results count until it
   * is changed. Nothing is captured then, so that any function may be wrapped.
   */
  readonly version?: string | number | undefined
  /** Positions of arguments that do not count, from 0. */
  readonly ignore?: readonly number[] | undefined
  /** Returns what to hash instead of the arguments. */
  readonly key?: ((...args: A) => unknown) | undefined
  /** Milliseconds for which a result counts, from when it was stored. */
  readonly ttl?: number | undefined
  /** Turns results into bytes, if structured clones cannot hold them. */
  readonly codec?: ValueCodec<R> | undefined
}

const codec: Check<ValueCodec> = (value, option) => {
  const { name, encode, decode } = (value ?? {}) as Partial<ValueCodec>
  if (typeof name === 'string' && typeof encode === 'function' && typeof decode === 'function')
    return value as ValueCodec
  throw new InvalidArgumentError(option, '{ name, encode, decode }', describeValue(value))
}

const positions: Check<readonly number[]> = (value, option) => {
  if (!Array.isArray(value)) throw new InvalidArgumentError(option, 'positions, such as [1]', describeValue(value))
  return value.map((one) => wholeNumber(0)(one, option))
}

const TABLE = {
  version: either<string>('a text or a number', text, (value, option) =>
    String(wholeNumber(0, Infinity)(value, option)),
  ),
  ignore: positions,
  key: callback<NonNullable<WrapRules['key']>>('a function (...args) => what to hash'),
  ttl: milliseconds(0),
  codec,
}

/** Puts a cache before a function. */
export function wrap(fn: unknown, cache: CacheAccess, options: unknown): CachedFunction<readonly unknown[], unknown> {
  checkTaskFunction(fn, 'cache.wrap(fn)')
  if (typeof fn !== 'function')
    throw new InvalidArgumentError(
      'cache.wrap(fn)',
      'a function; give stateful workers to map with { cache }',
      'a stateful worker',
    )
  if (wrappedOf(fn) !== undefined)
    throw new InvalidArgumentError(
      'cache.wrap(fn)',
      'a function that is not wrapped yet',
      'one that cache.wrap has made',
    )
  const rules = readOptions(options, TABLE)
  const wrapped: WrappedFunction = { fn, cache, rules }
  const calledAt = new Error('wrapped here')
  return cachedFunction(wrapped, () => identify(wrapped.fn, wrapped.rules.version, calledAt))
}
