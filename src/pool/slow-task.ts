import type { Entry } from './entry.ts'

/** Warns of a task that has no limit and does not end. */
export function warnOfSlowTask(entry: Entry, ms: number): void {
  const minutes = Math.round(ms / 60_000)
  process.emitWarning(
    `${entry.fn.name}[${entry.index}] has been running for ${minutes} minutes; set a timeout if tasks may never end`,
    { type: 'ManyhandsWarning', code: 'MH_SLOW_TASK' },
  )
}
