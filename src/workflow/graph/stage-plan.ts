import type { ChainStep } from '../chain/chain-step.ts'
import type { NodeSpec } from '../define/node-spec.ts'

/** Nodes that run back to back in one call. */
export interface StagePlan {
  /** What its tasks are called. */
  readonly name: string
  readonly specs: readonly NodeSpec[]
  readonly steps: readonly ChainStep[]
  /** An item may become none, or several. */
  readonly isMany: boolean
  /** An item may become several. */
  readonly expands: boolean
  /** Its input is a list of arguments. */
  readonly spread: boolean
  readonly local: boolean
  /** How near it is to the end of the graph: 0 is the last. */
  readonly rank: number
}
