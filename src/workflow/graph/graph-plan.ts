import type { ChainStep } from '../chain/chain-step.ts'
import type { NodeSpec } from '../define/node-spec.ts'

/**
 * The input of a stage: the items of a node, those of several nodes item by item, in all combinations, or as whole lists.
 * If all of its arguments are constants, the stage is called once.
 */
export interface InputPlan {
  readonly kind: 'single' | 'zip' | 'join' | 'gather' | 'groupBy' | 'once'
  readonly from: readonly NodeSpec[]
  /** Items that failed are left out of lists. */
  readonly skips: boolean
}

/** The plan of a graph's run. */
export interface GraphPlan {
  /** All nodes, each after those that it needs. */
  readonly nodes: readonly NodeSpec[]
  /** A name of its own for each node. */
  readonly names: ReadonlyMap<NodeSpec, string>
  /** The nodes that take the items of each node. */
  readonly consumers: ReadonlyMap<NodeSpec, readonly NodeSpec[]>
  /** In the order of the nodes that they begin with. */
  readonly stages: readonly { readonly plan: StagePlan; readonly input: InputPlan }[]
  readonly outputs: readonly NodeSpec[]
}

/** Nodes that run back to back in one call. */
export interface StagePlan {
  /** The name of its tasks. */
  readonly name: string
  readonly specs: readonly NodeSpec[]
  readonly steps: readonly ChainStep[]
  /** True if an item may become none, or several. */
  readonly isMany: boolean
  /** An item may become several. */
  readonly expands: boolean
  /** Its input is a list of arguments. */
  readonly spread: boolean
  readonly local: boolean
  /** The distance to the end of the graph: 0 is the last stage. */
  readonly rank: number
}
