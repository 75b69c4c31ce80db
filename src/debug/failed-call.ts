import { inspect } from 'node:util'

import type { Locate } from '../task/task-call.ts'
import { escapeLines } from '../util/terminal-text.ts'

/** What a person decides about a call that failed: call it again, go on with its failure, or end the run. */
export type Verdict = 'retry' | 'continue' | 'quit'

/** A call that failed, as the debugger is told of it. */
export interface FailedCall {
  /** Which call it is: `parse[3]`. */
  readonly name: string
  readonly input: unknown
  readonly thrown: unknown
  /** Puts the user's own lines into the stack that it left. */
  readonly mapStack: (stack: string) => string
  /** Finds what the user wrote from where it runs. */
  readonly locate: Locate
  /** Open the inspector of Node in the place of a prompt. */
  readonly inspect: boolean
}

const MAX_INPUT = 500
const MAX_CAUSES = 5

/** What failed and why, in lines: the call and its error, what led to it, and the input. */
export function describeFailedCall({ name, input, thrown }: FailedCall): string[] {
  const lines = [`${name} failed: ${headline(thrown)}`]
  let cause = causeOf(thrown)
  for (let depth = 0; cause !== undefined && depth < MAX_CAUSES; depth++) {
    lines.push(`because of ${headline(cause)}`)
    cause = causeOf(cause)
  }
  lines.push(`input ${shown(input)}`)
  return lines.map((line) => escapeLines(line))
}

/** What was thrown, in a line or as many as its message has. */
function headline(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `thrown: ${shown(thrown)}`
  return thrown.message === '' ? thrown.name : `${thrown.name}: ${thrown.message}`
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined
}

function shown(value: unknown): string {
  const text = inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 20, maxStringLength: MAX_INPUT })
  return text.length > MAX_INPUT ? `${text.slice(0, MAX_INPUT)}…` : text
}
