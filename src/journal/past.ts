import { existsSync } from 'node:fs'

import { JournalError } from '../errors/run-errors.ts'
import { contentKey } from '../task/canonical/canonical-hash.ts'
import { type JournalRow, readJournal } from './journal-row.ts'
import { KeyCounts } from './key-counts.ts'

/** What a journal says of earlier runs: how often which input succeeded. */
export class Past {
  readonly #succeeded: KeyCounts
  /** No input succeeded. */
  readonly isEmpty: boolean
  /** The run that wrote last. */
  readonly lastRun: string | undefined
  /** Where the results of which it tells end in the output, in bytes; Infinity where it does not say so. */
  readonly outputEnd: number

  private constructor(succeeded: KeyCounts, lastRun?: string, outputEnd = 0) {
    this.#succeeded = succeeded
    this.isEmpty = succeeded.size === 0
    this.lastRun = lastRun
    this.outputEnd = outputEnd
  }

  /**
   * Reads a journal, where there is one. Lines that are no rows are ignored with one warning; rows that stand twice count
   * once. Without `code` it may be of any function.
   *
   * @throws {JournalError} where the rows are of another function, or nothing in the file is a row.
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
            `Its results may differ: use another journal, or remove this one to begin anew`,
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
      throw new JournalError(file, `${file} is no journal: none of its lines is a row of one`)
    if (aliens > 0) warn(`${aliens} ${aliens === 1 ? 'line' : 'lines'} of the journal ${file} ignored: no rows of one`)
    return new Past(succeeded, last?.run, lastSuccess === undefined ? 0 : (lastSuccess.out ?? Infinity))
  }

  /** Whether an input succeeded before: as many of them as did, each once. */
  takes(input: unknown): boolean {
    return this.#succeeded.size > 0 && this.#succeeded.take(contentKey(input))
  }
}
