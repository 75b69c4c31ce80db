import { Pool } from '../../api/pool.ts'
import type { Journal } from '../../journal/journal.ts'
import { availableWorkers } from '../../options/workers.ts'
import type { BackendOption } from '../../settings/run-options.ts'
import { isBroker } from '../cluster/location.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import type { Inputs } from '../inputs/open-inputs.ts'
import type { TaskReference } from '../module/find-task.ts'

/** An export that is run over inputs. */
export interface FunctionWork {
  readonly task: TaskReference
  readonly inputs: Inputs
  readonly flags: RunFlags
  readonly backend: BackendOption
  readonly journal: Journal | undefined
}

/** Returns the number of workers that a run uses, at most. */
export function workersFor({ flags, inputs }: FunctionWork): number {
  return Math.max(1, Math.min(flags.jobs ?? availableWorkers(), inputs.total() ?? Infinity))
}

/** Makes the pool of a run. */
export function poolFor({ backend, flags }: FunctionWork, workers: number): Pool {
  const { jobs, on, maxTasks, maxMemory } = flags
  return new Pool({
    backend,
    ...((jobs !== undefined || !isBroker(on)) && { workers }),
    logs: 'off',
    ...(maxTasks !== undefined && { maxTasks }),
    ...(maxMemory !== undefined && { maxMemory }),
  })
}
