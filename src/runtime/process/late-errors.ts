import { reportToOrigin } from '../scope/task-scope.ts'
import type { WorkerRuntime } from '../worker-runtime.ts'

/** Hands errors that nothing catches to a worker's runtime: they are reported, and end neither the worker nor its host. */
export function reportLateErrors(runtime: WorkerRuntime): void {
  const report = (error: unknown): void => {
    if (!reportToOrigin(error)) runtime.lateError(error)
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}

let isShared = false

/**
 * The same for tasks that run in their host's thread, from now on: a task may leave an error behind that comes long
 * after its pool was closed. Errors of the host itself take the way that they take without this.
 */
export function shareLateErrors(): void {
  if (isShared) return
  isShared = true
  process.on('uncaughtException', onException)
  process.on('unhandledRejection', onRejection)
}

function onException(error: unknown): void {
  if (reportToOrigin(error) || process.listenerCount('uncaughtException') > 1) return
  // With nobody to catch it, it ends the process as it would have done.
  process.off('uncaughtException', onException)
  queueMicrotask(() => {
    throw error
  })
}

function onRejection(reason: unknown): void {
  if (reportToOrigin(reason) || process.listenerCount('unhandledRejection') > 1) return
  throw reason
}
