import { reportToOrigin } from '../scope/task-scope.ts'
import type { WorkerRuntime } from '../worker-runtime.ts'

/** Reports uncaught errors to a worker's runtime, so that they end neither the worker nor its host. */
export function reportLateErrors(runtime: WorkerRuntime): void {
  const report = (error: unknown): void => {
    if (!reportToOrigin(error)) runtime.lateError(error)
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}

let isShared = false

/**
 * Reports uncaught errors of tasks that run in their host's thread. Stays active: a task may cause an error long after
 * its pool was closed. Errors of the host itself are handled as without this.
 */
export function shareLateErrors(): void {
  if (isShared) return
  isShared = true
  process.on('uncaughtException', onException)
  process.on('unhandledRejection', onRejection)
}

function onException(error: unknown): void {
  if (reportToOrigin(error) || process.listenerCount('uncaughtException') > 1) return
  // No one else handles it, so it must end the process as usual.
  process.off('uncaughtException', onException)
  queueMicrotask(() => {
    throw error
  })
}

function onRejection(reason: unknown): void {
  if (reportToOrigin(reason) || process.listenerCount('unhandledRejection') > 1) return
  throw reason
}
