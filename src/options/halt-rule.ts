import { InvalidArgumentError } from '../errors/argument-errors.ts'
import type { Check } from './checks.ts'
import { describeValue } from './describe-value.ts'

/** A rule that ends a run before its inputs end: `'now,fail=1'`, `'soon,done=50%'`. */
export type HaltOption =
  | `${'now' | 'soon'},${'fail' | 'success' | 'done'}=${number}`
  | `${'now' | 'soon'},${'fail' | 'success' | 'done'}=${number}%`

/** The same rule, parsed. */
export interface HaltRule {
  /** The rule as the user wrote it. */
  readonly text: string
  /** `now` stops the tasks that run, `soon` lets them end. */
  readonly mode: 'now' | 'soon'
  /** The outcomes that are counted. */
  readonly counts: 'fail' | 'success' | 'done'
  /** The count that ends the run, or its share of the inputs, from 0 to 1. */
  readonly limit: { readonly number: number } | { readonly share: number }
}

const EXPECTED =
  "'now' or 'soon', a comma, 'fail=', 'success=' or 'done=', and a number or a percentage: 'soon,fail=10%'"
const RULE = /^(now|soon),(fail|success|done)=(\d+(?:\.\d+)?)(%?)$/

export const haltRule: Check<HaltRule> = (value, option) => {
  const match = typeof value === 'string' ? RULE.exec(value) : null
  const [text, mode, counts, digits, percent] = match ?? []
  const amount = Number(digits)
  const isAmount = percent === '%' ? amount > 0 && amount <= 100 : Number.isInteger(amount) && amount >= 1
  if (text === undefined || !isAmount) throw new InvalidArgumentError(option, EXPECTED, describeValue(value))
  return {
    text,
    mode: mode as HaltRule['mode'],
    counts: counts as HaltRule['counts'],
    limit: percent === '%' ? { share: amount / 100 } : { number: amount },
  }
}
