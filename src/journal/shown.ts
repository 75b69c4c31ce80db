import { inspect } from 'node:util'

import type { TaskError } from '../errors/task-errors.ts'
import { shorten } from '../util/show-text.ts'
import type { JournalRow } from './read-journal.ts'

/** Longer inputs, and texts of errors, are cut: a journal is for reading. */
const LONGEST_INPUT = 10_000
const LONGEST_TEXT = 20_000

/** Returns an input as a journal shows it: as JSON if it can be and is short enough, else described. */
export function shownInput(input: unknown): unknown {
  try {
    const json = JSON.stringify(input)
    if (json === undefined) return String(input)
    return json.length <= LONGEST_INPUT ? (JSON.parse(json) as unknown) : shorten(json, LONGEST_INPUT)
  } catch {
    return shorten(inspect(input, { depth: 2, breakLength: Infinity }), LONGEST_INPUT)
  }
}

/** Returns the error that a task threw, or the failure that it had without one. */
export function shownError(error: TaskError): NonNullable<JournalRow['error']> {
  const { cause } = error
  if (error.code !== 'MH_TASK_FAILED') return { name: error.name, message: shorten(error.message, LONGEST_TEXT) }
  if (!(cause instanceof Error)) return { name: 'thrown', message: shorten(inspect(cause, { depth: 2 }), LONGEST_TEXT) }
  return {
    name: cause.name,
    message: shorten(cause.message, LONGEST_TEXT),
    stack: error.remoteStack === undefined ? undefined : shorten(error.remoteStack, LONGEST_TEXT),
  }
}
