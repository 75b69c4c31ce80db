/** What a run would do with an item: take a stored result, compute one, or what depends on others that it will compute. */
export type PlanState = 'hit' | 'run' | 'unknown'

/** One call of a node. */
export interface PlanItem {
  /** Its position among the node's calls. */
  readonly index: number
  readonly state: PlanState
  /** Why it is not a hit: `never run`, `argument 2 changed`, `code of lib/flat.ts changed`, `version`, `evicted`, … */
  readonly reason?: string
}

export interface PlanNode {
  readonly name: string
  /** How many calls there are in each state. */
  readonly hit: number
  readonly run: number
  readonly unknown: number
  readonly items: readonly PlanItem[]
}

/** What a run would do, as plain data: the nodes that compute, each after those that it needs. */
export interface Plan {
  readonly nodes: readonly PlanNode[]
}
