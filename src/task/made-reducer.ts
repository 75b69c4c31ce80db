import { processWide } from '../util/own-package.ts'
import { markParts, markRunnable } from './exported-object.ts'

type AnyFunction = (...args: never[]) => unknown

/** The names of the functions of a reducer. */
export const REDUCER_PARTS = ['initial', 'add', 'combine'] as const

/** The functions of a reducer. */
export type ReducerFunctions = Readonly<Record<(typeof REDUCER_PARTS)[number], AnyFunction>>

const reducers = processWide('reducers', () => new WeakMap<object, ReducerFunctions>())

/** Marks an object returned by `reducer()`. If a module exports it, workers find its functions there. */
export function markReducer(object: object, functions: ReducerFunctions): void {
  reducers.set(object, functions)
  markParts(object, () => REDUCER_PARTS.map((name) => [name, functions[name]] as const))
  markRunnable(object, () => {
    throw new TypeError(
      'it was made by reducer(), which makes one value of all inputs: add --reduce to the command, or use reduce(inputs, …) in code',
    )
  })
}

/** Returns the functions of an object made by `reducer()`; undefined for any other value. */
export function reducerFunctionsOf(value: unknown): ReducerFunctions | undefined {
  return typeof value === 'object' && value !== null ? reducers.get(value) : undefined
}

/** Returns true for an object made by `reducer()`. */
export function isReducer(value: unknown): boolean {
  return reducerFunctionsOf(value) !== undefined
}
