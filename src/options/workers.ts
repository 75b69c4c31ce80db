import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { availableCores } from '../util/available-cores.ts'
import type { Check } from './checks.ts'
import { describeValue } from './describe-value.ts'

/** The forms of a number of workers. */
export type WorkersOption = number | 'all' | `${number}%`

const EXPECTED =
  "a whole number other than 0 (negative: cores + 1 + n), a share of the cores between 0 and 1 or in percent ('50%'), or 'all'"

/**
 * Returns the number of workers that `workers: spec` starts here: `n` itself; for a negative one cores + 1 + n (`-1` all
 * cores, `-2` all but one); for one between 0 and 1, or a percentage, that share of the cores; for `'all'`, and without it,
 * all cores that this process may use. At least 1.
 *
 * @example
 * availableWorkers(-2) // 7 on a machine with 8 cores
 * availableWorkers('50%') // 4
 *
 * @throws {InvalidArgumentError} for 0, for a number that is neither whole nor between 0 and 1, and for other texts.
 */
export function availableWorkers(spec?: WorkersOption): number {
  return spec === undefined ? availableCores() : workers(spec, 'workers')
}

export const workers: Check<number> = (value, option) => {
  if (value === 'all') return availableCores()
  const share = typeof value === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1] : undefined
  const count = share === undefined ? value : Number(share) / 100
  if (typeof count !== 'number' || !Number.isFinite(count) || count === 0)
    throw new InvalidArgumentError(option, EXPECTED, describeValue(value))
  if (share !== undefined || (count > 0 && count < 1)) return Math.max(1, Math.floor(availableCores() * count))
  if (!Number.isInteger(count)) throw new InvalidArgumentError(option, EXPECTED, describeValue(value))
  return count > 0 ? count : Math.max(1, availableCores() + 1 + count)
}
