import type { CallState } from '../../cache/store/cache-report.ts'
import { registryOf } from '../../task/register-class.ts'
import { type ChainParts, ChainStepFailure } from './chain-step.ts'
import { LazyValue } from './lazy-value.ts'
import { StepCalls } from './step-calls.ts'

/** The result of a chain with a cache, and the state of each call that it made. */
export type CachedResult = readonly [result: unknown, states: readonly (CallState | undefined)[]]

/**
 * Makes the function of a chain in which results of steps may be stored. A stored result is not computed, and not even
 * loaded if the step after it is stored, too.
 */
export function makeCachedChain({ steps, isMany, classes }: ChainParts): (...args: unknown[]) => Promise<CachedResult> {
  const registry = registryOf(classes)
  const calls = steps.map((step) => new StepCalls(step, registry))
  const last = calls.length - 1
  return async (...args) => {
    const states: (CallState | undefined)[] = []
    let current: readonly LazyValue[] = args.map((value) => LazyValue.of(value))
    for (const [i, call] of calls.entries()) {
      const { kind } = call.step
      const [item] = current
      try {
        const { result, state } = await call.call(current, i < last && kind === 'apply')
        states.push(state)
        if (kind === 'flatMap') return [await result.value(), states]
        if (kind === 'filter' && (await result.value()) === false) return [i, states]
        if (kind === 'apply') current = [result]
        else if (kind === 'key') current = [LazyValue.of([await result.value(), await item?.value()])]
        else current = item === undefined ? [] : [item]
        if (i === last) {
          const value = await current[0]?.value()
          return [isMany ? [value] : value, states]
        }
      } catch (thrown) {
        throw last === 0 ? thrown : new ChainStepFailure(i, thrown)
      }
    }
    throw new Error('a chain has steps')
  }
}
