import { InvalidArgumentError } from '../../errors/invalid-argument-error.ts'
import { haltRule, type HaltOption } from '../../options/halt-rule.ts'
import { usageError } from '../command-error.ts'

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
