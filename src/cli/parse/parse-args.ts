import { readFileSync } from 'node:fs'

import { usageError } from '../command-error.ts'

/** A pipeline's config: any JSON, or the file that it is in as `@file`. */
export function parseConfig(text: string): unknown {
  const isFile = text.startsWith('@')
  try {
    return JSON.parse(isFile ? readFileSync(text.slice(1), 'utf8') : text) as unknown
  } catch (error) {
    const where = isFile ? `${text.slice(1)}: ` : ''
    throw usageError(`--config: expected JSON, or @file with JSON, got ${text}: ${where}${(error as Error).message}`)
  }
}

/** Constant arguments: a JSON array. */
export function parseArgs(text: string): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw usageError(`--args: expected a JSON array such as '[2, "x"]', got ${text}: ${(error as Error).message}`)
  }
  if (Array.isArray(value)) return value as unknown[]
  throw usageError(`--args: expected a JSON array such as '[2, "x"]', got ${text}; for one argument: '[${text}]'`)
}
