import { CommandError, EXIT } from '../command-error.ts'
import type { Screen } from '../report/screen.ts'
import { fileTarget } from './file-target.ts'
import { type LineTarget, streamTarget } from './line-target.ts'
import { type OnWritten, ResultWriter } from './result-writer.ts'

/** Why results can no longer be written; undefined where whoever read them wants no more. */
export type OutputEnd = (error: CommandError | undefined) => void

/** Who is told what becomes of results. */
export interface OutputListener {
  readonly end: OutputEnd
  readonly written: OnWritten
}

/** Opens what results go to: a file, or stdout without one (and for `-`). `keeps`: how much of what the file holds stays. */
export async function openOutput(
  path: string | undefined,
  keeps: () => number,
  screen: Screen,
  { end: onEnd, written }: OutputListener,
): Promise<ResultWriter> {
  const refuse = (where: string, error: Error): void =>
    onEnd(new CommandError(`cannot write ${where}: ${error.message}`, EXIT.cannotStart, error))
  if (path !== undefined && path !== '-')
    return new ResultWriter(await fileTarget(path, keeps, (error) => refuse(path, error)), written)
  const stdout = streamTarget(process.stdout, (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') onEnd(undefined)
    else refuse('to stdout', error)
  })
  return new ResultWriter(process.stdout.isTTY ? onScreen(screen, stdout) : stdout, written)
}

/** On a terminal results go past the bar. */
function onScreen(screen: Screen, stdout: LineTarget): LineTarget {
  return {
    ...stdout,
    write: (lines, written) => {
      // The same values, with nothing in them that a terminal obeys.
      screen.show(lines.replace(/[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g, asJsonEscape))
      written()
      return undefined
    },
  }
}

function asJsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
