import type { NodeSpec } from '../define/node-spec.ts'
import type { NodeCounts } from '../graph/item-counts.ts'

/** The counts of each node in its latest run, which may still go on. */
const latest = new WeakMap<NodeSpec, NodeCounts>()

export function latestCounts(spec: NodeSpec): NodeCounts | undefined {
  return latest.get(spec)
}

export function setLatestCounts(counts: ReadonlyMap<NodeSpec, NodeCounts>): void {
  for (const [spec, own] of counts) latest.set(spec, own)
}
