import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { oneOf, wholeNumber } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'
import { type ChecksOf, readOptions } from '../options/read-options.ts'
import type { MapOptions, OnErrorWord } from '../settings/run-options.ts'
import { MAP_CHECKS, type MapSettings } from '../settings/run-settings.ts'

/** Options of `map` that a reduction does not have: it has one result, and its tasks are runs of inputs. */
const NOT_HERE = ['ordered', 'cache', 'halt', 'rate', 'debug', 'inspect'] as const
type NotHere = (typeof NOT_HERE)[number]

/** The options of `reduce`: those of `map`, and `grain`. `A` are the types of `args`. */
export interface ReduceOptions<I = unknown, A extends readonly unknown[] = readonly []> extends Omit<
  MapOptions<I, OnErrorWord, never, A, boolean>,
  NotHere | 'onError'
> {
  /**
   * Inputs per accumulator: the first `grain` inputs make the first one, the next the second, and so on; they are combined
   * in a tree that depends on nothing but their number. So sums of floats are the same to the last bit for any number and
   * kind of workers. Without it `combine` has to be associative only as far as the result may vary.
   */
  readonly grain?: number | undefined
  /**
   * `'throw'`: the first failure ends the reduction. `'collect'`: all inputs are added, then a `BatchError`, whose last
   * result is the value without them. `'return'`: failed inputs are left out.
   * @defaultValue 'throw'
   */
  readonly onError?: OnErrorWord | undefined
}

/** The options of `reduce` after their checks. */
export type ReduceSettings = Omit<MapSettings, 'onError'> & {
  readonly grain?: number
  readonly onError?: OnErrorWord
}

/** The check of each option of `reduce`. */
export const REDUCE_CHECKS: ChecksOf<Omit<ReduceSettings, NotHere>> = {
  ...without(MAP_CHECKS, NOT_HERE),
  grain: wholeNumber(1),
  onError: oneOf('throw', 'collect', 'return'),
}

function without<T extends object, K extends keyof T>(table: T, names: readonly K[]): Omit<T, K> {
  const rest = { ...table }
  for (const name of names) delete rest[name]
  return rest
}

/** Returns options of `map` without those that a reduction does not have. */
export function withoutMapOptions<T extends object>(options: T): Omit<T, NotHere | 'onError'> {
  return without<T & Record<NotHere | 'onError', unknown>, NotHere | 'onError'>(
    options as T & Record<NotHere | 'onError', unknown>,
    [...NOT_HERE, 'onError'],
  )
}

const WHY_NOT: Readonly<Record<NotHere, string>> = {
  ordered: 'no "ordered": a reduction has one result',
  cache: 'no "cache": a reduction has one result, so use cache.wrap() on a function that calls reduce()',
  halt: 'no "halt": a part of the inputs has no result. Use "signal" or "deadline" to stop',
  rate: 'no "rate": inputs are added many at a time',
  debug: 'no "debug": use map(inputs, fn, { debug: true }) to stop at a failing input',
  inspect: 'no "inspect": use map(inputs, fn, { inspect: true }) to stop at a failing input',
}

/** @throws {InvalidArgumentError} for unknown options, wrong values, and options that a reduction cannot have. */
export function readReduceOptions(options: unknown): ReduceSettings {
  if (typeof options === 'object' && options !== null)
    for (const name of NOT_HERE) {
      const value = (options as Record<string, unknown>)[name]
      if (value !== undefined) throw new InvalidArgumentError(name, WHY_NOT[name], describeValue(value))
    }
  const read = readOptions(options, REDUCE_CHECKS) as ReduceSettings
  const { grain, window } = read
  if (grain !== undefined && window !== undefined && window < grain)
    throw new InvalidArgumentError('window', `at least the grain, ${grain}`, String(window))
  for (const name of ['copy', 'skip'] as const)
    if (read.journal !== undefined && isInTheWay(read, name))
      throw new InvalidArgumentError('journal', WHY_NO_JOURNAL[name], `"${name}" beside it`)
  if (isOfMedian(read)) throw new InvalidArgumentError('timeout', 'milliseconds: a reduction has no median', 'a share')
  return read
}

/** Options that a reduction with a journal cannot have. */
const WHY_NO_JOURNAL = {
  copy: 'no "copy: false": it keeps accumulators as bytes',
  skip: 'no "skip": inputs that it knows are found by their neighbours. Leave the others out of the inputs instead',
} as const

function isInTheWay({ copy, skip }: ReduceSettings, name: keyof typeof WHY_NO_JOURNAL): boolean {
  return name === 'copy' ? copy === false : skip !== undefined
}

function isOfMedian({ timeout }: ReduceSettings): boolean {
  return timeout !== undefined && 'ofMedian' in timeout
}
