import { availableWorkers } from '../options/workers.ts'
import type { BackendOption } from '../settings/run-options.ts'

/** Workers where nobody says how many: one a core here; of other machines as many as there are. */
export function usualWorkers(backend: BackendOption | undefined): number {
  const isRemote = typeof backend === 'object' && backend.capabilities.remote === true
  return isRemote ? Infinity : availableWorkers()
}
