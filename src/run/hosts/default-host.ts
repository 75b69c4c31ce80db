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

/** Makes a run's view of the process-wide workers. `fixed` is their number, if the function determines it. */
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
 * Returns the dispatcher of a backend's process-wide workers, which start when needed and stop after 10 s without work.
 *
 * Inside a task each run gets a serial dispatcher of its own: a shared one may be busy with that very task.
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

/** Default number of workers: one a core on this machine; on remote backends all that there are. */
export function usualWorkers(backend: BackendOption | undefined): number {
  const isRemote = typeof backend === 'object' && backend.capabilities.remote === true
  return isRemote ? Infinity : availableWorkers()
}
