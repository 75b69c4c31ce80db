import type { WorkerRuntime } from './serve.ts'

/** Hands errors that nothing catches to the runtime: they are reported, and end neither the worker nor its host. */
export function reportLateErrors(runtime: WorkerRuntime): void {
  process.on('uncaughtException', (error) => runtime.lateError(error))
  process.on('unhandledRejection', (reason) => runtime.lateError(reason))
}
