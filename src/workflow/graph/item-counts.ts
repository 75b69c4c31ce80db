import { type NodeSpec, streamsOf } from '../define/node-spec.ts'
import type { GraphPlan } from './graph-plan.ts'

/** How many items there will be in all nodes but sources, and how many will be handed out, where that is known. */
export function graphSizes({ nodes, outputs }: GraphPlan): { items: number | undefined; outputs: number | undefined } {
  const sizes = new Map<NodeSpec, number>()
  for (const spec of nodes) sizes.set(spec, sizeOf(spec, sizes))
  const sum = (specs: readonly NodeSpec[]): number | undefined => {
    const all = specs.reduce((total, spec) => total + (sizes.get(spec) ?? NaN), 0)
    return Number.isNaN(all) ? undefined : all
  }
  return { items: sum(nodes.filter(({ kind }) => kind !== 'source')), outputs: sum(outputs) }
}

/** `NaN` where nobody can know. */
function sizeOf(spec: NodeSpec, sizes: ReadonlyMap<NodeSpec, number>): number {
  const inputs = streamsOf(spec).map((from) => sizes.get(from) ?? NaN)
  switch (spec.kind) {
    case 'source':
      return Array.isArray(spec.items) ? spec.items.length : NaN
    case 'gather':
      return 1
    case 'join':
      return inputs.reduce((product, size) => product * size, 1)
    case 'apply':
    case 'key':
      return inputs[0] ?? 1
    default:
      return NaN
  }
}

/** How many items of a node are done. */
export interface NodeCounts {
  done: number
  failed: number
  /** Of those that are done: not run, because their result was stored. */
  cached: number
  /** Not run, because something that it needs failed. */
  skipped: number
}
