/** The state of a planned call: it takes a stored result, computes one, or depends on others that will be computed. */
export type PlanState = 'hit' | 'run' | 'unknown'

/** One call of a node. */
export interface PlanItem {
  /** Its position among the node's calls. */
  readonly index: number
  readonly state: PlanState
  /** Why it is not a hit: `never run`, `argument 2 changed`, `code of lib/flat.ts changed`, `version`, `evicted`, … */
  readonly reason?: string
}

/** A node that computes, with the state of each of its calls. */
export interface PlanNode {
  readonly name: string
  /** The number of calls in each state. */
  readonly hit: number
  readonly run: number
  readonly unknown: number
  readonly items: readonly PlanItem[]
}

/** The plan of a run, as plain data: the nodes that compute, each after those that it needs. */
export interface Plan {
  readonly nodes: readonly PlanNode[]
}
