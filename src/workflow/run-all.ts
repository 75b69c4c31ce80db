import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { Results } from '../run/outcomes/results.ts'
import type { OnErrorWord, Replacement } from '../settings/run-options.ts'
import { type NodeSpec, specOf } from './define/node-spec.ts'
import type { WorkflowNode } from './node.ts'
import { runGraph } from './run/run-graph.ts'
import { readWorkflowOptions, type WorkflowOptions } from './run/workflow-options.ts'

type ItemOf<N> = N extends WorkflowNode<infer T> ? T : never

/**
 * Runs a workflow with several ends; nodes that they share are computed once. Resolves to the items of each, in order.
 *
 * Rejects as `node.run()` does, with the first failure of any of them unless `onError` says otherwise.
 *
 * @throws {InvalidArgumentError} for values that are not nodes, unknown options and wrong values.
 */
export async function runAll<
  const N extends Readonly<Record<string, WorkflowNode<unknown>>>,
  const E extends OnErrorWord = 'throw',
  V = never,
>(
  nodes: N,
  options?: WorkflowOptions<E, V>,
): Promise<{ -readonly [K in keyof N]: (ItemOf<N[K]> | Replacement<E, V>)[] }> {
  const specs = Object.entries(nodes).map(([name, node]) => readNode(name, node))
  const lists: unknown[][] = specs.map(() => [])
  const outputs: number[] = []
  const results = new Results(runGraph(specs, readWorkflowOptions(options), (output) => outputs.push(output)))
  for await (const { values } of results.indexed()) {
    const from = outputs.splice(0, values.length)
    for (const [i, value] of values.entries()) lists[from[i] as number]?.push(value)
  }
  return Object.fromEntries(Object.keys(nodes).map((name, i) => [name, lists[i]])) as {
    -readonly [K in keyof N]: (ItemOf<N[K]> | Replacement<E, V>)[]
  }
}

function readNode(name: string, node: unknown): NodeSpec {
  const spec = specOf(node)
  if (spec !== undefined) return spec
  throw new InvalidArgumentError(`runAll({ ${name} })`, 'a node, such as apply(fn)(items)', describeValue(node))
}
