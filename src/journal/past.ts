import { existsSync } from 'node:fs'

import { JournalError } from '../errors/run-errors.ts'
import { contentKey } from '../task/canonical/canonical-hash.ts'
import { KeyCounts } from './keys/key-counts.ts'
import { KEY_WORDS, keyWords } from './keys/key-table.ts'
import { TaskSet } from './keys/task-set.ts'
import { type JournalBatch, type JournalRow, readJournal, secretOf } from './lines/read-journal.ts'

/** The successes of earlier runs, as their journal tells them. */
export class Past {
  readonly #file: string
  readonly #code: string | undefined
  /** The successes that no input of this run has taken. */
  readonly succeeded: KeyCounts = new KeyCounts()
  /** The run that wrote last. */
  lastRun: string | undefined
  /** The end of the results that the journal knows in the output, in bytes; Infinity if it does not tell. */
  outputEnd = 0
  /** The secret of the keys of rows; undefined if no run has told one. */
  rowSecret: Uint8Array | undefined
  #isEmpty = true
  readonly #tasks = new Map<string, TaskSet>()

  private constructor(file: string, code: string | undefined) {
    this.#file = file
    this.#code = code
  }

  /**
   * Reads a journal, if it exists. Lines that are not of a journal are ignored with one warning; repeated ones count once.
   * Without `code` it may belong to any function.
   *
   * @throws {JournalError} if the successes belong to another function, or no line of the file is one of a journal.
   */
  static read(file: string, code: string | undefined, warn: (message: string) => void): Past {
    const past = new Past(file, code)
    if (!existsSync(file)) return past
    let aliens = 0
    let lines = 0
    for (const entry of readJournal(file, () => aliens++)) {
      lines++
      if (entry.kind === 'run') {
        past.lastRun = entry.line.run
        past.rowSecret ??= secretOf(entry.line)
      } else if (entry.kind === 'row') past.#takeRow(entry.row)
      else if (entry.kind === 'batch') past.#takeBatch(entry.batch)
    }
    past.#tasks.clear()
    past.#isEmpty = past.succeeded.size === 0
    if (lines === 0 && aliens > 0)
      throw new JournalError(file, `${file} is not a manyhands journal: no line could be parsed`)
    if (aliens > 0)
      warn(`${aliens} ${aliens === 1 ? 'line' : 'lines'} of the journal ${file} ignored: they could not be parsed`)
    return past
  }

  /** No input succeeded. */
  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /** Takes one success of a value. Returns false if there is none left: each success counts for one input. */
  takes(input: unknown): boolean {
    return this.succeeded.sizeOf('value') > 0 && this.succeeded.take(contentKey(input))
  }

  #takeRow(row: JournalRow): void {
    this.lastRun = row.run
    if (row.state !== 'ok' && row.state !== 'cached') return
    this.#check(row)
    if (!this.#tasksOf(row.run).add(row.task)) return
    this.succeeded.add(row.key)
    this.outputEnd = row.out ?? Infinity
  }

  #takeBatch(batch: JournalBatch): void {
    const { run, task, count, keys, of } = batch
    this.#check(batch)
    const tasks = this.#tasksOf(run)
    const words = keyWords(keys)
    let isNew = false
    for (let i = 0; i < count; i++) {
      if (!tasks.add(task + i)) continue
      this.succeeded.addWords(of, words, i * KEY_WORDS)
      isNew = true
    }
    if (isNew) this.outputEnd = batch.out ?? Infinity
  }

  #tasksOf(run: string): TaskSet {
    let tasks = this.#tasks.get(run)
    if (tasks === undefined) this.#tasks.set(run, (tasks = new TaskSet()))
    return tasks
  }

  #check({ run, code }: { readonly run: string; readonly code: string }): void {
    const file = this.#file
    if (this.#code === undefined || code === this.#code) return
    throw new JournalError(
      file,
      `the function has changed since the run "${run}" in ${file}: it was ${code}, it is ${this.#code}. ` +
        `Its results may differ: use another journal, or remove this one to start over`,
      { hashes: { was: code, is: this.#code } },
    )
  }
}
