import { usageError } from '../command-error.ts'
import { parseDuration } from './parse-duration.ts'

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
