import { hostname } from 'node:os'
import { join } from 'node:path'

import { FileLock } from '../../journal/file-lock.ts'
import { Journal } from '../../journal/journal.ts'
import { runName } from '../../journal/run-name.ts'
import { messageOf } from '../../util/message-of.ts'
import { CommandError } from '../command-error.ts'
import { EXIT } from '../exit-codes.ts'
import { OutputLog } from './output-log.ts'
import { readRecord, type RunRecord, runFolder, writeRecord } from './run-record.ts'

/** What a run says of itself when it begins. */
export interface RunFacts {
  readonly args: readonly string[]
  readonly name: string
  readonly output: string | undefined
  /** The job log that was asked for. */
  readonly log: string | undefined
  /** The run to go on with. */
  readonly resume: string | undefined
}

/** What a run leaves in its folder: its job log, and what it was. */
export class RunLog {
  readonly run: string
  readonly journal: Journal | undefined
  /** What tasks print is kept here. */
  readonly output: OutputLog | undefined
  #record: RunRecord
  readonly #outputLock: FileLock | undefined

  private constructor(record: RunRecord, outputLock: FileLock | undefined) {
    this.#record = record
    this.run = record.run
    this.#outputLock = outputLock
    this.output = record.log === null ? undefined : new OutputLog(record.run)
    this.journal = record.log === null ? undefined : new Journal(record.log, { run: record.run, confirms: true })
  }

  /**
   * Begins the log of a run; where no folder for it can be made, and none was asked for, the run does without.
   *
   * @throws {CommandError} where another run writes to the same output.
   */
  static begin(facts: RunFacts, warn: (message: string) => void): RunLog {
    const run = runName()
    const before = facts.resume === undefined ? undefined : logToGoOnWith(facts.resume)
    const record: RunRecord = {
      v: 1,
      run,
      args: facts.args,
      name: facts.name,
      log: facts.log ?? before ?? join(runFolder(run), 'log.jsonl'),
      output: facts.output ?? null,
      pid: process.pid,
      host: hostname(),
      started: Date.now(),
      ended: null,
      exitCode: null,
      total: null,
    }
    const lock = lockOutput(facts.output)
    try {
      writeRecord(record)
      return new RunLog(record, lock)
    } catch (error) {
      warn(`this run leaves no trace in its folder: ${messageOf(error)}`)
      return new RunLog(facts.log === undefined ? { ...record, log: null } : record, lock)
    }
  }

  /** The job log's file. */
  get log(): string | undefined {
    return this.#record.log ?? undefined
  }

  end(exitCode: number, total: number | undefined): void {
    this.output?.close()
    this.#outputLock?.release()
    this.#record = { ...this.#record, ended: Date.now(), exitCode, total: total ?? null }
    try {
      writeRecord(this.#record)
    } catch {
      // It was told at the start that nothing can be kept.
    }
  }
}

/** The job log of the run that another one goes on with. */
export function logToGoOnWith(resume: string): string {
  const { run, log } = readRecord(resume)
  if (log === null) throw new CommandError(`the run "${run}" kept no log to go on with`, EXIT.cannotStart)
  return log
}

/** Two runs that write one file would mix their lines. */
function lockOutput(output: string | undefined): FileLock | undefined {
  if (output === undefined || output === '-' || output.startsWith('/dev/')) return undefined
  let lock: FileLock | number
  try {
    lock = FileLock.take(output)
  } catch {
    // Where no lock can be made the file itself will say what is wrong with it.
    return undefined
  }
  if (typeof lock !== 'number') return lock
  throw new CommandError(`${output} is being written by another run (process ${lock})`, EXIT.cannotStart)
}
