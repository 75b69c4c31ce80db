import { Pool } from '../../api/pool.ts'
import type { TaskError } from '../../errors/task-errors.ts'
import type { Journal } from '../../journal/journal.ts'
import { availableWorkers } from '../../options/workers.ts'
import type { Results } from '../../run/outcomes/results.ts'
import type { BackendOption } from '../../settings/run-options.ts'
import { isBroker } from '../cluster/location.ts'
import { type AnyMapOptions, constantsOf, type SharedOptions } from '../flags/map-options.ts'
import type { RunFlags } from '../flags/run-flags.ts'
import type { Inputs } from '../inputs/open-inputs.ts'
import type { TaskReference } from '../module/find-task.ts'
import { taskOf } from '../module/task-of.ts'
import type { RunSource } from './run-source.ts'

type AnyMap = (inputs: Inputs['items'], fn: unknown, options: AnyMapOptions) => Results<unknown>

/** A function and its inputs. */
export interface FunctionWork {
  readonly task: TaskReference
  readonly inputs: Inputs
  readonly flags: RunFlags
  readonly backend: BackendOption
  readonly journal: Journal | undefined
}

/** Runs one function over many inputs, with a pool of its own. */
export class FunctionSource implements RunSource {
  readonly name: string
  readonly workers: number
  readonly counts = 'results'
  readonly #work: FunctionWork
  readonly #pool: Pool

  constructor(work: FunctionWork) {
    const { jobs, on, maxTasks, maxMemory } = work.flags
    this.#work = work
    this.name = work.task.name
    this.workers = Math.max(1, Math.min(jobs ?? availableWorkers(), work.inputs.total() ?? Infinity))
    this.#pool = new Pool({
      backend: work.backend,
      ...((jobs !== undefined || !isBroker(on)) && { workers: this.workers }),
      logs: 'off',
      ...(maxTasks !== undefined && { maxTasks }),
      ...(maxMemory !== undefined && { maxMemory }),
    })
  }

  open(options: SharedOptions): Results<unknown> {
    const { task, inputs, flags, journal } = this.#work
    const total = inputs.total()
    const fn = taskOf(task, flags)
    // The types of the function are not known here.
    const map = this.#pool.map as unknown as AnyMap
    return map(inputs.items, fn, {
      ...options,
      spread: flags.spread,
      args: constantsOf(flags),
      ...(total !== undefined && { total }),
      ...(journal !== undefined && { journal }),
    })
  }

  total(): number | undefined {
    return this.#work.inputs.total()
  }

  totalCounted(): number | undefined {
    return this.total()
  }

  labelOf(error: TaskError): unknown {
    return error.input
  }

  async close(now: boolean): Promise<void> {
    await (now ? this.#pool.terminate() : this.#pool.close())
  }
}
