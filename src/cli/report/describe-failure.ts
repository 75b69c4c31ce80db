import * as platformPath from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { TaskError, type WorkerIdentity } from '../../errors/task-errors.ts'

/** What a report says about a failed task. */
export interface FailureFacts {
  /** `RangeError: too large`; may have several lines. With the step of a pipeline: `step dark: RangeError: too large` */
  readonly what: string
  /** `at resize (resize.ts:12:5)`, and on which machine, where that is not this one */
  readonly frame: string | undefined
  /** What led to it. */
  readonly because: string | undefined
}

const LONGEST = 2_000

/** What a failed task threw, or what else became of it. */
export function describeFailure(error: Error): FailureFacts {
  // Where the command noticed it says nothing to the user.
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
    what: `${at}${shortened(headline(cause))}`,
    frame,
    because: cause instanceof Error && cause.cause !== undefined ? shortened(headline(cause.cause)) : undefined,
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

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** The line of a stack that says most to whoever wrote the function: the first of their own code, if there is one. */
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
