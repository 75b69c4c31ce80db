import { Pool } from '../../api/pool.ts'
import type { TaskError } from '../../errors/task-errors.ts'
import type { Journal } from '../../journal/journal.ts'
import { availableWorkers } from '../../options/workers.ts'
import type { Results } from '../../run/outcomes/results.ts'
import type { BackendOption } from '../../settings/run-options.ts'
import { isBroker } from '../cluster/location.ts'
import type { SharedOptions } from '../flags/map-options.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import type { Inputs } from '../inputs/open-inputs.ts'
import type { TaskReference } from '../module/find-task.ts'
import type { RunSource } from './run-source.ts'

/** An export that is run over inputs. */
export interface FunctionWork {
  readonly task: TaskReference
  readonly inputs: Inputs
  readonly flags: RunFlags
  readonly backend: BackendOption
  readonly journal: Journal | undefined
}

/** Runs an export over inputs, with a pool of its own. */
export abstract class PoolSource implements RunSource {
  abstract readonly counts: RunSource['counts']
  readonly name: string
  readonly workers: number
  protected readonly work: FunctionWork
  protected readonly pool: Pool

  constructor(work: FunctionWork) {
    this.work = work
    this.name = work.task.name
    this.workers = workersFor(work)
    this.pool = poolFor(work, this.workers)
  }

  abstract open(options: SharedOptions): Results<unknown>

  total(): number | undefined {
    return this.work.inputs.total()
  }

  totalCounted(): number | undefined {
    return this.total()
  }

  labelOf(error: TaskError): unknown {
    return error.input
  }

  async close(now: boolean): Promise<void> {
    await (now ? this.pool.terminate() : this.pool.close())
  }
}

/** Returns the number of workers that a run uses, at most. */
function workersFor({ flags, inputs }: FunctionWork): number {
  return Math.max(1, Math.min(flags.jobs ?? availableWorkers(), inputs.total() ?? Infinity))
}

/** Makes the pool of a run. */
function poolFor({ backend, flags }: FunctionWork, workers: number): Pool {
  const { jobs, on, maxTasks, maxMemory } = flags
  return new Pool({
    backend,
    ...((jobs !== undefined || !isBroker(on)) && { workers }),
    logs: 'off',
    ...(maxTasks !== undefined && { maxTasks }),
    ...(maxMemory !== undefined && { maxMemory }),
  })
}
