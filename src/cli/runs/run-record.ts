import { existsSync, mkdirSync, readdirSync, readFileSync, lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { didYouMean, nearestName } from '../../util/nearest-name.ts'
import { CommandError, usageError, EXIT } from '../command-error.ts'

/** The folder for the records of runs, in the current one. */
export const RUNS_FOLDER = '.manyhands'
const NAME = /^[a-z0-9-]+$/

/** The record of a run, beside its log. */
export interface RunRecord {
  readonly v: 1
  readonly run: string
  /** The arguments after `manyhands run`. */
  readonly args: readonly string[]
  readonly name: string
  /** The job log; null if none could be written. */
  readonly log: string | null
  readonly output: string | null
  readonly pid: number
  /** Tells the process from a later one with the same pid; null if the system does not say it. */
  readonly startedAs?: string | null
  readonly host: string
  /** Milliseconds since 1970; `ended` is null while the run goes on, or if it was killed. */
  readonly started: number
  readonly ended: number | null
  readonly exitCode: number | null
  readonly total: number | null
  /** The log could not be written to the end: results may have been written that it does not tell of. */
  readonly isLogShort?: true
}

/** Returns the folder of a run. */
export function runFolder(run: string): string {
  if (!NAME.test(run)) throw usageError(`"${run}" is not the name of a run: expected one such as calm-otter-41`)
  return join(RUNS_FOLDER, run)
}

/** Writes the record of a run, whole or not at all. */
export function writeRecord(record: RunRecord): void {
  const folder = runFolder(record.run)
  refuseForeign()
  // Made one by one: if both are made at once, the errors of some systems do not name the cause.
  for (const each of [RUNS_FOLDER, folder]) mkdirSync(each, { recursive: true, mode: 0o700 })
  const ignore = join(RUNS_FOLDER, '.gitignore')
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
  const path = join(folder, 'run.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** Removes the record of a run in which nothing has happened. */
export function removeRecord(run: string): void {
  rmSync(runFolder(run), { recursive: true, force: true })
}

/** @throws {Error} if the folder belongs to another user: links in it could lead writes astray. */
function refuseForeign(): void {
  const owner = lstatSync(RUNS_FOLDER, { throwIfNoEntry: false })?.uid
  const own = process.getuid?.()
  if (owner !== undefined && own !== undefined && owner !== own)
    throw new Error(`the folder ${RUNS_FOLDER} belongs to another user`)
}

/**
 * Reads the record of a run; `last` is the one that began last.
 *
 * @throws {CommandError} if there is no such run.
 */
export function readRecord(run: string): RunRecord {
  const record = run === 'last' ? lastRecord() : parseRecord(run)
  if (record !== undefined) return record
  const message =
    run === 'last'
      ? `there are no runs in this folder: ${RUNS_FOLDER} has none`
      : `there is no run "${run}" here.${didYouMean(nearestName(run, runNames()))}`
  throw new CommandError(message, EXIT.cannotStart)
}

/** True if a run in this folder has that name. */
export function isRun(name: string): boolean {
  return NAME.test(name) && existsSync(join(runFolder(name), 'run.json'))
}

/** Reads the records of all runs of this folder, the newest first. */
export function allRecords(): RunRecord[] {
  return runNames()
    .map((run) => parseRecord(run))
    .filter((record) => record !== undefined)
    .toSorted((a, b) => b.started - a.started)
}

function lastRecord(): RunRecord | undefined {
  return allRecords()[0]
}

function runNames(): string[] {
  return existsSync(RUNS_FOLDER) ? readdirSync(RUNS_FOLDER).filter((name) => NAME.test(name)) : []
}

function parseRecord(run: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(runFolder(run), 'run.json'), 'utf8')) as Partial<RunRecord>
    const isRecord =
      record.v === 1 && record.run === run && Array.isArray(record.args) && Number.isFinite(record.started)
    return isRecord ? (record as RunRecord) : undefined
  } catch (error) {
    if (error instanceof CommandError) throw error
    return undefined
  }
}
