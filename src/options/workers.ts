import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { availableCores } from '../util/available-cores.ts'
import type { Check } from './checks.ts'
import { describeValue } from './describe-value.ts'

const EXPECTED = 'a whole number other than 0 (negative: cores + 1 + n), or a share of the cores between 0 and 1'

/**
 * Returns the number of workers that `workers: spec` starts here: `n` itself; for a negative one cores + 1 + n (`-1` all
 * cores, `-2` all but one); for one between 0 and 1 that share of the cores; without it all cores that this process may
 * use. At least 1.
 *
 * @example
 * availableWorkers(-2) // 7 on a machine with 8 cores
 *
 * @throws {InvalidArgumentError} for 0, and for a number that is neither whole nor between 0 and 1.
 */
export function availableWorkers(spec?: number): number {
  return spec === undefined ? availableCores() : workers(spec, 'workers')
}

export const workers: Check<number> = (value, option) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value === 0)
    throw new InvalidArgumentError(option, EXPECTED, describeValue(value))
  if (value > 0 && value < 1) return Math.max(1, Math.floor(availableCores() * value))
  if (!Number.isInteger(value)) throw new InvalidArgumentError(option, EXPECTED, describeValue(value))
  return value > 0 ? value : Math.max(1, availableCores() + 1 + value)
}
