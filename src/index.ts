import './compose.ts'

export { type CloseOptions, Pool } from './api/pool.ts'
export { withPool } from './api/with-pool.ts'
export { BatchError, type SettledRecord } from './errors/batch-error.ts'
export { BackendError } from './errors/backend-error.ts'
export { CaptureError } from './errors/capture-error.ts'
export { ClosedError } from './errors/closed-error.ts'
export { InvalidArgumentError } from './errors/invalid-argument-error.ts'
export { InvalidStateError } from './errors/invalid-state-error.ts'
export { isManyhandsError, ManyhandsError } from './errors/manyhands-error.ts'
export { ModuleLoadError } from './errors/module-load-error.ts'
export { PayloadTooLargeError } from './errors/payload-too-large-error.ts'
export { ResourceLimitError } from './errors/resource-limit-error.ts'
export { SerializationError } from './errors/serialization-error.ts'
export { TaskAbortedError } from './errors/task-aborted-error.ts'
export { TaskError, type TaskIdentity, type WorkerIdentity } from './errors/task-error.ts'
export { TaskTimeoutError } from './errors/task-timeout-error.ts'
export { TimeoutError } from './errors/timeout-error.ts'
export { UnsupportedError } from './errors/unsupported-error.ts'
export { WorkerCrashedError, type WorkerDeath } from './errors/worker-crashed-error.ts'
export { WorkerInitError } from './errors/worker-init-error.ts'
export { WorkerStartError } from './errors/worker-start-error.ts'
export type { LogRecord, LogsOption } from './logs/log-record.ts'
export { execute } from './map/execute.ts'
export { map, type MapFunction } from './map/map.ts'
export { product } from './map/product.ts'
export { availableWorkers } from './options/workers.ts'
export type {
  Backend,
  Capabilities,
  LinkEvents,
  ResourceLimits,
  WorkerLink,
  WorkerSpec,
  WorkerView,
} from './pool/backend.ts'
export { type BackendName, resolveBackend } from './pool/backend-registry.ts'
export type { RunEvent, WorkerRef } from './pool/events.ts'
export type { PoolStats, WorkerStats } from './pool/pool-stats.ts'
export type { ProgressBarOptions, ProgressOption, ProgressState } from './progress/progress-option.ts'
export type { QueueOptions } from './queue/new-queue.ts'
export type { PopManyOptions, TaskQueue, WaitOptions } from './queue/task-queue.ts'
export { Results } from './run/results.ts'
export type { RunStats } from './run/run.ts'
export { currentTask } from './runtime/current-task.ts'
export type { CurrentTask } from './runtime/task-handle.ts'
export type { CallOptions } from './settings/call-options.ts'
export { type DefaultOptions, setDefaults, withDefaults } from './settings/defaults.ts'
export type { PoolOptions } from './settings/pool-settings.ts'
export type {
  BackendOption,
  MapOptions,
  OnError,
  OnErrorWord,
  RetryOptions,
  RunOptions,
} from './settings/run-options.ts'
export { task, type TaskFactory } from './task/define-task.ts'
export { type ClassOptions, registerClass } from './task/register-class.ts'
export { type Stateful, stateful } from './task/stateful.ts'
export type { Task, TaskOptions } from './task/task.ts'
export { tasksOf } from './task/tasks-of.ts'
export { move } from './wire/moved.ts'
export { shared } from './wire/shared.ts'
