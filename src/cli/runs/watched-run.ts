import { type AttemptReader, FollowedLog } from '../../report/followed-log.ts'
import { Digest, type Outside } from '../../view/digest/digest.ts'
import type { View } from '../../view/view.ts'
import { readRecord, type RunRecord } from './run-record.ts'
import { isUnderWay } from './under-way.ts'

/** A run of this folder that is looked at, once or again and again: each time only what was added to its log is read. */
export class WatchedRun {
  #record: RunRecord
  readonly #log: FollowedLog | undefined
  #changes = 0

  /**
   * `run`: its name, or `last`. `reader`: takes its attempts, too.
   *
   * @throws {CommandError} if there is no such run.
   */
  constructor(run: string, reader?: AttemptReader) {
    this.#record = readRecord(run)
    const { log, run: name } = this.#record
    this.#log = log === null ? undefined : new FollowedLog(log, name, reader)
  }

  /** The record of the run, as it was at the last look. */
  get record(): RunRecord {
    return this.#record
  }

  /** True if the run had not ended at the last look. */
  get isUnderWay(): boolean {
    return isUnderWay(this.#record)
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
    const { run, ended } = this.#record
    this.#record = readRecord(run)
    if (this.#record.ended !== ended) this.#changes++
    return this.#log?.read(budgetMs) === true
  }

  /** Changes whenever something was read, or the record has changed. */
  get version(): number {
    return (this.#log?.version ?? 0) + this.#changes
  }

  /** Makes the view of what was read: of nothing, if it keeps no log. */
  view(): View {
    return (this.digest ?? new Digest()).view(outsideOf(this.#record))
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
