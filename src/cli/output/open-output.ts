import type { TextRun } from '../../pool/jobs/text-run.ts'
import { jsonLine } from '../../rows/json-line.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { Screen } from '../report/screen.ts'
import { fileTarget } from './file-target.ts'
import { type LineTarget, streamTarget } from './line-target.ts'
import { LineWriter, type OnWritten } from './line-writer.ts'
import { writeToStdout } from './own-stdout.ts'

/** What results were written for: the input of this index, or a run of inputs. */
export type WrittenFor = number | TextRun

/** Writes the results of a run. All that a run knows of its output. */
export interface ResultWriter {
  /**
   * Takes the result of an input. If it returns a promise, wait for that before the next call.
   *
   * @throws {TypeError} if the result cannot be written; then nothing of it is.
   */
  write(result: unknown, index: number): Promise<void> | undefined
  /** Takes the results of many inputs as lines of JSON. If it returns a promise, wait for that before the next call. */
  writeRun(run: TextRun): Promise<void> | undefined
  /** Resolves when all is written. With `failedToStart`, what was there before stays. */
  close(failedToStart: boolean): Promise<void>
}

/** Listens to what becomes of output. */
export interface OutputListener<T> {
  /** Called when no more can be written: with an error, or undefined if the reader wants no more. */
  readonly end: (error: CommandError | undefined) => void
  readonly written: OnWritten<T>
}

/** The destination of output: a file, or stdout without one and for `-`. */
export interface OutputPlan {
  readonly path: string | undefined
  /** Returns how many bytes of the file stay. */
  readonly keeps: () => number
}

/** Opens the destination of results, which are written as lines of JSON. */
export async function openResults(
  plan: OutputPlan,
  screen: Screen,
  listener: OutputListener<WrittenFor>,
): Promise<ResultWriter> {
  const lines = await openLines(plan, screen, listener)
  return {
    write: (result, index) => lines.write(jsonLine(result), index),
    writeRun: (run) => lines.write(run.text, run),
    close: (failedToStart) => lines.close(failedToStart),
  }
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
      const text = Buffer.from(lines)
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
