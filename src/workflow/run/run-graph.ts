import { hostFor } from '../../run/hosts/debug-host.ts'
import { defaultHost, defaultDispatcher } from '../../run/hosts/default-host.ts'
import { withFallback } from '../../run/hosts/fallback.ts'
import type { RunHost } from '../../run/hosts/run-host.ts'
import { Run } from '../../run/run.ts'
import type { StartedRun } from '../../run/started-run.ts'
import { isDebugged, type RunSettings } from '../../settings/run-settings.ts'
import type { NodeSpec } from '../define/node-spec.ts'
import { compile } from '../graph/compile.ts'
import type { GraphPlan } from '../graph/graph-plan.ts'
import { graphSizes } from '../graph/item-counts.ts'
import { setLatestCounts } from './latest-counts.ts'
import { cacheOf } from './node-cache.ts'
import { openSource } from './one-shot.ts'
import { prepareStages } from './prepare-stages.ts'
import { type Place, startGraph } from './start-graph.ts'

/** The run of a graph, not started. `onItem` is told of which output each item is, in the order in which they come. */
export function runGraph(
  outputs: readonly NodeSpec[],
  settings: RunSettings,
  onItem: (output: number) => void = () => {},
): Run {
  const host = defaultHost(settings)
  return new Run(settings, host, (run) =>
    withFallback(settings, hostFor(run, host), (on) => start(run, on, outputs, settings, onItem)),
  )
}

async function start(
  run: Run,
  host: RunHost,
  outputs: readonly NodeSpec[],
  settings: RunSettings,
  onItem: (output: number) => void,
): Promise<StartedRun> {
  const isFar = (await host.dispatcher()).options.backend.capabilities.remote === true
  // The debugger shall show one node at a time; what far workers computed is stored here.
  const plan = compile(
    outputs,
    (spec) => isDebugged(settings) || (isFar && cacheOf(spec, settings.cache) !== undefined),
  )
  const remote = await placeFor(plan, host, settings, false)
  const isLocal = plan.stages.some((stage) => stage.plan.local)
  const local = isLocal ? await placeFor(plan, localHost(settings), { ...settings, copy: false }, true) : undefined
  // After all that may fail, for some can be opened only once.
  const opened = new Map(plan.nodes.filter(({ items }) => items !== undefined).map((spec) => [spec, openSource(spec)]))
  return startGraph(run, host, {
    name: settings.name ?? nameOf(plan),
    plan,
    remote,
    local,
    sizes: graphSizes(plan),
    open: (spec) => opened.get(spec) ?? openSource(spec),
    onItem,
    onCounts: setLatestCounts,
  })
}

async function placeFor(plan: GraphPlan, host: RunHost, settings: RunSettings, local: boolean): Promise<Place> {
  const dispatcher = await host.dispatcher()
  const plans = plan.stages.map((stage) => stage.plan).filter((stage) => stage.local === local)
  if (!local) dispatcher.warmUp()
  const callings = await prepareStages(plans, dispatcher, host, settings)
  const isKept = [...callings.values()].some(({ kept }) => kept !== undefined)
  return { dispatcher, callings, caching: isKept ? await import('../../run/cache/run-caching.ts') : undefined }
}

/** This process, with values and functions as they are. */
function localHost(settings: RunSettings): RunHost {
  const host = defaultHost({ backend: 'serial', copy: false }, 1)
  return { ...host, dispatcher: () => defaultDispatcher({ ...settings, backend: 'serial', copy: false }, 1) }
}

function nameOf({ outputs, names }: GraphPlan): string {
  return outputs.map((spec) => names.get(spec)).join(', ')
}
