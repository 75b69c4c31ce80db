import { wrappedOf } from '../../cache/cache-access.ts'
import type { AnyFunction } from '../../task/task-function.ts'

/** The function of a node itself, without what `cache.wrap` put around it. */
export function functionOf(fn: AnyFunction): AnyFunction {
  const wrapped = wrappedOf(fn)?.fn
  return typeof wrapped === 'function' ? wrapped : fn
}
