import { accessOf } from '../../cache/cache-access.ts'
import type { Cache } from '../../cache/cache.ts'
import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { type Check, either, flag, oneOf, text } from '../../options/checks.ts'
import { describeValue } from '../../options/describe-value.ts'
import { readOptions } from '../../options/read-options.ts'
import { type RetryOptions, retries, type TimeoutOption, timeout } from '../../task/failure-policy.ts'
import type { NodeSettings } from './node-spec.ts'

/** The options of a workflow's node. */
export interface NodeOptions {
  /** Shown in errors, progress, plans and pictures. @defaultValue the function's name, or the place of the call */
  readonly name?: string | undefined
  /** A cache of its own, or `false` for no cache, even if the run has one. @defaultValue the run's */
  readonly cache?: boolean | Cache | undefined
  /** Stands for the code of the function, and all that it captures, in cache keys. */
  readonly version?: string | undefined
  /** Positions of arguments that are no part of cache keys. */
  readonly ignore?: readonly number[] | undefined
  /** Milliseconds per call, or a share of the median. A node with a limit of its own runs by itself, in no chain. */
  readonly timeout?: TimeoutOption | undefined
  /**
   * The number of times that a call that threw or timed out runs again. A node with its own runs by itself, in no
   * chain.
   */
  readonly retries?: number | RetryOptions | undefined
  /** Runs in this process, with values as they are. @defaultValue false */
  readonly local?: boolean | undefined
}

/** The options of a node that takes all items of a stream at once. */
export interface GatherOptions extends NodeOptions {
  /** `'skip'`: items that failed are left out. @defaultValue 'fail': one failed item fails it */
  readonly missing?: 'skip' | 'fail' | undefined
}

const positions: Check<readonly number[]> = (value, option) => {
  if (Array.isArray(value) && value.every((one) => Number.isInteger(one) && (one as number) >= 0)) return value
  throw new InvalidArgumentError(option, 'positions of arguments, such as [1]', describeValue(value))
}

function ownCache(value: unknown, option: string): unknown {
  if (accessOf(value) !== undefined) return value
  throw new InvalidArgumentError(option, 'a Cache', describeValue(value))
}

const TABLE = {
  name: text,
  cache: either<unknown>('true, false, or a Cache', flag, ownCache),
  version: text,
  ignore: positions,
  timeout,
  retries,
  local: flag,
}

const GATHER_TABLE = { ...TABLE, missing: oneOf('skip', 'fail') }

/** @throws {InvalidArgumentError} for unknown options and wrong values. */
export function readNodeOptions(options: unknown, gathers: boolean): NodeSettings {
  return readOptions(options, gathers ? GATHER_TABLE : TABLE)
}
