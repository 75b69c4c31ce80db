import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import type { SpanBudget } from './span-budget.ts'

const DEFAULTS: SpanBudget = { perSecond: 200, perRun: 10_000, over: 0 }
const ALL: SpanBudget = { perSecond: Infinity, perRun: Infinity, over: 0 }
const NONE: SpanBudget = { perSecond: 0, perRun: 0, over: 0 }

/**
 * Reads the option `spans`.
 *
 * @throws {InvalidArgumentError} if it is not what it must be.
 */
export function budgetOf(spans: unknown): SpanBudget {
  if (spans === 'all') return ALL
  if (spans === 'run') return NONE
  if (typeof spans !== 'object' || spans === null)
    throw new InvalidArgumentError('spans', "'all', 'run' or { perSecond, perRun, over }", describeValue(spans))
  const given = Object.entries(spans).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!(name in DEFAULTS)) throw new InvalidArgumentError('spans', 'perSecond, perRun or over', `"${name}"`)
    if (typeof value !== 'number' || !(value >= 0))
      throw new InvalidArgumentError(`spans.${name}`, 'a number, 0 or more', describeValue(value))
  }
  return { ...DEFAULTS, ...(Object.fromEntries(given) as Partial<SpanBudget>) }
}
