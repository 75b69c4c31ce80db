import { inspect } from 'node:util'

import { shorten } from '../util/text/show-text.ts'

/** A value in a few characters, with its type, for an error message. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  const text = inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 40, maxArrayLength: 3 })
  const short = shorten(text, 60)
  return `${short} (${Array.isArray(value) ? 'array' : typeof value})`
}
