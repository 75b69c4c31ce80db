import { isNested } from '../task/nesting.ts'
import type { Backend } from './backend.ts'
import { type BackendName, resolveBackend } from './backend-registry.ts'
import { Scheduler, type SchedulerOptions } from './scheduler.ts'
import { printStrayLog, warnOfLateError } from './stray-output.ts'

/** Workers of the process-wide pools are stopped after this long without work, in milliseconds. */
const KEPT_WARM_MS = 10_000
const INIT_TIMEOUT_MS = 60_000

export const DEFAULT_OPTIONS: Omit<SchedulerOptions, 'backend' | 'idleTimeout'> = {
  initTimeout: INIT_TIMEOUT_MS,
  maxTasks: Infinity,
  maxMemory: Infinity,
  onStrayLog: printStrayLog,
  onLateError: warnOfLateError,
}

const shared = new Map<Backend, Scheduler>()

/**
 * The process-wide workers of a backend, started as they are needed, kept warm for 10 s.
 *
 * Inside a task it is a serial one of the task's own: a shared one may be busy with that very task.
 */
export async function defaultScheduler(choice: BackendName | Backend, workers: number): Promise<Scheduler> {
  if (isNested()) return new Scheduler(1, { ...DEFAULT_OPTIONS, backend: await resolveBackend('serial'), idleTimeout: KEPT_WARM_MS })
  const backend = await resolveBackend(choice)
  let scheduler = shared.get(backend)
  if (scheduler === undefined) {
    scheduler = new Scheduler(workers, { ...DEFAULT_OPTIONS, backend, idleTimeout: KEPT_WARM_MS })
    shared.set(backend, scheduler)
  }
  if (workers > scheduler.fleet.size) scheduler.fleet.size = workers
  return scheduler
}
