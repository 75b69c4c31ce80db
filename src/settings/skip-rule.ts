import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { answerOf, type Check } from '../options/checks.ts'
import { describeValue } from '../options/describe-value.ts'

/** Returns true for inputs that are left out. `count` is the number of inputs that it was made for, if it was made for one. */
export type SkipRule = ((input: unknown, index: number) => boolean) & { readonly count?: number }

const EXPECTED = 'a function (input, index) => boolean, an array of booleans, or a Set of indexes'

/** The inputs to leave out: by a function, a mask, or a set of indexes. */
export const skipRule: Check<SkipRule> = (value, option) => {
  if (typeof value === 'function') {
    const skips = value as SkipRule
    return (input, index) => answerOf(skips(input, index), option)
  }
  if (Array.isArray(value)) return maskRule(value, option)
  if (value instanceof Set) return setRule(value, option)
  throw new InvalidArgumentError(option, EXPECTED, describeValue(value))
}

function maskRule(mask: readonly unknown[], option: string): SkipRule {
  const wrong = mask.findIndex((one) => typeof one !== 'boolean')
  if (wrong >= 0) throw new InvalidArgumentError(`${option}[${wrong}]`, 'true or false', describeValue(mask[wrong]))
  const copy = [...mask] as boolean[]
  const skips = (_: unknown, index: number): boolean => {
    if (index >= copy.length) throw maskError(copy.length, 'more')
    return copy[index] === true
  }
  return Object.assign(skips, { count: copy.length })
}

function setRule(indexes: ReadonlySet<unknown>, option: string): SkipRule {
  for (const one of indexes)
    if (typeof one !== 'number' || !Number.isInteger(one) || one < 0)
      throw new InvalidArgumentError(
        option,
        'a Set of indexes, whole numbers from 0 on',
        `one with ${describeValue(one)}`,
      )
  const copy = new Set(indexes)
  return (_, index) => copy.has(index)
}

/** Makes the error for a mask that is not as long as the inputs. */
export function maskError(length: number, inputs: number | 'more'): InvalidArgumentError {
  return new InvalidArgumentError('skip', 'an array as long as the inputs', `${length} booleans for ${inputs} inputs`)
}
