import * as platformPath from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { TaskError, type WorkerIdentity } from '../../errors/task-errors.ts'
import { shorten } from '../../util/text/show-text.ts'

/** A failed task, as a report describes it. */
export interface FailureFacts {
  /** `RangeError: too large`; may have several lines. In a pipeline with the step: `step dark: RangeError: too large`. */
  readonly what: string
  /** `at resize (resize.ts:12:5)`, with the machine if it is not this one. */
  readonly frame: string | undefined
  /** The cause of what was thrown. */
  readonly because: string | undefined
}

const LONGEST = 2_000

/** Describes what a failed task threw, or what else became of it. */
export function describeFailure(error: Error): FailureFacts {
  // Its stack is that of the command, and says nothing to the user.
  if (!(error instanceof TaskError)) return { what: headline(error), frame: undefined, because: undefined }
  const { cause, task, step } = error
  // The report names the input itself.
  const prefix = step === undefined ? `${task.name}[${task.index}] ` : `${task.name}[${task.index}], step "${step}", `
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message
  const at = step === undefined ? '' : `step ${step}: `
  const frame = withHost(userFrame(error.remoteStack), error.worker)
  if (cause === undefined || error.name !== 'TaskError')
    return { what: `${at}${error.name}: ${message}`, frame, because: undefined }
  return {
    what: `${at}${shorten(headline(cause), LONGEST)}`,
    frame,
    because: cause instanceof Error && cause.cause !== undefined ? shorten(headline(cause.cause), LONGEST) : undefined,
  }
}

function withHost(frame: string | undefined, worker: WorkerIdentity | undefined): string | undefined {
  if (worker?.host === undefined) return frame
  const where = `on ${worker.host} (pid ${worker.pid ?? 'unknown'})`
  return frame === undefined ? where : `${frame}, ${where}`
}

function headline(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message === '' ? thrown.name : `${thrown.name}: ${thrown.message}`
  return typeof thrown === 'string' ? thrown : `thrown: ${inspect(thrown, { depth: 2, breakLength: Infinity })}`
}

/** Finds the line of a stack that says most to the author of the function: the first in their own code, if there is one. */
export function userFrame(
  stack: string | undefined,
  cwd: string = process.cwd(),
  path: platformPath.PlatformPath = platformPath,
): string | undefined {
  const frames = (stack ?? '').split('\n').flatMap((line) => /^\s+at (.*)$/.exec(line)?.[1] ?? [])
  const outside = frames.filter((frame) => !/\bnode:|\(<anonymous>\)/.test(frame))
  const frame = outside.find((one) => !/[\\/]node_modules[\\/]/.test(one)) ?? outside[0]
  return frame === undefined ? undefined : `at ${withShortPath(frame, cwd, path)}`
}

function withShortPath(frame: string, cwd: string, { relative, isAbsolute, sep }: platformPath.PlatformPath): string {
  return frame.replace(
    /(file:\/\/[^\s)]+?|[A-Za-z]:\\[^)]+?|(?<![A-Za-z]:)\/[^)]+?)(:\d+:\d+)/,
    (_, place: string, position: string) => {
      const file = place.startsWith('file:') ? fileURLToPath(place, { windows: sep === '\\' }) : place
      const short = relative(cwd, file)
      return (short.startsWith('..') || isAbsolute(short) ? file : short) + position
    },
  )
}
