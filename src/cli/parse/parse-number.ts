import { usageError } from '../command-error.ts'

/** A parser for a whole number from `min` on. */
export function wholeNumberFrom(min: number, option: string): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (Number.isSafeInteger(value) && value >= min) return value
    throw usageError(`${option}: expected a whole number from ${min} on, got "${text}"`)
  }
}

/** Any number, as `--priority` takes it. */
export function parseNumber(text: string, option: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw usageError(`${option}: expected a number, got "${text}"`)
}
