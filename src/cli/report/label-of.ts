import { inspect } from 'node:util'

import { escapeText } from '../../util/terminal-text.ts'

const LENGTH = 120

/** An input as reports name it: strings as they are, all else as JSON; shortened, safe to show. */
export function labelOf(input: unknown, length: number = LENGTH): string {
  const text = escapeText(input === '' ? '""' : typeof input === 'string' ? input.slice(0, length + 1) : compact(input))
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

function compact(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return inspect(value, { depth: 1, breakLength: Infinity })
  }
}
