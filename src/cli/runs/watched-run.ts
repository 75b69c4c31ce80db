import type { JournalRow } from '../../journal/lines/read-journal.ts'
import { FollowedLog } from '../../report/followed-log.ts'
import type { Digest, Outside } from '../../view/digest/digest.ts'
import type { View } from '../../view/view.ts'
import { LastAttempts } from './last-attempts.ts'
import { lastRows } from './last-rows.ts'
import { readRecord, type RunRecord } from './run-record.ts'
import { isUnderWay } from './under-way.ts'

/** A run of this folder that is looked at, once or again and again: each time only what was added to its log is read. */
export class WatchedRun {
  #record: RunRecord
  readonly #log: FollowedLog | undefined
  readonly #last: LastAttempts | undefined

  /**
   * `run`: its name, or `last`. `rows`: the last attempts of its tasks are wanted, too.
   *
   * @throws {CommandError} if there is no such run.
   */
  constructor(run: string, { rows = false }: { readonly rows?: boolean } = {}) {
    this.#record = readRecord(run)
    this.#last = rows ? new LastAttempts() : undefined
    const { log, run: name } = this.#record
    this.#log = log === null ? undefined : new FollowedLog(log, name, this.#last)
  }

  /** The record of the run, as it was at the last look. */
  get record(): RunRecord {
    return this.#record
  }

  /** True if the run had not ended at the last look. */
  get isUnderWay(): boolean {
    return isUnderWay(this.#record)
  }

  /** Changes whenever a line of its log was read. */
  get version(): number {
    return this.#log?.version ?? 0
  }

  /** The digest of its log; undefined if it keeps none. */
  get digest(): Digest | undefined {
    return this.#log?.digest
  }

  /**
   * Reads on, for about `budgetMs` milliseconds at most. Returns true if there may be more to read.
   *
   * @throws {JournalError} if its log cannot be read.
   */
  read(budgetMs?: number): boolean {
    // Before the log: all of a run that has ended is there.
    this.#record = readRecord(this.#record.run)
    return this.#log?.read(budgetMs) === true
  }

  /** Reads the rows of the last attempts of its tasks, as far as those have rows of their own. */
  *lastRows(): Generator<JournalRow, void> {
    const { log, run } = this.#record
    if (log !== null && this.#last !== undefined) yield* lastRows(log, run, this.#last)
  }

  /** Makes the view of what was read. */
  view(): View | undefined {
    return this.digest?.view(outsideOf(this.#record))
  }
}

/** Returns what the log of a run does not tell. */
export function outsideOf(record: RunRecord): Outside {
  const { name, total, ended, exitCode } = record
  return {
    state: ended !== null ? 'ended' : isUnderWay(record) ? 'running' : 'killed',
    exitCode: exitCode ?? undefined,
    name,
    total: total ?? undefined,
  }
}
