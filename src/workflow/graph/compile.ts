import { isBatched } from '../../cache/cache-access.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import type { ChainStep } from '../chain/chain-step.ts'
import { namedFunctions, type NodeSpec, streamsOf } from '../define/node-spec.ts'
import type { GraphPlan, InputPlan, StagePlan } from './graph-plan.ts'

/** Nodes on their way to be a stage. */
interface Draft {
  readonly specs: NodeSpec[]
  rank: number
}

/** Finds the nodes that the outputs need, and those that can run back to back. `mustBeAlone`: nodes that must not. */
export function compile(
  outputs: readonly NodeSpec[],
  mustBeAlone: (spec: NodeSpec) => boolean = () => false,
): GraphPlan {
  const isAlone = (spec: NodeSpec): boolean => isBatched(spec.fn) || mustBeAlone(spec)
  const nodes = inOrder(outputs)
  const names = uniqueNames(nodes)
  const consumers = consumersOf(nodes)
  const drafts = draftStages(nodes, new Set([...outputs, ...nodes.filter(isAlone)]), consumers, isAlone)
  rank(drafts, outputs)
  const stages = drafts.map(({ specs, rank: level }) => {
    const [head] = specs as [NodeSpec]
    const input = inputOf(head)
    const steps = specs.map((spec) => stepOf(spec, { names, consumers }))
    const plan: StagePlan = {
      name: steps.map((step) => step.name).join(' → '),
      specs,
      steps,
      isMany: steps.some(({ kind }) => kind === 'filter' || kind === 'flatMap'),
      expands: steps.at(-1)?.kind === 'flatMap',
      spread: input.kind !== 'single',
      local: head.settings.local === true,
      rank: level,
    }
    return { plan, input }
  })
  return { nodes, names, consumers, stages, outputs }
}

/** All that the outputs need, each node after those that it needs itself. */
function inOrder(outputs: readonly NodeSpec[]): NodeSpec[] {
  const found = new Set<NodeSpec>()
  // Not by recursion: a graph may be deeper than the stack.
  const path = outputs.toReversed().map((spec) => ({ spec, isReady: false }))
  for (let last = path.pop(); last !== undefined; last = path.pop()) {
    const { spec, isReady } = last
    if (found.has(spec)) continue
    if (isReady) found.add(spec)
    else {
      path.push({ spec, isReady: true })
      for (const one of streamsOf(spec).toReversed()) if (!found.has(one)) path.push({ spec: one, isReady: false })
    }
  }
  return [...found]
}

/** The functions of a node and of all that it needs, by names of which each is there once. */
export function functionsIn(output: NodeSpec): (readonly [name: string, fn: AnyFunction])[] {
  return [...uniqueNames(inOrder([output]))].flatMap(([spec, name]) => namedFunctions(name, spec.fn))
}

function uniqueNames(nodes: readonly NodeSpec[]): Map<NodeSpec, string> {
  const counts = new Map<string, number>()
  return new Map(
    nodes.map((spec) => {
      const count = (counts.get(spec.name) ?? 0) + 1
      counts.set(spec.name, count)
      return [spec, count === 1 ? spec.name : `${spec.name}#${count}`]
    }),
  )
}

function consumersOf(nodes: readonly NodeSpec[]): Map<NodeSpec, NodeSpec[]> {
  const consumers = new Map<NodeSpec, NodeSpec[]>(nodes.map((spec) => [spec, []]))
  for (const spec of nodes) for (const from of streamsOf(spec)) consumers.get(from)?.push(spec)
  return consumers
}

function draftStages(
  nodes: readonly NodeSpec[],
  /** Nodes after which nothing goes on in the same call. */
  ends: ReadonlySet<NodeSpec>,
  consumers: ReadonlyMap<NodeSpec, readonly NodeSpec[]>,
  isAlone: (spec: NodeSpec) => boolean,
): Draft[] {
  const drafts = new Map<NodeSpec, Draft>()
  for (const spec of nodes) {
    if (spec.kind === 'source') continue
    const [from, ...others] = streamsOf(spec)
    const draft = from === undefined || others.length > 0 ? undefined : drafts.get(from)
    const isOnly = from !== undefined && !isAlone(spec) && consumers.get(from)?.length === 1 && !ends.has(from)
    if (draft !== undefined && isOnly && goesOn(from, spec)) {
      draft.specs.push(spec)
      drafts.set(spec, draft)
    } else drafts.set(spec, { specs: [spec], rank: 0 })
  }
  return [...new Set(drafts.values())]
}

/** Tells if a node can run in the same call as the one before it. */
function goesOn(from: NodeSpec, spec: NodeSpec): boolean {
  if (spec.kind === 'gather' || spec.kind === 'groupBy') return false
  // The items of one item may be work for many workers; pairs of key and item are for grouping.
  if (from.kind === 'flatMap' || from.kind === 'key') return false
  const [a, b] = [from.settings, spec.settings]
  const hasRules = [a, b].some(({ timeout, retries }) => timeout !== undefined || retries !== undefined)
  return !hasRules && (a.local ?? false) === (b.local ?? false)
}

/**
 * Ranks stages by their distance to the end, nearest first: items that were begun are finished before others are begun.
 */
function rank(drafts: readonly Draft[], outputs: readonly NodeSpec[]): void {
  const distances = new Map<NodeSpec, number>(outputs.map((spec) => [spec, 0]))
  for (const { specs } of drafts.toReversed()) {
    const distance = distances.get(specs.at(-1) as NodeSpec) ?? 0
    for (const from of streamsOf(specs[0] as NodeSpec)) {
      distances.set(from, Math.max(distances.get(from) ?? 0, distance + 1))
    }
  }
  const distanceOf = ({ specs }: Draft): number => distances.get(specs.at(-1) as NodeSpec) ?? 0
  const sorted = drafts.toReversed().sort((a, b) => distanceOf(a) - distanceOf(b))
  sorted.forEach((draft, level) => (draft.rank = level))
}

function inputOf(head: NodeSpec): InputPlan {
  const from = streamsOf(head)
  const skips = head.settings.missing === 'skip'
  if (head.kind === 'gather' || head.kind === 'groupBy') return { kind: head.kind, from, skips }
  if (from.length === 0) return { kind: 'once', from, skips }
  return { kind: from.length === 1 ? 'single' : head.kind === 'join' ? 'join' : 'zip', from, skips }
}

/** A node as a step of a chain. */
export function stepOf(spec: NodeSpec, { names, consumers }: Pick<GraphPlan, 'names' | 'consumers'>): ChainStep {
  const [consumer] = consumers.get(spec) ?? []
  const constants = spec.args.flatMap((arg, i) => ('constant' in arg ? [[i, arg.constant] as const] : []))
  const { kind } = spec
  return {
    kind: kind === 'filter' || kind === 'flatMap' || kind === 'key' ? kind : 'apply',
    name: names.get(spec) as string,
    fn: spec.fn,
    constants: constants.length === 0 ? undefined : constants,
    consumer: consumer && names.get(consumer),
  }
}
