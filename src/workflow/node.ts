import { Results } from '../run/outcomes/results.ts'
import type { OnErrorWord, Replacement } from '../settings/run-options.ts'
import { markParts } from '../task/exported-object.ts'
import { type NodeSpec, setSpec, specOf } from './define/node-spec.ts'
import { functionsIn } from './graph/compile.ts'
import { dot, mermaid, pictureOf } from './picture.ts'
import type { Plan } from './plan/plan.ts'
import { latestCounts } from './run/latest-counts.ts'
import { runGraph } from './run/run-graph.ts'
import { readWorkflowOptions, type WorkflowOptions } from './run/workflow-options.ts'

/** A node of a workflow: a stream of items that has been declared, and is computed when it is run. */
export interface WorkflowNode<T> {
  /** The type of its items. It has no value. */
  readonly item?: T
  /** Shown in errors, progress, plans and pictures. */
  readonly nodeName: string
  /**
   * Runs the workflow that ends here: this node and all that it needs, each computed once.
   *
   * Results come in the order of the inputs, of combinations row by row. Items are read and computed as far as `window`
   * allows; an item is computed as soon as all that it needs is there, and items that were begun come first. A failed item
   * fails the results that depend on it, with its `TaskError`, and no others. Costs about 2 µs an item and node.
   *
   * @throws {InvalidArgumentError} for unknown options and wrong values.
   */
  run<const E extends OnErrorWord = 'throw', V = never>(options?: WorkflowOptions<E, V>): Results<T | Replacement<E, V>>
  /**
   * Resolves to the plan of a run with these options, without computing anything: for each call of each node if its result
   * is stored, and if not why. Reads the sources; one without end has no plan. Costs up to 50 µs a call.
   *
   * Rejects with an {@link InvalidArgumentError} for unknown options and wrong values.
   */
  plan(options?: WorkflowOptions): Promise<Plan>
  /** Returns the workflow as a picture in the language of Mermaid, with the counts of the latest run. */
  toMermaid(): string
  /** Returns the workflow as a picture in the language of Graphviz, with the counts of the latest run. */
  toDot(): string
}

const METHODS = {
  run(this: object, options?: unknown): Results<unknown> {
    return new Results(runGraph([specOf(this) as NodeSpec], readWorkflowOptions(options)))
  },
  // Not before the promise: wrong options are a rejection.
  async plan(this: object, options?: unknown): Promise<Plan> {
    const settings = readWorkflowOptions(options)
    const { makePlan } = await import('./plan/make-plan.ts')
    return makePlan(specOf(this) as NodeSpec, settings)
  },
  toMermaid(this: object): string {
    return mermaid(pictureOf(specOf(this) as NodeSpec, latestCounts))
  },
  toDot(this: object): string {
    return dot(pictureOf(specOf(this) as NodeSpec, latestCounts))
  },
} satisfies Record<Exclude<keyof WorkflowNode<unknown>, 'item' | 'nodeName'>, unknown>

/** Makes the handle of a node, or makes `handle` one. */
export function nodeOf<T>(spec: NodeSpec, handle: object = Object.create(null) as object): WorkflowNode<T> {
  setSpec(handle, spec)
  markParts(handle, () => functionsIn(spec))
  for (const [name, value] of Object.entries(METHODS)) Object.defineProperty(handle, name, { value })
  return Object.defineProperty(handle, 'nodeName', { value: spec.name, enumerable: true }) as WorkflowNode<T>
}
