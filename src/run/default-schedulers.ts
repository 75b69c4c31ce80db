import { resolveBackend } from '../pool/backend-registry.ts'
import type { Backend } from '../pool/backend.ts'
import type { Scheduler } from '../pool/scheduler.ts'
import type { RunSettings } from '../settings/run-settings.ts'
import { isNested } from '../task/nesting.ts'
import { newScheduler } from './new-scheduler.ts'

/** Workers of the process-wide pools are stopped after this long without work, in milliseconds. */
const KEPT_WARM_MS = 10_000

const shared = new Map<Backend, Promise<Scheduler>>()

/**
 * The process-wide workers of a backend, started as they are needed, kept warm for 10 s.
 *
 * Inside a task it is a serial one of the task's own: a shared one may be busy with that very task.
 */
export async function defaultScheduler(settings: RunSettings, workers: number): Promise<Scheduler> {
  if (isNested()) return newScheduler(await resolveBackend('serial', settings.copy), 1, {})
  const backend = await resolveBackend(settings.backend ?? 'threads', settings.copy)
  const making = shared.get(backend) ?? newScheduler(backend, workers, { idleTimeout: KEPT_WARM_MS })
  shared.set(backend, making)
  const scheduler = await making
  if (workers > scheduler.fleet.size && backend.capabilities.parallel) scheduler.resize(workers)
  return scheduler
}
