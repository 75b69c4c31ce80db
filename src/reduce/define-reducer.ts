import { markReducer } from '../task/made-reducer.ts'
import { type Reducer, checkReducer } from './reducer.ts'

/**
 * Makes three functions into a reducer that a module can export: the command runs it with `--reduce`, and `reduce()` takes
 * it like the plain object.
 *
 * @example
 * ```ts
 * export const totals = reducer({
 *   initial: () => ({ lines: 0, bytes: 0 }),
 *   add: (sum, file: string) => addFile(sum, file),
 *   combine: (a, b) => ({ lines: a.lines + b.lines, bytes: a.bytes + b.bytes }),
 * })
 * // manyhands run stats.ts#totals 'logs/*.gz' --reduce
 * ```
 *
 * @throws {InvalidArgumentError} if one of the functions is missing, or is no function.
 */
export function reducer<I, A, X extends readonly unknown[] = readonly []>(
  functions: Reducer<I, A, X>,
): Reducer<I, A, X> {
  checkReducer(functions)
  const { initial, add, combine } = functions
  const made = Object.freeze({ initial, add, combine })
  markReducer(made, made)
  return made
}
