import { usageError } from '../command-error.ts'
import { parseDuration } from './parse-duration.ts'

/** A limit per task: a time, or a share of what the others took. */
export function parseTimeout(text: string): number | `${number}%` {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)
  const limit = share === null ? parseDuration(text, '--timeout') : Number(share[1])
  if (limit === 0) throw usageError('--timeout: expected more than 0')
  return share === null ? limit : `${limit}%`
}
