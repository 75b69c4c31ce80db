import { REDUCER_PARTS, reducerFunctionsOf } from '../../task/made-reducer.ts'
import type { AnyFunction } from '../../task/task-function.ts'
import type { ExportedParts, ReduceParts, StatefulParts } from './parts.ts'

/**
 * Returns the three functions that an export stands for: one made by `reducer()`, or a class with these methods.
 *
 * @throws {TypeError} for any other export.
 */
export function partsOfExport({ exported }: ExportedParts): ReduceParts | StatefulParts {
  const functions = reducerFunctionsOf(exported)
  if (functions !== undefined) return functions as ReduceParts
  if (!isClass(exported)) {
    const kind = typeof exported === 'function' ? 'a plain function' : 'a pipeline'
    throw new TypeError(
      `expected an export made by reducer({ initial, add, combine }), got ${kind}. ` +
        'Leave --reduce out to have a result for each input',
    )
  }
  const methods = exported.prototype as Readonly<Record<string, unknown>>
  const missing = REDUCER_PARTS.filter((name) => typeof methods[name] !== 'function')
  if (missing.length === 0)
    return { StatefulClass: exported as unknown as StatefulParts['StatefulClass'], construct: [] }
  throw new TypeError(
    `expected a class with the methods initial(), add() and combine(), got ${exported.name}, which has no ${missing.join('(), no ')}()`,
  )
}

function isClass(value: unknown): value is AnyFunction & { readonly prototype: unknown } {
  return typeof value === 'function' && Function.prototype.toString.call(value).startsWith('class')
}
