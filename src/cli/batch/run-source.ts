import type { TaskError } from '../../errors/task-errors.ts'
import type { Results } from '../../run/outcomes/results.ts'
import type { SharedOptions } from '../flags/map-options.ts'

/** The work of a run of the command: a function over inputs, or a workflow. */
export interface RunSource {
  readonly name: string
  /** Workers that run at once, at most. */
  readonly workers: number
  /**
   * The unit of the numbers in `stats()`: results, or the calls of all nodes of a workflow, or the inputs of which one result
   * is made.
   */
  readonly counts: 'results' | 'calls' | 'inputs'
  /** Makes the run, with what is the same for all sources. Nothing runs until its results are read. Called once. */
  open(options: SharedOptions): Results<unknown>
  /** The number of results in the end, failures included; undefined as long as it is not known. */
  total(): number | undefined
  /** The same in the unit of `stats()`. */
  totalCounted(): number | undefined
  /** Returns the input, or the text, by which a report names a failure. */
  labelOf(error: TaskError): unknown
  /** Stops the workers that belong to this run. `now`: whatever they do. */
  close(now: boolean): Promise<void>
}
