import './compose.ts'

export { type CloseOptions, Pool } from './api/pool.ts'
export { withPool } from './api/with-pool.ts'
export { BatchError, type SettledRecord, ClosedError, JournalError, TimeoutError } from './errors/run-errors.ts'
export { DataFileError } from './errors/file-errors.ts'
export { BackendError, ModuleLoadError, WorkerInitError, WorkerStartError } from './errors/worker-errors.ts'
export { CaptureError, InvalidArgumentError, InvalidStateError, UnsupportedError } from './errors/argument-errors.ts'
export { isManyhandsError, ManyhandsError } from './errors/manyhands-error.ts'
export {
  PayloadTooLargeError,
  ResourceLimitError,
  SerializationError,
  TaskAbortedError,
  TaskError,
  type TaskIdentity,
  type WorkerIdentity,
  TaskTimeoutError,
  UnreadableRowError,
  WorkerCrashedError,
  type WorkerDeath,
} from './errors/task-errors.ts'
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
} from './pool/backend/backend.ts'
export { type BackendName, resolveBackend } from './pool/backend/registry.ts'
export type { RunEvent } from './observe/event-observer.ts'
export { ATTEMPT_STATES } from './observe/observer.ts'
export type {
  AttemptBatch,
  AttemptStarted,
  AttemptState,
  LateError,
  RunCacheTotals,
  RunEnded,
  RunObserver,
  RunRef,
  RunSample,
  RunStarted,
  WorkerExited,
  WorkerRef,
  WorkerStarted,
} from './observe/observer.ts'
export type { PoolStats, WorkerStats } from './pool/pool-stats.ts'
export type { ProgressBarOptions, ProgressOption, ProgressState, ProgressStream } from './progress/progress-option.ts'
export type { QueueOptions } from './queue/new-queue.ts'
export type { PopManyOptions, TaskQueue, WaitOptions } from './queue/task-queue.ts'
export { reducer } from './reduce/define-reducer.ts'
export { reduce, type ReduceFunction, type SettledReduceFunction, type SettledReduction } from './reduce/reduce.ts'
export type { ReduceOptions } from './reduce/reduce-options.ts'
export type { Reducer } from './reduce/reducer.ts'
export { Results } from './run/outcomes/results.ts'
export type { RunStats } from './run/run-stats.ts'
export { currentTask } from './runtime/scope/task-scope.ts'
export type { CurrentTask } from './runtime/scope/task-handle.ts'
export type { CallOptions } from './settings/call-options.ts'
export { type DefaultOptions, setDefaults, withDefaults } from './settings/defaults.ts'
export type { PoolOptions } from './settings/pool-settings.ts'
export type { BackendOption, MapOptions, OnError, OnErrorWord, RunOptions } from './settings/run-options.ts'
export { batched, type BatchedOptions, type DefineBatched } from './task/batched.ts'
export { task, type TaskFactory, type Task, type TaskOptions } from './task/task.ts'
export { type ClassOptions, registerClass } from './task/register-class.ts'
export { type Stateful, stateful, type StatefulReducer } from './task/stateful.ts'
export { tasksOf } from './task/tasks-of.ts'
export { move, shared } from './wire/values/buffers.ts'
export type { RetryOptions, TimeoutOption } from './task/failure-policy.ts'
