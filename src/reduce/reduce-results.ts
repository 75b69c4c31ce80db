import { Journal } from '../journal/journal.ts'
import { callSite } from '../map/call-site.ts'
import type { Items } from '../map/check-inputs.ts'
import type { RunHost } from '../run/hosts/run-host.ts'
import { Results } from '../run/outcomes/results.ts'
import { Run } from '../run/run.ts'
import { withDefaultSettings } from '../settings/defaults.ts'
import type { CompleteSettings } from '../settings/run-settings.ts'
import type { Stub } from '../task/stub.ts'
import { readReduceOptions, type ReduceSettings } from './reduce-options.ts'
import { ReducePlan } from './reduce-plan.ts'
import { checkReducer } from './reducer.ts'
import type { ReductionListener } from './reduction-options.ts'

/** Makes the run of a reduction. It has one result. */
export function resultsOf(
  host: RunHost,
  plan: ReducePlan,
  settings: CompleteSettings<ReduceSettings>,
): Results<unknown> {
  const { journal } = settings
  const own = typeof journal === 'string' ? new Journal(journal, { isReduction: true }) : undefined
  // The plan takes care of failures.
  const run = new Run({ ...settings, ...(own && { journal: own }), onError: 'throw' }, host, plan)
  if (own !== undefined) run.onEnd(() => own.close())
  return new Results(run)
}

/** A reduction by an export of a module that only workers load. */
export interface ExportedReduction {
  readonly host: RunHost
  readonly inputs: Items<unknown>
  /** Stands for the export. */
  readonly stub: Stub
  readonly options: unknown
  /** Is told of inputs as they are added or fail: those that fail are left out. */
  readonly listener: ReductionListener
}

/** Makes the run of such a reduction, for the command. */
export function reduceExported({ host, inputs, stub, options, listener }: ExportedReduction): Results<unknown> {
  const settings = withDefaultSettings({ ...readReduceOptions(options), onError: 'return' as const }, host.own)
  const plan = new ReducePlan(inputs, checkReducer(stub), settings, {
    isSettled: false,
    calledAt: callSite(),
    listener,
  })
  return resultsOf(host, plan, settings)
}
