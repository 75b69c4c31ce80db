import { isThenable } from '../../util/callbacks.ts'
import { type ChainParts, type ChainStep, ChainStepFailure, resultOf, withConstants } from './chain-step.ts'

type Callable = (...args: unknown[]) => unknown

/**
 * Makes the function of a chain of nodes, in a worker: each step gets the result of the one before. It makes no promise
 * unless a step does.
 */
export function makeChain({ steps, isMany }: ChainParts): Callable {
  const last = steps.length - 1
  // The error of a single step needs no step number.
  const isAlone = last === 0

  function run(at: number, args: readonly unknown[]): unknown {
    let current = args
    for (let i = at; i <= last; i++) {
      const step = steps[i] as ChainStep
      let result: unknown
      try {
        const fn = step.fn as Callable
        const returned = fn(...withConstants(step.constants, current))
        result = isThenable(returned) ? returned.then((value) => resultOf(step, value)) : resultOf(step, returned)
      } catch (thrown) {
        throw isAlone ? thrown : new ChainStepFailure(i, thrown)
      }
      if (isThenable(result)) return later(i, current, result)
      if (step.kind === 'flatMap') return result
      if (step.kind === 'filter' && result === false) return i
      current = [nextOf(step, result, current)]
    }
    return isMany ? [current[0]] : current[0]
  }

  async function later(i: number, current: readonly unknown[], promise: PromiseLike<unknown>): Promise<unknown> {
    const step = steps[i] as ChainStep
    let result: unknown
    try {
      result = await promise
    } catch (thrown) {
      throw isAlone ? thrown : new ChainStepFailure(i, thrown)
    }
    if (step.kind === 'flatMap') return result
    if (step.kind === 'filter' && result === false) return i
    return run(i + 1, [nextOf(step, result, current)])
  }

  return (...args) => run(0, args)
}

function nextOf({ kind }: ChainStep, result: unknown, [item]: readonly unknown[]): unknown {
  return kind === 'filter' ? item : kind === 'key' ? [result, item] : result
}
