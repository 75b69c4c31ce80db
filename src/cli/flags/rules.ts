import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import { haltRule, type HaltOption } from '../../options/halt-rule.ts'
import { usageError } from '../command-error.ts'
import { parseDuration } from './values.ts'

/** When a run ends early; `never` is what it does without a rule. */
export function parseHalt(text: string): HaltOption | 'never' {
  if (text === 'never') return text
  try {
    return haltRule(text, '--halt').text as HaltOption
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw usageError(`--halt: expected never, or ${error.expected}, got "${text}"`)
  }
}

/** How long to wait before a task runs again: the first time, and at most. */
export interface RetryDelay {
  readonly delay: number
  readonly maxDelay: number
}

/** Two times, `1s..1m`, or one that stays the same. */
export function parseRetryDelay(text: string): RetryDelay {
  const [first = '', last = first, ...more] = text.split('..')
  const [delay, maxDelay] = [first, last].map((part) => (part === '0' ? 0 : parseDuration(part, '--retry-delay')))
  if (more.length > 0 || delay === undefined || maxDelay === undefined || delay > maxDelay)
    throw usageError(`--retry-delay: expected two times such as 1s..1m, the shorter one first, got "${text}"`)
  return { delay, maxDelay }
}

/** A limit per task: a time, or a share of what the others took. */
export function parseTimeout(text: string): number | `${number}%` {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)
  const limit = share === null ? parseDuration(text, '--timeout') : Number(share[1])
  if (limit === 0) throw usageError('--timeout: expected more than 0')
  return share === null ? limit : `${limit}%`
}
