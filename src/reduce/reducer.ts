import { InvalidArgumentError } from '../errors/argument-errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { REDUCER_PARTS } from '../task/made-reducer.ts'
import { Stateful } from '../task/stateful.ts'
import { isStub } from '../task/stub.ts'
import { checkTaskFunction } from '../task/task-function.ts'
import type { Callable, ReducerData } from './worker/parts.ts'

type MaybePromise<T> = T | PromiseLike<T>

/**
 * The three functions of a reduction. Each may be any function that can be sent, and may be async; each gets the option
 * `args` as its last arguments.
 */
export interface Reducer<I, A, X extends readonly unknown[] = readonly []> {
  /** Makes an empty accumulator. Called many times; combined with any other it must change nothing. */
  readonly initial: (...args: X) => MaybePromise<A>
  /** Returns the accumulator with one more input. It may change it in place; then it need not return it. */
  readonly add: (accumulator: A, input: I, ...args: X) => MaybePromise<A | void>
  /** Joins two accumulators; the inputs of `b` come after those of `a`. It may change `a` in place, as `add` may. */
  readonly combine: (a: A, b: A, ...args: X) => MaybePromise<A | void>
}

/** The functions of a reducer, checked. */
export interface CheckedReducer {
  readonly name: string
  readonly parts: ReducerData['parts']
}

/** @throws {InvalidArgumentError} if one of the functions is missing, or is no function. */
export function checkReducer(value: unknown): CheckedReducer {
  if (value instanceof Stateful) return statefulReducer(value)
  if (isStub(value)) return { name: value.name, parts: { exported: value } }
  if (typeof value !== 'object' || value === null)
    throw new InvalidArgumentError(
      'reducer',
      'an object { initial, add, combine }, or stateful() of a class with them',
      describeValue(value),
    )
  const parts = value as Partial<Record<(typeof REDUCER_PARTS)[number], unknown>>
  for (const name of REDUCER_PARTS) {
    if (typeof parts[name] !== 'function')
      throw new InvalidArgumentError(name, `a function: ${SIGNATURES[name]}`, describeValue(parts[name]))
    checkTaskFunction(parts[name], name)
  }
  const { initial, add, combine } = parts as Record<(typeof REDUCER_PARTS)[number], Callable>
  return { name: nameOf(add), parts: { initial, add, combine } }
}

const SIGNATURES = {
  initial: 'initial() makes an empty accumulator',
  add: 'add(accumulator, input) returns the accumulator with the input',
  combine: 'combine(a, b) joins two accumulators, since several workers make them',
} as const

function statefulReducer({ StatefulClass, args }: Stateful): CheckedReducer {
  const { prototype, name } = StatefulClass as { prototype?: Record<string, unknown>; name: string }
  for (const part of REDUCER_PARTS)
    if (prototype !== undefined && typeof prototype[part] !== 'function')
      throw new InvalidArgumentError(part, `a method of ${name}: ${SIGNATURES[part]}`, describeValue(prototype[part]))
  return { name, parts: { StatefulClass, construct: args } }
}

/** The name of a property says nothing about its function. */
function nameOf(add: Callable): string {
  return add.name === '' || add.name === 'add' ? 'reduce' : add.name
}
