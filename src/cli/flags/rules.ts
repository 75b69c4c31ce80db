import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { haltRule, type HaltOption } from '../../options/halt-rule.ts'
import { usageError } from '../command-error.ts'
import { parseDuration, percentIn, wholeNumberFrom } from './values.ts'

/** Reads when a run ends early; `never` is the same as no rule. */
export function parseHalt(text: string, flag: string): HaltOption | 'never' {
  if (text === 'never') return text
  try {
    return haltRule(text, flag).text as HaltOption
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw usageError(`${flag}: expected never, or ${error.expected}, got "${text}"`)
  }
}

/** Milliseconds before a task runs again: the first time, and at most. */
export interface RetryDelay {
  readonly delay: number
  readonly maxDelay: number
}

/** Reads two times, `1s..1m`, or one that stays the same. */
export function parseRetryDelay(text: string, flag: string): RetryDelay {
  const [first = '', last = first, ...more] = text.split('..')
  const [delay, maxDelay] = [first, last].map((part) => (part === '0' ? 0 : parseDuration(part, flag)))
  if (more.length > 0 || delay === undefined || maxDelay === undefined || delay > maxDelay)
    throw usageError(`${flag}: expected two times such as 1s..1m, the shorter one first, got "${text}"`)
  return { delay, maxDelay }
}

/** Reads the limit of a task: a time in milliseconds, or a share of the median: `300%`. */
export function parseTimeout(text: string, flag: string): number | `${number}%` {
  const share = percentIn(text)
  const limit = share ?? parseDuration(text, flag)
  if (limit === 0) throw usageError(`${flag}: expected a time or a share above 0, got "${text}"`)
  return share === undefined ? limit : `${limit}%`
}

/** Reads how many inputs travel together. */
export function parseBatch(text: string, flag: string): number | 'auto' {
  return text === 'auto' ? text : wholeNumberFrom(1)(text, flag)
}
