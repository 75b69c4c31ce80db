import type { WorkerRef } from './events.ts'

/** Warns of an error that came after its task had its outcome; nothing else is charged with it. */
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
