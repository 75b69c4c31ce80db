import { inspect } from 'node:util'

import type { TaskError } from '../../errors/task-errors.ts'
import { contentKey } from '../../task/canonical/canonical-hash.ts'
import { shorten } from '../../util/text/show-text.ts'
import type { AttemptLine } from '../lines/journal-line.ts'

/** Longer inputs, and texts of errors, are cut: a journal is for reading. */
const LONGEST_INPUT = 10_000
const LONGEST_TEXT = 20_000

/** An input as a journal shows it. */
export interface ShownInput {
  readonly json: string
  /** It is only a part of the input, or a description. */
  readonly isCut: boolean
}

/** Shows an input as JSON, if it can be and is short enough; else as a text that describes it. */
export function shownInput(input: unknown): ShownInput {
  try {
    const json = JSON.stringify(input)
    if (json === undefined) return { json: JSON.stringify(String(input)), isCut: true }
    if (json.length <= LONGEST_INPUT) return { json, isCut: false }
    return { json: JSON.stringify(shorten(json, LONGEST_INPUT)), isCut: true }
  } catch {
    const text = shorten(inspect(input, { depth: 2, breakLength: Infinity }), LONGEST_INPUT)
    return { json: JSON.stringify(text), isCut: true }
  }
}

/** Tells if the JSON that is shown is all of an input: `-0`, for example, is shown as `0`. Takes about 8 µs. */
export function isWhole({ json }: ShownInput, input: unknown): boolean {
  return contentKey(JSON.parse(json)) === contentKey(input)
}

/** Returns the error that a task threw, or the failure that it had without one. */
export function shownError(error: TaskError): NonNullable<AttemptLine['error']> {
  const { cause } = error
  if (error.code !== 'MH_TASK_FAILED') return { name: error.name, message: shorten(error.message, LONGEST_TEXT) }
  if (!(cause instanceof Error)) return { name: 'thrown', message: shorten(inspect(cause, { depth: 2 }), LONGEST_TEXT) }
  return {
    name: cause.name,
    message: shorten(cause.message, LONGEST_TEXT),
    stack: error.remoteStack === undefined ? undefined : shorten(error.remoteStack, LONGEST_TEXT),
  }
}
