import { type NodeSpec, streamsOf } from '../define/node-spec.ts'
import type { GraphPlan } from './graph-plan.ts'

/**
 * Returns the number of items in all nodes but sources, and the number to be handed out, as far as they can be known.
 */
export function graphSizes({ nodes, outputs }: GraphPlan): { items: number | undefined; outputs: number | undefined } {
  const sizes = new Map<NodeSpec, number>()
  for (const spec of nodes) sizes.set(spec, sizeOf(spec, sizes))
  const sum = (specs: readonly NodeSpec[]): number | undefined => {
    const all = specs.reduce((total, spec) => total + (sizes.get(spec) ?? NaN), 0)
    return Number.isNaN(all) ? undefined : all
  }
  return { items: sum(nodes.filter(({ kind }) => kind !== 'source')), outputs: sum(outputs) }
}

/** Returns the number of items of a node; `NaN` if it cannot be known. */
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
      // A stream of one item is repeated for the others.
      return inputs.length === 0 ? 1 : inputs.includes(0) ? 0 : Math.max(...inputs)
    case 'key':
      return inputs[0] ?? 1
    default:
      return NaN
  }
}

/** The counts of a node's items. */
export interface NodeCounts {
  done: number
  failed: number
  /** Of those that are done: not run, because their result was stored. */
  cached: number
  /** Not run, because something that it needs failed. */
  skipped: number
}
