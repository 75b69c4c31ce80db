import type { Observers } from '../../observe/observers.ts'
import type { Capabilities } from '../../pool/backend/backend.ts'
import { hostEncoder } from '../../pool/functions/host-encoder.ts'
import type { Located, PreparedFunction } from '../../pool/functions/prepared-function.ts'
import type { Dispatcher } from '../../pool/scheduling/dispatcher.ts'
import { prepareFor } from '../../run/hosts/prepare-for.ts'
import type { RunHost } from '../../run/hosts/run-host.ts'
import type { RunSettings } from '../../settings/run-settings.ts'
import { batchedOf } from '../../task/bundle.ts'
import { fromRecipe } from '../../task/capture/reference/recipe.ts'
import { policyOf } from '../../task/failure-policy.ts'
import { registeredClasses } from '../../task/register-class.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import { type ChainParts, type ChainStep, stepFailureOf } from '../chain/chain-step.ts'
import type { CachedResult } from '../chain/make-cached-chain.ts'
import { makeChain } from '../chain/make-chain.ts'
import { functionOf, type NodeSpec } from '../define/node-spec.ts'
import type { KeptCalls } from '../engine/kept-calls.ts'
import type { Calling } from '../engine/operators/stage.ts'
import type { StagePlan } from '../graph/graph-plan.ts'
import { batchedStage } from './batched-stage.ts'
import { type NodeCache, nodeCache } from './node-cache.ts'

/** Prepares the functions of stages, for workers or for this process. */
export async function prepareStages(
  plans: readonly StagePlan[],
  dispatcher: Dispatcher,
  host: RunHost,
  settings: RunSettings,
  observers: Observers,
): Promise<Map<StagePlan, Calling>> {
  const { capabilities } = dispatcher.options.backend
  const shareFrom = settings.share === false ? undefined : settings.share
  const encoder = settings.copy === false ? undefined : hostEncoder(capabilities, shareFrom)
  const callings = plans.map(async (plan): Promise<[StagePlan, Calling]> => {
    const caches = await Promise.all(plan.specs.map((spec) => nodeCache(spec, settings.cache)))
    const [own] = caches
    const together = batchedOf(functionOf((plan.specs[0] as NodeSpec).fn))
    // Results from remote workers, and of calls with many items, are stored in this process; such a node is a stage of its own.
    const isKept = own !== undefined && (together !== undefined || isFar(capabilities, plan))
    const kept = isKept ? await keptCalls(plan, own) : undefined
    const isCached = kept === undefined && caches.some((cache) => cache !== undefined)
    const steps = plan.steps.map((step, i) => ({
      ...step,
      fn: functionOf((plan.specs[i] as NodeSpec).fn),
      cache: kept === undefined ? caches[i]?.step : undefined,
    }))
    const data = { steps, isMany: plan.isMany, classes: isCached ? registeredClasses() : [] }
    const rules = plan.specs.length === 1 ? plan.specs[0]?.settings : undefined
    const policy = policyOf(rules ?? {}, settings)
    const locate = (thrown: unknown): Located | undefined => {
      const failure = stepFailureOf(thrown)
      return failure && { name: plan.steps[failure.step]?.name ?? plan.name, thrown: failure.cause }
    }
    const use = {
      name: plan.name,
      timeout: policy.timeout,
      locate,
      results: isCached ? { isHit } : undefined,
      toldAtEnd: isCached,
    }
    const chain =
      together === undefined
        ? await chainOf(plan.name, data, isCached)
        : batchedStage(plan, steps[0] as ChainStep, together)
    const [prepared] = await prepareFor({ host, capabilities, settings, observers }, chain, use)
    const fn = prepared as PreparedFunction
    const accesses = isCached ? caches.map((cache) => cache?.access) : undefined
    const fallsBack = settings.fallback === 'serial'
    return [plan, { fn, policy, spread: plan.spread, encoder, accesses, kept, fallsBack }]
  })
  return new Map(await Promise.all(callings))
}

/** Returns true if nothing was computed: the results of all calls of a chain came from a cache. */
function isHit(result: unknown): boolean {
  const [, states] = result as CachedResult
  return states.every((state) => state === 'hit' || state === 'joined')
}

function isFar({ remote }: Capabilities, { local }: StagePlan): boolean {
  return remote === true && !local
}

async function keptCalls({ steps }: StagePlan, { step, access }: NodeCache): Promise<KeptCalls> {
  const parts = await import('../engine/kept-calls.ts')
  return new parts.KeptCalls(steps[0] as ChainStep, step, access)
}

async function chainOf(name: string, data: ChainParts, isCached: boolean): Promise<AnyFunction> {
  if (!isCached) return fromRecipe(name, { recipe: 'chain', make: makeChain, data })
  const { makeCachedChain } = await import('../chain/make-cached-chain.ts')
  return fromRecipe(name, { recipe: 'cached-chain', make: makeCachedChain, data })
}
