import { hostname } from 'node:os'
import { join, resolve } from 'node:path'

import { FileLock } from '../../journal/file-lock.ts'
import { Journal } from '../../journal/journal.ts'
import type { KeyCounts } from '../../journal/keys/key-counts.ts'
import { runName } from '../../journal/run-name.ts'
import { messageOf } from '../../util/message-of.ts'
import { thisProcess } from '../../util/running-process.ts'
import { CommandError, usageError, EXIT } from '../command-error.ts'
import { OutputLog } from './output-log.ts'
import { isRun, readRecord, removeRecord, type RunRecord, runFolder, writeRecord } from './run-record.ts'
import { shownArgs } from './shown-args.ts'

/** The facts of a run when it begins. */
export interface RunFacts {
  readonly args: readonly string[]
  readonly name: string
  readonly output: string | undefined
  /** The job log that `--log` names. */
  readonly log: string | undefined
  /** The run to resume. */
  readonly resume: string | undefined
  /** The only inputs to run, by their keys. */
  readonly only: KeyCounts | undefined
  /** True if results of another function count as done. */
  readonly anyCode: boolean
  /** True if one value is made of all inputs. */
  readonly isReduction: boolean
}

/** Keeps the job log, the output and the record of a run in its folder. */
export class RunLog {
  readonly run: string
  readonly journal: Journal | undefined
  /** Keeps what tasks print. */
  readonly output: OutputLog | undefined
  /** True if the run has a record, by which it can be resumed and looked at. */
  readonly isKept: boolean
  #record: RunRecord
  readonly #outputLock: FileLock | undefined
  /** The run that this one resumes. */
  readonly #before: RunRecord | undefined

  private constructor(
    record: RunRecord,
    outputLock: FileLock | undefined,
    { only, anyCode, isReduction }: Pick<RunFacts, 'only' | 'anyCode' | 'isReduction'>,
    isKept: boolean,
    before: RunRecord | undefined,
  ) {
    this.#record = record
    this.#before = before
    const { run } = record
    this.run = run
    this.#outputLock = outputLock
    this.isKept = isKept
    this.output = record.log === null ? undefined : new OutputLog(record.run)
    const facts = { command: shownArgs(record.args), resumes: before?.run }
    this.journal =
      record.log === null
        ? undefined
        : new Journal(record.log, { run, confirms: !isReduction, only, anyCode, isReduction, facts })
  }

  /**
   * Begins the log of a run. If its folder cannot be made, and `--log` names no file, the run goes without.
   *
   * @throws {CommandError} if another run writes to the same output.
   */
  static begin(facts: RunFacts, warn: (message: string) => void): RunLog {
    const run = runName()
    // A log alone is enough to resume.
    const goesByLog = facts.log !== undefined && facts.resume === 'last'
    const before = facts.resume === undefined || goesByLog ? undefined : readRecord(facts.resume)
    const logBefore = before && logOf(before)
    if (logBefore !== undefined && facts.log !== undefined && resolve(facts.log) !== resolve(logBefore))
      throw usageError(`--log: a run that resumes "${facts.resume}" keeps its log, ${logBefore}; leave --log out`)
    if (facts.log !== undefined && facts.output !== undefined && resolve(facts.log) === resolve(facts.output))
      throw usageError(`--log and -o are the same file, ${facts.log}: each needs its own`)
    const { args, name, output = null } = facts
    const record = newRecord(run, {
      args,
      name,
      output,
      log: facts.log ?? logBefore ?? join(runFolder(run), 'log.jsonl'),
    })
    const lock = lockOutput(facts.output)
    try {
      writeRecord(record)
      return new RunLog(record, lock, facts, true, before)
    } catch (error) {
      warn(`this run cannot be resumed, as its folder cannot be written: ${messageOf(error)}`)
      return new RunLog(facts.log === undefined ? { ...record, log: null } : record, lock, facts, false, before)
    }
  }

  /** Makes a log for a run that cannot be resumed and has no folder. It only locks the output. */
  static without(output: string | undefined): RunLog {
    const record = newRecord(runName(), { args: [], name: '', output: output ?? null, log: null })
    return new RunLog(
      record,
      lockOutput(output),
      { only: undefined, anyCode: false, isReduction: false },
      false,
      undefined,
    )
  }

  get record(): RunRecord {
    return this.#record
  }

  /** The file of the job log. */
  get log(): string | undefined {
    return this.#record.log ?? undefined
  }

  /**
   * The bytes of the output that stay when an earlier run is resumed. If that run was killed, or could not write its log,
   * it may have written results that its log does not tell of: they are computed again.
   */
  get outputKept(): number {
    const { lastRun, outputEnd = Infinity } = this.journal?.past ?? {}
    const wroteLast = lastRun !== undefined && isRun(lastRun) ? readRecord(lastRun) : undefined
    const [last] = [this.#before, wroteLast]
      .filter((run) => run !== undefined)
      .toSorted((a, b) => b.started - a.started)
    const { output } = this.#record
    if (last === undefined || last.output === null || output === null) return Infinity
    if (last.ended !== null && last.isLogShort !== true) return Infinity
    return resolve(last.output) === resolve(output) ? outputEnd : Infinity
  }

  /** Removes all traces of a run in which nothing has happened. */
  discard(): void {
    this.output?.close()
    this.#outputLock?.release()
    removeRecord(this.run)
  }

  end(exitCode: number, total: number | undefined): void {
    this.output?.close()
    this.#outputLock?.release()
    const isLogShort = this.journal?.error !== undefined
    const record = { ...this.#record, ended: Date.now(), exitCode, total: total ?? null }
    this.#record = isLogShort ? { ...record, isLogShort } : record
    if (!this.isKept) return
    try {
      writeRecord(this.#record)
    } catch {
      // The start has warned that nothing can be kept.
    }
  }
}

function newRecord(run: string, facts: Pick<RunRecord, 'args' | 'name' | 'log' | 'output'>): RunRecord {
  const { pid, started: startedAs } = thisProcess()
  return {
    v: 1,
    run,
    ...facts,
    pid,
    startedAs,
    host: hostname(),
    started: Date.now(),
    ended: null,
    exitCode: null,
    total: null,
  }
}

/** Returns the job log of a run to resume. */
export function logToResume(resume: string): string {
  return logOf(readRecord(resume))
}

function logOf({ run, log }: RunRecord): string {
  if (log === null) throw new CommandError(`the run "${run}" kept no log to resume from`, EXIT.cannotStart)
  return log
}

/** Locks the output: two runs that write to one file would mix their lines. */
function lockOutput(output: string | undefined): FileLock | undefined {
  if (output === undefined || output === '-' || output.startsWith('/dev/')) return undefined
  let lock: FileLock | number
  try {
    lock = FileLock.take(output)
  } catch {
    // If no lock can be made, opening the file will tell what is wrong with it.
    return undefined
  }
  if (typeof lock !== 'number') return lock
  throw new CommandError(`${output} is being written by another run (process ${lock})`, EXIT.cannotStart)
}
