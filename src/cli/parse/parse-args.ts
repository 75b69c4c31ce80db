import { usageError } from '../command-error.ts'

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
