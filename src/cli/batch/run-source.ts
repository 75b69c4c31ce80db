import type { TaskError } from '../../errors/task-errors.ts'
import type { Results } from '../../run/outcomes/results.ts'
import type { SharedOptions } from '../flags/map-options.ts'

/** What a run of the command computes: a function over inputs, or a workflow. */
export interface RunSource {
  readonly name: string
  /** Workers that run at once, at most. */
  readonly workers: number
  /** What the numbers of `stats()` count: results, or the calls of all nodes of a workflow. */
  readonly counts: 'results' | 'calls'
  /** Makes the run, with what is the same for all sources. Nothing runs until its results are read. Called once. */
  open(options: SharedOptions): Results<unknown>
  /** How many results there will be, failures included; undefined as long as that is not known. */
  total(): number | undefined
  /** The same of what `counts` names. */
  totalCounted(): number | undefined
  /** What a report names a failure by. */
  labelOf(error: TaskError): unknown
  /** Stops the workers that belong to this run. `now`: whatever they do. */
  close(now: boolean): Promise<void>
}
