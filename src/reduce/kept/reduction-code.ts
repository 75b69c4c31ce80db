import { fromRecipe } from '../../task/capture/reference/recipe.ts'
import { NO_RETRIES } from '../../task/failure-policy.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import { makeReducer } from '../worker/make-reducer.ts'
import type { ReducerData } from '../worker/parts.ts'

/** Settings that do not change what the functions are. */
const UNTOLD = { leavesOut: false, timeout: undefined, retries: NO_RETRIES, copies: true }

/** Makes a function whose hash is that of a reduction in its journal, however often and how long its inputs are tried. */
export function codeOf(name: string, functions: Pick<ReducerData, 'parts' | 'args' | 'spread'>): AnyFunction {
  return fromRecipe(name, { recipe: 'reducer', make: makeReducer, data: { ...functions, ...UNTOLD } })
}
