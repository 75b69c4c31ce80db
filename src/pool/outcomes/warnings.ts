import type { WorkerRef } from '../../observe/observer.ts'
import type { Item } from '../jobs/item.ts'

/** Warns of a task that has no timeout and has been running for `ms` milliseconds. */
export function warnOfSlowTask(item: Item, ms: number): void {
  const minutes = Math.round(ms / 60_000)
  process.emitWarning(
    `${item.fn.name}[${item.index}] has been running for ${minutes} minutes; set a timeout if tasks may never end`,
    { type: 'ManyhandsWarning', code: 'MH_SLOW_TASK' },
  )
}

/** Warns of an error that came after its task had its outcome; no outcome changes. */
export function warnOfLateError(
  error: unknown,
  task: { name: string; index: number } | undefined,
  worker: WorkerRef,
): void {
  const origin = task === undefined ? `a task of worker ${worker.id}` : `${task.name}[${task.index}]`
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.emitWarning(`${origin} left an error behind after it had ended: ${text}`, {
    type: 'ManyhandsWarning',
    code: 'MH_LATE_ERROR',
  })
}
