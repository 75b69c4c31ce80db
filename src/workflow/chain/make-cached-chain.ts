import type { CallState } from '../../cache/store/cache-report.ts'
import type { RegisteredClass } from '../../task/register-class.ts'
import { ClassRegistry, type ClassCodec } from '../../wire/codec/class-registry.ts'
import { type ChainParts, ChainStepFailure } from './chain-step.ts'
import { LazyValue } from './lazy-value.ts'
import { StepCalls } from './step-calls.ts'

/** What a chain with a cache gives: its result, and how each step that ran came by its own. */
export type CachedResult = readonly [result: unknown, states: readonly (CallState | undefined)[]]

/**
 * The function of a chain some of whose results may be stored. What is stored is not computed, and is not even loaded
 * where the step after it is stored, too.
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

function registryOf(classes: readonly RegisteredClass[]): ClassRegistry | undefined {
  if (classes.length === 0) return undefined
  const registry = new ClassRegistry()
  for (const { name, Class, encode, decode } of classes) {
    const codec = { name, encode, decode } as unknown as ClassCodec
    registry.add((Class as unknown as { prototype: object }).prototype, codec)
  }
  return registry
}
