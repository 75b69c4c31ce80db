import { existsSync } from 'node:fs'

import { JournalError } from '../errors/journal-error.ts'
import { readJournal } from './read-journal.ts'

/** What a journal says of earlier runs: how often which input succeeded. */
export class Past {
  readonly #succeeded: Map<string, number>

  private constructor(succeeded: Map<string, number>) {
    this.#succeeded = succeeded
  }

  /**
   * Reads a journal, where there is one. Lines that are no rows are ignored with one warning; rows that stand twice count
   * once.
   *
   * @throws {JournalError} where the rows are of another function, or nothing in the file is a row.
   */
  static read(file: string, code: string, warn: (message: string) => void): Past {
    const succeeded = new Map<string, number>()
    if (!existsSync(file)) return new Past(succeeded)
    const tasks = new Set<string>()
    let aliens = 0
    let rows = 0
    for (const row of readJournal(file, () => aliens++)) {
      rows++
      if (row.state !== 'ok' && row.state !== 'cached') continue
      if (row.code !== code) {
        throw new JournalError(
          file,
          `the function has changed since the run "${row.run}" in ${file}: it was ${row.code}, it is ${code}. ` +
            `Its results may differ: use another journal, or remove this one to begin anew`,
        )
      }
      const task = `${row.run} ${row.task}`
      if (tasks.has(task)) continue
      tasks.add(task)
      succeeded.set(row.key, (succeeded.get(row.key) ?? 0) + 1)
    }
    if (rows === 0 && aliens > 0)
      throw new JournalError(file, `${file} is no journal: none of its lines is a row of one`)
    if (aliens > 0) warn(`${aliens} ${aliens === 1 ? 'line' : 'lines'} of the journal ${file} ignored: no rows of one`)
    return new Past(succeeded)
  }

  /** Inputs that need not run again. */
  get size(): number {
    let size = 0
    for (const count of this.#succeeded.values()) size += count
    return size
  }

  /** Whether an input with this key succeeded before: as many of them as did, each once. */
  takes(key: string): boolean {
    const count = this.#succeeded.get(key) ?? 0
    if (count === 0) return false
    this.#succeeded.set(key, count - 1)
    return true
  }
}
