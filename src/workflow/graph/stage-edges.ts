import { type NodeSpec, streamsOf } from '../define/node-spec.ts'
import type { GraphPlan } from './graph-plan.ts'

/**
 * Tells which stage's results are arguments of which. Stages are numbered as the functions of a run are: those on workers
 * first, then those of this process.
 */
export function stageEdges({ stages }: GraphPlan): readonly (readonly [from: number, to: number])[] {
  const ordered = [false, true].flatMap((local) => stages.filter(({ plan }) => plan.local === local))
  const numbers = new Map(ordered.flatMap(({ plan }, i) => plan.specs.map((spec) => [spec, i] as const)))
  /** The stages that compute the items of a node: not every node has one of its own. */
  const makersOf = (spec: NodeSpec): number[] => {
    const own = numbers.get(spec)
    return own === undefined ? streamsOf(spec).flatMap(makersOf) : [own]
  }
  return ordered.flatMap(({ input }, to) =>
    [...new Set(input.from.flatMap(makersOf))].filter((from) => from !== to).map((from) => [from, to] as const),
  )
}
