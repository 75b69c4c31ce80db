import type { Pool } from '../../api/pool.ts'
import type { TaskError } from '../../errors/task-errors.ts'
import type { Results } from '../../run/outcomes/results.ts'
import { type AnyMapOptions, constantsOf, type SharedOptions } from '../flags/map-options.ts'
import type { Inputs } from '../inputs/open-inputs.ts'
import { taskOf } from '../module/task-of.ts'
import { type FunctionWork, poolFor, workersFor } from './function-pool.ts'
import type { RunSource } from './run-source.ts'

type AnyMap = (inputs: Inputs['items'], fn: unknown, options: AnyMapOptions) => Results<unknown>

/** Runs one function over many inputs, with a pool of its own. */
export class FunctionSource implements RunSource {
  readonly name: string
  readonly workers: number
  readonly counts = 'results'
  readonly #work: FunctionWork
  readonly #pool: Pool

  constructor(work: FunctionWork) {
    this.#work = work
    this.name = work.task.name
    this.workers = workersFor(work)
    this.#pool = poolFor(work, this.workers)
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
