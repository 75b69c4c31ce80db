import { statSync } from 'node:fs'

import { FileLock } from '../../journal/file-lock.ts'
import { digestLog } from '../../report/followed-log.ts'
import type { View } from '../../view/view.ts'
import { CommandError, EXIT } from '../command-error.ts'
import type { RunRecord } from './run-record.ts'
import { outsideOf } from './watched-run.ts'

/**
 * Makes the view of a run of its job log.
 *
 * @throws {CommandError} if it has none.
 */
export function viewOfRun(record: RunRecord): View {
  const { run, log } = record
  if (log === null || !isFile(log))
    throw new CommandError(
      `the run "${run}" has no job log to report on${log === null ? '' : `: ${log}`}`,
      EXIT.cannotStart,
    )
  return digestLog(log, run).view(outsideOf(record))
}

/** Makes the view of the last run in a job log that no record belongs to. */
export function viewOfLog(file: string): View {
  const digest = digestLog(file)
  if (digest.isEmpty)
    throw new CommandError(`${file} is no job log: no line of it could be read as one`, EXIT.cannotStart)
  return digest.view({ state: digest.hasEnded ? 'ended' : isLocked(file) ? 'running' : 'killed', exitCode: undefined })
}

/** True if there is such a file; not for pipes and devices, which keep nothing. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** True if a run writes a job log. */
function isLocked(file: string): boolean {
  try {
    const lock = FileLock.take(file)
    if (typeof lock === 'number') return true
    lock.release()
    return false
  } catch {
    return false
  }
}
