import { Observers } from '../../observe/observers.ts'
import { defaultHost, defaultDispatcher } from '../../run/hosts/default-host.ts'
import type { RunHost } from '../../run/hosts/run-host.ts'
import type { Plan, Preparation, PreparedRun } from '../../run/plan.ts'
import { Run } from '../../run/run.ts'
import { BATCHES_PER_WORKER } from '../../run/source/window.ts'
import { isDebugged } from '../../settings/run-settings.ts'
import type { CompleteSettings, RunSettings } from '../../settings/run-settings.ts'
import type { NodeSpec } from '../define/node-spec.ts'
import { compile } from '../graph/compile.ts'
import type { GraphPlan } from '../graph/graph-plan.ts'
import { graphSizes } from '../graph/item-counts.ts'
import { graphRun, type Site } from './graph-run.ts'
import { setLatestCounts } from './latest-counts.ts'
import { cacheOf } from './node-cache.ts'
import { openSource } from './one-shot.ts'
import { prepareStages } from './prepare-stages.ts'

/** Makes the run of a graph, not started. `onItem` is called with the output of each outcome, in their order. */
export function runGraph(
  outputs: readonly NodeSpec[],
  settings: CompleteSettings,
  onItem: (output: number) => void = () => {},
): Run {
  return new Run(settings, defaultHost(settings), new WorkflowPlan(outputs, settings, onItem))
}

/** Runs the graph that leads to some outputs. */
class WorkflowPlan implements Plan {
  readonly #outputs: readonly NodeSpec[]
  readonly #settings: RunSettings
  readonly #onItem: (output: number) => void

  constructor(outputs: readonly NodeSpec[], settings: RunSettings, onItem: (output: number) => void) {
    this.#outputs = outputs
    this.#settings = settings
    this.#onItem = onItem
  }

  async prepare({ run, host, dispatcher }: Preparation): Promise<PreparedRun> {
    const settings = this.#settings
    const observers = new Observers(run.observers, run.context)
    const isFar = dispatcher.options.backend.capabilities.remote === true
    // Nodes that stay stages of their own: all under the debugger, and those cached in this process for remote workers.
    const plan = compile(
      this.#outputs,
      (spec) => isDebugged(settings) || (isFar && cacheOf(spec, settings.cache) !== undefined),
    )
    const remote = await siteFor(plan, host, settings, observers, false)
    const isLocal = plan.stages.some((stage) => stage.plan.local)
    const local = isLocal
      ? await siteFor(plan, localHost(settings), { ...settings, copy: false }, observers, true)
      : undefined
    if (settings.window === undefined)
      run.window.atLeast(BATCHES_PER_WORKER * (settings.workers ?? host.workers) * largestCall([remote, local]))
    // After everything that may fail, since some inputs can be opened only once.
    const opened = new Map(
      plan.nodes.filter(({ items }) => items !== undefined).map((spec) => [spec, openSource(spec)]),
    )
    return graphRun(run, {
      name: settings.name ?? nameOf(plan),
      plan,
      remote,
      local,
      sizes: graphSizes(plan),
      open: (spec) => opened.get(spec) ?? openSource(spec),
      onItem: this.#onItem,
      onCounts: setLatestCounts,
    })
  }
}

/** Returns the most items that a call gets. */
function largestCall(sites: readonly (Site | undefined)[]): number {
  const functions = sites.flatMap((site) => [...(site?.callings.values() ?? [])].map(({ fn }) => fn))
  return Math.max(1, ...functions.map(({ bundle }) => bundle?.size ?? 1))
}

async function siteFor(
  plan: GraphPlan,
  host: RunHost,
  settings: RunSettings,
  observers: Observers,
  local: boolean,
): Promise<Site> {
  const dispatcher = await host.dispatcher()
  const plans = plan.stages.map((stage) => stage.plan).filter((stage) => stage.local === local)
  if (!local) dispatcher.warmUp()
  const callings = await prepareStages(plans, dispatcher, host, settings, observers)
  const isKept = [...callings.values()].some(({ kept }) => kept !== undefined)
  return { dispatcher, callings, caching: isKept ? await import('../../run/cache/run-caching.ts') : undefined }
}

/** Makes a host in this process, where values and functions are passed as they are. */
function localHost(settings: RunSettings): RunHost {
  const host = defaultHost({ backend: 'serial', copy: false }, 1)
  return { ...host, dispatcher: () => defaultDispatcher({ ...settings, backend: 'serial', copy: false }, 1) }
}

function nameOf({ outputs, names }: GraphPlan): string {
  return outputs.map((spec) => names.get(spec)).join(', ')
}
