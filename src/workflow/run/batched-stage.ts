import { type Batched, markBatched } from '../../task/bundle.ts'
import { fromRecipe, lazily } from '../../task/capture/reference/recipe.ts'
import { Stateful } from '../../task/stateful.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import type { ChainStep } from '../chain/chain-step.ts'
import { makeBatchedStep } from '../chain/make-batched-step.ts'
import type { StagePlan } from '../graph/graph-plan.ts'

/**
 * Makes the batched function of a stage whose only node has one: around it are the constants of the node, and what the node
 * does with the results.
 */
export function batchedStage({ name, isMany }: StagePlan, step: ChainStep, { fn, rules }: Batched): AnyFunction {
  const recipe = { recipe: 'batched-step', make: makeBatchedStep, data: { step, isMany } } as const
  const called = fromRecipe(name, recipe)
  const StatefulClass = called as unknown as Stateful['StatefulClass']
  const one = lazily(name, () => called)
  markBatched(one, { fn: fn instanceof Stateful ? new Stateful(StatefulClass, fn.args) : called, rules }, called)
  return one
}
