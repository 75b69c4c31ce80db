import { availableWorkers } from '../../options/workers.ts'
import type { Backend } from '../../pool/backend/backend.ts'
import { LocalSlots } from '../../pool/backend/queue-slots.ts'
import { resolveBackend } from '../../pool/backend/registry.ts'
import { prepareFunctions } from '../../pool/functions/prepare.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import type { BackendOption } from '../../settings/run-options.ts'
import { RUN_DEFAULTS, type RunSettings } from '../../settings/run-settings.ts'
import { isNested } from '../../task/nesting.ts'
import { newDispatcher } from './new-dispatcher.ts'
import type { RunHost } from './run-host.ts'

/** The process-wide workers, as a run sees them; `fixed` where the run itself says how many it needs. */
export function defaultHost(settings: RunSettings, fixed?: number): RunHost {
  let dispatcher: Dispatcher | Promise<Dispatcher> | undefined
  const workers = isNested() ? 1 : (fixed ?? settings.workers ?? usualWorkers(settings.backend))
  return {
    workers,
    own: {},
    slots: new LocalSlots(Infinity),
    open: () => {},
    dispatcher: () => (dispatcher ??= defaultDispatcher(settings, workers).then((ready) => (dispatcher = ready))),
    prepare: prepareFunctions,
    enter: () => {},
    leave: () => {},
  }
}

/** Workers of the process-wide pools are stopped after this long without work, in milliseconds. */
const KEPT_WARM_MS = 10_000

const shared = new Map<Backend, Promise<Dispatcher>>()

/**
 * The process-wide workers of a backend, started as they are needed, kept warm for 10 s.
 *
 * Inside a task it is a serial one of the task's own: a shared one may be busy with that very task.
 */
export async function defaultDispatcher(settings: RunSettings, workers: number): Promise<Dispatcher> {
  if (isNested()) return newDispatcher(await resolveBackend('serial', settings.copy), 1, {})
  const backend = await resolveBackend(settings.backend ?? RUN_DEFAULTS.backend, settings.copy)
  const making = shared.get(backend) ?? newDispatcher(backend, workers, { idleTimeout: KEPT_WARM_MS })
  shared.set(backend, making)
  const dispatcher = await making
  if (workers > dispatcher.workerSet.size && backend.capabilities.parallel) dispatcher.resize(workers)
  return dispatcher
}

/** Workers where nobody says how many: one a core here; of other machines as many as there are. */
export function usualWorkers(backend: BackendOption | undefined): number {
  const isRemote = typeof backend === 'object' && backend.capabilities.remote === true
  return isRemote ? Infinity : availableWorkers()
}
