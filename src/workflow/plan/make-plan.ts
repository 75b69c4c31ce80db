import { storedHash } from '../../cache/call-key.ts'
import { Explainer } from '../../cache/why.ts'
import type { RunSettings } from '../../settings/run-settings.ts'
import { hostClasses } from '../../task/register-class.ts'
import { LazyValue } from '../chain/lazy-value.ts'
import { StepCalls } from '../chain/step-calls.ts'
import { type NodeSpec, streamsOf } from '../define/node-spec.ts'
import { compile, stepOf } from '../graph/compile.ts'
import type { GraphPlan } from '../graph/graph-plan.ts'
import { nodeCache } from '../run/node-cache.ts'
import { isOneShot, openSource } from '../run/one-shot.ts'
import { argumentLists, type Planned } from './argument-lists.ts'
import type { Plan, PlanItem, PlanNode, PlanState } from './plan.ts'

/** So many items are planned before others of this thread have a turn. */
const TURN_EVERY = 256

/** Plans a run without computing anything. Reads the sources, and loads stored lists and keys. */
export async function makePlan(output: NodeSpec, settings: RunSettings): Promise<Plan> {
  const graph = compile([output])
  const items = new Map<NodeSpec, readonly Planned[]>()
  const nodes: PlanNode[] = []
  for (const spec of graph.nodes) {
    if (spec.kind === 'source') items.set(spec, await readSource(spec))
    else nodes.push(await planNode(spec, graph, settings, items))
  }
  return { nodes }
}

async function planNode(
  spec: NodeSpec,
  graph: GraphPlan,
  settings: RunSettings,
  known: Map<NodeSpec, readonly Planned[]>,
): Promise<PlanNode> {
  const name = graph.names.get(spec) as string
  const cache = await nodeCache(spec, settings.cache)
  const calls = new StepCalls({ ...stepOf(spec, graph), cache: cache?.step }, hostClasses())
  const explainer = calls.store && new Explainer(calls.store)
  const streams = streamsOf(spec).map((from) => known.get(from) ?? [])
  const items: PlanItem[] = []
  const results: Planned[] = []
  const counts = { hit: 0, run: 0, unknown: 0 }
  for (const args of await argumentLists(spec, name, streams)) {
    const { state, reason, becomes: made } = await planCall(calls, explainer, args)
    items.push({ index: items.length, state, ...(reason !== undefined && { reason }) })
    counts[state]++
    results.push(...made)
    if (items.length % TURN_EVERY === 0) await new Promise(setImmediate)
  }
  known.set(spec, results)
  return { name, ...counts, items }
}

interface PlannedCall {
  readonly state: PlanState
  readonly reason?: string
  /** The items that come of it, as far as they are known. */
  readonly becomes: readonly Planned[]
}

async function planCall(
  calls: StepCalls,
  explainer: Explainer | undefined,
  args: readonly Planned[] | undefined,
): Promise<PlannedCall> {
  if (args === undefined || !args.every((cell) => cell !== undefined)) {
    return { state: 'unknown', reason: 'depends on what will run', becomes: [undefined] }
  }
  const { store, step } = calls
  if (store === undefined || explainer === undefined || step.cache === undefined) {
    return { state: 'run', reason: 'not cached', becomes: [undefined] }
  }
  const key = await calls.tryKey(calls.args(args))
  if (key === undefined) return { state: 'run', reason: 'an argument has no hash', becomes: [undefined] }
  const head = store.head(key.key)
  if (head === undefined) return { state: 'run', reason: explainer.why(key, step.cache.identity), becomes: [undefined] }
  const load = (): unknown => store.get(key.key, { codec: step.cache?.codec, classes: hostClasses() })?.value
  return { state: 'hit', becomes: itemsOf(step.kind, new LazyValue(load, storedHash(head.valueHash)), args) }
}

function itemsOf(kind: StepCalls['step']['kind'], result: LazyValue, [item]: readonly LazyValue[]): readonly Planned[] {
  if (kind === 'apply') return [result]
  const value = result.value()
  if (kind === 'flatMap') return Array.isArray(value) ? value.map((one) => LazyValue.of(one)) : [undefined]
  if (kind === 'filter') return value === false ? [] : [item]
  return [new LazyValue(async () => [value, await item?.value()])]
}

/** Reads the items of a source. A source that can be read only once is left for the run: its items are not known. */
async function readSource(spec: NodeSpec): Promise<readonly (LazyValue | undefined)[]> {
  const { items } = spec
  if (items !== undefined && isOneShot(items)) return [undefined]
  const cells: LazyValue[] = []
  for await (const item of openSource(spec)) cells.push(LazyValue.of(item))
  return cells
}
