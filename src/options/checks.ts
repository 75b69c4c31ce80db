import { types } from 'node:util'

import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from './describe-value.ts'
import { meantName } from './foreign-words.ts'

/** Checks the value of an option and returns it in its final form. Throws an {@link InvalidArgumentError}. */
export type Check<T = unknown> = (value: unknown, option: string) => T

function refuse(option: string, expected: string, value: unknown): never {
  throw new InvalidArgumentError(option, expected, describeValue(value))
}

/** A whole number from `min` to `max`, or `Infinity` if `max` is that. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): Check<number> {
  const expected =
    max === Infinity
      ? `a whole number from ${min} on, or Infinity`
      : max === Number.MAX_SAFE_INTEGER
        ? `a whole number from ${min} on`
        : `a whole number from ${min} to ${max}`
  return (value, option) => {
    if (value === Infinity && max === Infinity) return value
    return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : refuse(option, expected, value)
  }
}

/** A whole number from `min` to `max`; `Infinity` stands for `max`. */
export function wholeNumberUpTo(max: number, min = 1): Check<number> {
  return (value, option) => {
    if (value === Infinity) return max
    return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : refuse(option, `a whole number from ${min} to ${max}, or Infinity`, value)
  }
}

/** Milliseconds, more than `above`. More than timers can take (24.8 days) counts as no limit. */
export function milliseconds(above = -1): Check<number> {
  return (value, option) =>
    typeof value === 'number' && value > above
      ? value
      : refuse(option, above < 0 ? 'milliseconds, 0 or more' : 'milliseconds, more than 0', value)
}

export const finiteNumber: Check<number> = (value, option) =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(option, 'a number', value)

export const positiveNumber: Check<number> = numberUpTo(Infinity)

/** A number above 0, and at most `max`. */
function numberUpTo(max: number): Check<number> {
  const expected = max === Infinity ? 'a number above 0' : `a number above 0, at most ${max}`
  return (value, option) =>
    typeof value === 'number' && Number.isFinite(value) && value > 0 && value <= max
      ? value
      : refuse(option, expected, value)
}

export const flag: Check<boolean> = (value, option) =>
  typeof value === 'boolean' ? value : refuse(option, 'true or false', value)

export const abortSignal: Check<AbortSignal> = (value, option) =>
  value instanceof AbortSignal ? value : refuse(option, 'an AbortSignal', value)

export const text: Check<string> = (value, option) =>
  typeof value === 'string' ? value : refuse(option, 'a string', value)

export function callback<T>(expected: string): Check<T> {
  return (value, option) => (typeof value === 'function' ? (value as T) : refuse(option, expected, value))
}

/**
 * Returns what a function of the user has answered.
 *
 * @throws {InvalidArgumentError} for a promise, which nothing waits for: it would count as true, or stand for a value.
 */
export function answerOf<T>(answer: T, option: string): T {
  if (!types.isPromise(answer)) return answer
  // Whatever comes of it.
  answer.catch(() => {})
  throw new InvalidArgumentError(option, 'a function that answers at once', 'a Promise: it must not be async')
}

export const nameList: Check<readonly string[]> = (value, option) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string')
    ? value
    : refuse(option, 'a list of names', value)

/** One of the words. The error names the one that was probably meant. */
export function oneOf<const T extends string>(...words: readonly T[]): Check<T> {
  const expected = words.map((word) => `'${word}'`).join(' or ')
  return (value, option) => {
    if (words.includes(value as T)) return value as T
    const nearest = meantName(String(value), words)
    throw new InvalidArgumentError(option, expected, describeValue(value), nearest)
  }
}

/**
 * Takes the result of the first check that accepts the value; `expected` says what all accept together. The error names
 * what was probably meant, if one of them knows it.
 */
export function either<T>(expected: string, ...checks: readonly Check<T>[]): Check<T> {
  return (value, option) => {
    let nearest: string | undefined
    for (const check of checks) {
      try {
        return check(value, option)
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error
        nearest ??= error.nearest
      }
    }
    throw new InvalidArgumentError(option, expected, describeValue(value), nearest)
  }
}

/** A size in bytes: a number, or a text such as `'1M'` or `'512 KiB'` (powers of 1,024). */
export const byteSize: Check<number> = (value, option) => {
  if (typeof value === 'number' && value >= 0) return value
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?$/i.exec(value.trim()) : null
  if (match === null) return refuse(option, "bytes, or a size such as '1M'", value)
  const power = ' KMGT'.indexOf((match[2] ?? '').toUpperCase() || ' ')
  return Math.round(Number(match[1]) * 1024 ** power)
}
