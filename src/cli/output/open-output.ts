import { jsonLine } from '../../rows/json-line.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { Screen } from '../report/screen.ts'
import { fileTarget } from './file-target.ts'
import { type LineTarget, streamTarget } from './line-target.ts'
import { LineWriter } from './line-writer.ts'
import { openByName } from './open-by-name.ts'
import { outputKind, refuseToAdd } from './output-kind.ts'
import { writeToStdout } from './own-stdout.ts'
import type { OutputListener, ResultWriter, WrittenFor } from './result-writer.ts'

/** The destination of output: a file, or stdout without one and for `-`. */
export interface OutputPlan {
  readonly path: string | undefined
  /** True if results are to be added to those of an earlier run. */
  readonly adds: boolean
  /** Returns how many bytes of the file stay. */
  readonly keeps: () => number
}

/**
 * Opens the destination of results. They are lines of JSON, unless the name of the file says something else.
 *
 * @throws {CommandError} if the file cannot be opened, or results cannot be added to it.
 */
export async function openResults(
  plan: OutputPlan,
  screen: Screen,
  listener: OutputListener<WrittenFor>,
): Promise<ResultWriter> {
  const { path } = plan
  const kind = outputKind(path)
  if (path === undefined || path === '-' || (kind.format === 'jsonl' && kind.compression === 'none')) {
    const lines = await openLines(plan, screen, listener)
    return {
      write: (result, index) => lines.write(jsonLine(result), index),
      writeRun: (run) => lines.write(run.text, run),
      close: (failedToStart) => lines.close(failedToStart),
    }
  }
  if (plan.adds) refuseToAdd(path, kind)
  return openByName(path, kind, plan.keeps, listener)
}

/** Opens the destination of lines. */
export async function openLines<T>(
  { path, keeps }: OutputPlan,
  screen: Screen,
  { end: onEnd, written }: OutputListener<T>,
): Promise<LineWriter<T>> {
  const refuse = (where: string, error: Error): void =>
    onEnd(new CommandError(`cannot write ${where}: ${error.message}`, EXIT.cannotStart, error))
  if (path !== undefined && path !== '-')
    return new LineWriter(await fileTarget(path, keeps, (error) => refuse(path, error)), written)
  const stdout = streamTarget(process.stdout, writeToStdout, (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') onEnd(undefined)
    else refuse('to stdout', error)
  })
  return new LineWriter(process.stdout.isTTY ? onScreen(screen, stdout) : stdout, written)
}

/** Takes lines to a terminal, past the bar. */
function onScreen(screen: Screen, stdout: LineTarget): LineTarget {
  return {
    ...stdout,
    write: (lines, written) => {
      // The same values, without characters that a terminal obeys.
      const text = Buffer.concat(lines)
        .toString()
        .replace(/[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g, asJsonEscape)
      // If stderr goes elsewhere, there is no bar on this terminal.
      if (process.stderr.isTTY) screen.show(text)
      else writeToStdout(text)
      written()
      return undefined
    },
  }
}

function asJsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
