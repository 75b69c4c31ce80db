import { existsSync } from 'node:fs'

import { JournalError } from '../errors/run-errors.ts'
import { contentKey } from '../task/canonical/canonical-hash.ts'
import { type JournalRow, readJournal } from './journal-row.ts'
import { KeyCounts } from './key-counts.ts'

/** The successes of earlier runs, by input. */
export class Past {
  readonly #succeeded: KeyCounts
  /** No input succeeded. */
  readonly isEmpty: boolean
  /** The run that wrote last. */
  readonly lastRun: string | undefined
  /** The end of the results that the journal knows in the output, in bytes; Infinity if it does not tell. */
  readonly outputEnd: number

  private constructor(succeeded: KeyCounts, lastRun?: string, outputEnd = 0) {
    this.#succeeded = succeeded
    this.isEmpty = succeeded.size === 0
    this.lastRun = lastRun
    this.outputEnd = outputEnd
  }

  /**
   * Reads a journal, if it exists. Lines that are not rows are ignored with one warning; repeated rows count once. Without
   * `code` it may belong to any function.
   *
   * @throws {JournalError} if the rows belong to another function, or no line of the file is a row.
   */
  static read(file: string, code: string | undefined, warn: (message: string) => void): Past {
    const succeeded = new KeyCounts()
    if (!existsSync(file)) return new Past(succeeded)
    const tasks = new Set<string>()
    let aliens = 0
    let rows = 0
    let last: JournalRow | undefined
    let lastSuccess: JournalRow | undefined
    for (const row of readJournal(file, () => aliens++)) {
      rows++
      last = row
      if (row.state !== 'ok' && row.state !== 'cached') continue
      if (code !== undefined && row.code !== code) {
        throw new JournalError(
          file,
          `the function has changed since the run "${row.run}" in ${file}: it was ${row.code}, it is ${code}. ` +
            `Its results may differ: use another journal, or remove this one to start over`,
          { hashes: { was: row.code, is: code } },
        )
      }
      const task = `${row.run} ${row.task}`
      if (tasks.has(task)) continue
      tasks.add(task)
      succeeded.add(row.key)
      lastSuccess = row
    }
    if (rows === 0 && aliens > 0)
      throw new JournalError(file, `${file} is not a manyhands journal: no line could be parsed`)
    if (aliens > 0)
      warn(`${aliens} ${aliens === 1 ? 'line' : 'lines'} of the journal ${file} ignored: they could not be parsed`)
    return new Past(succeeded, last?.run, lastSuccess === undefined ? 0 : (lastSuccess.out ?? Infinity))
  }

  /** Takes one success of an input. Returns false if there is none left: each success counts for one input. */
  takes(input: unknown): boolean {
    return this.#succeeded.size > 0 && this.#succeeded.take(contentKey(input))
  }
}
