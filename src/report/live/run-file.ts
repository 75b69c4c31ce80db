import { InvalidArgumentError } from '../../errors/argument-errors.ts'
import type { RunRef } from '../../observe/observer.ts'
import { messageOf } from '../../util/message-of.ts'

/** The name of a file, or a function that returns one for each run. */
export type FileOfRun = string | ((run: RunRef) => string)

/** The options of files that observers write. */
export interface ReportFileOptions {
  /** Replace a file that was not written by manyhands, too. @defaultValue false */
  readonly force?: boolean
}

/** The file that an observer writes for each run. */
export class RunFile {
  readonly #file: FileOfRun
  readonly #problem: (file: string) => string | undefined

  /**
   * `problem` returns what is wrong with a name; undefined if nothing is.
   *
   * @throws {InvalidArgumentError} if the file cannot be written, as far as that is known before a run begins.
   */
  constructor(file: FileOfRun, problem: (file: string) => string | undefined) {
    this.#file = file
    this.#problem = problem
    if (typeof file === 'function') return
    if (typeof file !== 'string')
      throw new InvalidArgumentError(
        'file',
        'the name of a file, or a function of a run that returns one',
        String(file),
      )
    const reason = problem(file)
    if (reason !== undefined)
      throw new InvalidArgumentError('file', 'the name of a file that can be written', `"${file}": ${reason}`)
  }

  /** Writes the file of a run. The run goes on if that fails: then it warns, and returns undefined. */
  write<T>(run: RunRef, write: (file: string) => T): T | undefined {
    let file = 'its file'
    try {
      file = typeof this.#file === 'string' ? this.#file : this.#file(run)
      const reason = this.#problem(file)
      if (reason !== undefined) throw new Error(reason)
      return write(file)
    } catch (error) {
      warnOf(run, error)
      return undefined
    }
  }
}

/** Warns that the report or trace of a run could not be written. */
export function warnOf({ name }: RunRef, error: unknown): void {
  process.emitWarning(`the report or trace of "${name}" is not written: ${messageOf(error)}`, {
    type: 'ManyhandsWarning',
    code: 'MH_REPORT',
  })
}
