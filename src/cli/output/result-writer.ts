import type { TextRun } from '../../pool/jobs/text-run.ts'
import type { CommandError } from '../command-error.ts'
import type { OnWritten } from './line-writer.ts'

/** The inputs that results were written for: the one of this index, or a run of inputs. */
export type WrittenFor = number | TextRun

/** Writes the results of a run. All that a run knows of its output. */
export interface ResultWriter {
  /**
   * Takes the result of an input. If it returns a promise, wait for that before the next call.
   *
   * @throws {TypeError} if the result cannot be written; then nothing of it is. A {@link DataFileError} if only this format
   * has no form for it.
   */
  write(result: unknown, index: number): Promise<void> | undefined
  /**
   * Takes the results of many inputs as lines of JSON. If it returns a promise, wait for that before the next call. Absent if
   * results must come one by one.
   */
  writeRun?(run: TextRun): Promise<void> | undefined
  /** Resolves when all is written. With `failedToStart`, what was there before stays. */
  close(failedToStart: boolean): Promise<void>
}

/** Listens to what becomes of output. */
export interface OutputListener<T> {
  /** Called when no more can be written: with an error, or undefined if the reader wants no more. */
  readonly end: (error: CommandError | undefined) => void
  readonly written: OnWritten<T>
}
