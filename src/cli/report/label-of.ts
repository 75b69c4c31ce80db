import { inspect } from 'node:util'

import { shorten } from '../../util/text/show-text.ts'
import { escapeText } from '../../util/text/terminal-text.ts'

const LENGTH = 120

/** Names an input in reports: strings as they are, all else as JSON; shortened, and safe to print. */
export function labelOf(input: unknown, length: number = LENGTH): string {
  const text = escapeText(input === '' ? '""' : typeof input === 'string' ? input.slice(0, length + 1) : compact(input))
  return shorten(text, length)
}

function compact(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return inspect(value, { depth: 1, breakLength: Infinity })
  }
}
