import { batchedOf, resultsOf } from '../../task/bundle.ts'
import { Stateful } from '../../task/stateful.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import { isThenable } from '../../util/callbacks.ts'
import { type ChainStep, resultOf, withConstants } from './chain-step.ts'

/** A node whose function gets the items of many calls at once. */
export interface BatchedStepParts {
  readonly step: ChainStep
  /** True if results are lists, or 0 for an item that ended here. */
  readonly isMany: boolean
}

type Callable = (inputs: readonly unknown[]) => unknown

/** The methods of a stateful worker. */
interface Instance {
  readonly call: AnyFunction
  init?(): unknown
  close?(): unknown
}

/**
 * Makes the function of a node that is called with many items, in a worker: it gets the items, and returns as many results.
 * If the node's function is stateful, this is a class with a method `call` that does so.
 */
export function makeBatchedStep({ step, isMany }: BatchedStepParts): AnyFunction {
  const inner = batchedOf(step.fn)?.fn ?? step.fn
  if (!(inner instanceof Stateful)) return stepCall(step, isMany, inner)
  const { StatefulClass } = inner
  return class {
    readonly #instance: Instance
    readonly call: Callable

    constructor(...args: readonly unknown[]) {
      const instance = new StatefulClass(...args) as unknown as Instance
      this.#instance = instance
      this.call = stepCall(step, isMany, (...given) => instance.call(...given))
    }

    init(): unknown {
      return this.#instance.init?.()
    }

    close(): unknown {
      return this.#instance.close?.()
    }
  } as unknown as AnyFunction
}

function stepCall(step: ChainStep, isMany: boolean, fn: AnyFunction): Callable {
  const { constants } = step
  const call = fn as (...args: readonly unknown[]) => unknown
  const first = constants?.find(([position]) => position === 0)
  const others = first === undefined ? constants : constants?.filter((one) => one !== first)
  return (inputs) => {
    // A node without a stream is called once: its item is the first constant.
    const items = first === undefined ? [...inputs] : inputs.map(() => first[1])
    const finish = (returned: unknown): unknown => finished(step, isMany, items, resultsOf(returned, items.length))
    // Copied, since the function may change the array.
    const returned = call(...withConstants<unknown>(others, [[...items]]))
    return isThenable(returned) ? returned.then(finish) : finish(returned)
  }
}

/** Brings the results of a call into the form that the results of a chain have. An error fails its item alone. */
function finished(
  step: ChainStep,
  isMany: boolean,
  items: readonly unknown[],
  results: ArrayLike<unknown>,
): ArrayLike<unknown> | Promise<unknown[]> {
  if (step.kind === 'apply' && step.consumer === undefined && !isMany) return results
  const all = Array.from(results, (result, i) => {
    if (result instanceof Error) return result
    try {
      const made = resultOf(step, result)
      return isThenable(made)
        ? made.then((value) => shaped(step, value, items[i]), asError)
        : shaped(step, made, items[i])
    } catch (thrown) {
      return asError(thrown)
    }
  })
  return all.some((one) => isThenable(one)) ? Promise.all(all) : all
}

function shaped({ kind }: ChainStep, value: unknown, item: unknown): unknown {
  if (kind === 'filter') return value === true ? [item] : 0
  return kind === 'key' ? [value, item] : value
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown })
}
