import type { ChainStep } from './chain-step.ts'
import { StepFailure } from './step-failure.ts'

/** What a chain is made of. */
export interface ChainParts {
  readonly steps: readonly ChainStep[]
  /** Its results are lists, or the number of the step that let an item go no further. */
  readonly isMany: boolean
}

type Callable = (...args: unknown[]) => unknown

/**
 * The function of a chain of nodes: each step gets what the one before returned. It is made in the worker, and makes no
 * promise where no step does.
 */
export function makeChain({ steps, isMany }: ChainParts): Callable {
  const last = steps.length - 1

  function run(at: number, args: readonly unknown[]): unknown {
    let current = args
    for (let i = at; i <= last; i++) {
      const step = steps[i] as ChainStep
      let returned: unknown
      try {
        returned = (step.fn as Callable)(...withConstants(step, current))
        if (isThenable(returned)) return goOn(i, current, returned)
        if (step.kind === 'flatMap') return listOf(returned, i)
        if (step.kind === 'filter') {
          if (!returned) return i
          current = [current[0]]
        } else current = [valueOf(step, returned, current)]
      } catch (thrown) {
        throw thrown instanceof StepFailure ? thrown : new StepFailure(i, thrown)
      }
    }
    return isMany ? [current[0]] : current[0]
  }

  async function goOn(i: number, current: readonly unknown[], promise: PromiseLike<unknown>): Promise<unknown> {
    const step = steps[i] as ChainStep
    let next: unknown
    try {
      const returned = await promise
      if (step.kind === 'flatMap') return await listOf(returned, i)
      if (step.kind === 'filter') {
        if (!returned) return i
        next = current[0]
      } else next = valueOf(step, returned, current)
    } catch (thrown) {
      throw thrown instanceof StepFailure ? thrown : new StepFailure(i, thrown)
    }
    return run(i + 1, [next])
  }

  return (...args) => run(0, args)
}

function withConstants({ constants }: ChainStep, args: readonly unknown[]): readonly unknown[] {
  if (constants === undefined) return args
  const all = [...args]
  for (const [position, value] of constants) all.splice(position, 0, value)
  return all
}

function valueOf(step: ChainStep, returned: unknown, args: readonly unknown[]): unknown {
  if (returned === undefined && step.consumer !== undefined) {
    throw new TypeError(`${step.name} returned nothing, but ${step.consumer} needs its value; return null for none`)
  }
  if (step.kind !== 'key') return returned
  if ((typeof returned === 'object' && returned !== null) || typeof returned === 'function') {
    throw new TypeError(`${step.name}: a key must be a string, a number or the like, not ${describe(returned)}`)
  }
  return [returned, args[0]]
}

function describe(value: object): string {
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
}

function listOf(items: unknown, step: number): unknown[] | Promise<unknown[]> {
  if (Array.isArray(items)) return items as unknown[]
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(items) as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >
  if (typeof sync === 'function') return [...(items as Iterable<unknown>)]
  if (typeof async === 'function') return collect(items as AsyncIterable<unknown>, step)
  throw new TypeError(`flatMap: expected the function to return an iterable, such as an array, got ${typeof items}`)
}

async function collect(items: AsyncIterable<unknown>, step: number): Promise<unknown[]> {
  const list: unknown[] = []
  try {
    for await (const item of items) list.push(item)
  } catch (thrown) {
    throw new StepFailure(step, thrown)
  }
  return list
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
