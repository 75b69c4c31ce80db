import { Results } from '../run/outcomes/results.ts'
import type { Run } from '../run/run.ts'
import type { StepReport, StepTallies } from './step-report.ts'

/** The outcomes of a pipeline's run, as the results of any other; and what its steps did. */
export class PipelineResults<Outcome, In = unknown, Name extends string = string> extends Results<Outcome, In> {
  readonly #tallies: StepTallies

  /** @internal */
  constructor(run: Run, tallies: StepTallies) {
    super(run)
    this.#tallies = tallies
  }

  /** Per step: how often it was done, came from the cache, failed, and the time that it took; up to now. */
  report(): StepReport<Name> {
    return this.#tallies.report()
  }
}
