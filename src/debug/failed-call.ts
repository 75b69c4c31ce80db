import { inspect } from 'node:util'

import type { Locate } from '../task/task-call.ts'
import { shorten } from '../util/text/show-text.ts'
import { escapeLines } from '../util/text/terminal-text.ts'

/** The user's decision about a failed call: call it again, continue with its failure, or end the run. */
export type Verdict = 'retry' | 'continue' | 'quit'

/** A failed call, as the debugger receives it. */
export interface FailedCall {
  /** The name of the call: `parse[3]`. */
  readonly name: string
  readonly input: unknown
  readonly thrown: unknown
  /** Maps the stack of the failure to the user's own lines. */
  readonly mapStack: (stack: string) => string
  /** Finds the original source of a running position. */
  readonly locate: Locate
  /** Open the inspector of Node instead of a prompt. */
  readonly inspect: boolean
}

const MAX_INPUT = 500
const MAX_CAUSES = 5

/** Describes a failure in lines: the call and its error, its causes, and the input. */
export function describeFailedCall({ name, input, thrown }: FailedCall): string[] {
  const lines = [`${name} failed: ${headline(thrown)}`]
  let cause = causeOf(thrown)
  for (let depth = 0; cause !== undefined && depth < MAX_CAUSES; depth++) {
    lines.push(`caused by ${headline(cause)}`)
    cause = causeOf(cause)
  }
  lines.push(`input ${shown(input)}`)
  return lines.map((line) => escapeLines(line))
}

/** Describes a thrown value in one line, or as many as its message has. */
function headline(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `thrown: ${shown(thrown)}`
  return thrown.message === '' ? thrown.name : `${thrown.name}: ${thrown.message}`
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined
}

function shown(value: unknown): string {
  const text = inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 20, maxStringLength: MAX_INPUT })
  return shorten(text, MAX_INPUT)
}
