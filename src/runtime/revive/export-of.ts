import { ModuleLoadError } from '../../errors/worker-errors.ts'
import { displayName } from '../../task/capture/inspect/place.ts'
import { markRunnable, partNamed, runnableOf } from '../../task/exported-object.ts'
import { REDUCER_PARTS } from '../../task/made-reducer.ts'
import { didYouMean, nearestName } from '../../util/nearest-name.ts'
import type { Namespace } from './import-from.ts'

/**
 * Returns a function, class or pipeline that a module exports. CommonJS modules may have it on their `module.exports`.
 */
export function exportOf(namespace: Namespace, url: string, name: string): unknown {
  const value = ownValue(namespace, name)
  if (canRun(value)) return value
  const onModule = ownValue(namespace['default'], name)
  if (canRun(onModule)) return onModule
  throw missing(namespace, url, name)
}

/** Returns a function that is a part of an export, such as a step of a pipeline. */
export function partOf(namespace: Namespace, url: string, name: string, part: string): unknown {
  const found = partNamed(anyExportOf(namespace, name), part)
  if (found !== undefined) return found
  const message = `${displayName(url)} has no "${part}" in its export "${name}"`
  throw new ModuleLoadError(message, { module: url, exportName: name })
}

/** Returns any export, even one that exists only on a CommonJS module's `module.exports`. */
export function anyExportOf(namespace: Namespace, name: string): unknown {
  return ownValue(namespace, name) ?? ownValue(namespace['default'], name)
}

/** Returns any export, for an imported binding. */
export function boundExport(namespace: Namespace, url: string, name: string): unknown {
  if (!Object.hasOwn(namespace, name)) throw missing(namespace, url, name)
  return namespace[name]
}

function canRun(value: unknown): boolean {
  return typeof value === 'function' || runnableOf(value) !== undefined
}

function ownValue(holder: unknown, name: string): unknown {
  if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return undefined
  return Object.hasOwn(holder, name) ? Reflect.get(holder, name) : undefined
}

function missing(namespace: Namespace, url: string, name: string): ModuleLoadError {
  const exports = functionNames(namespace)
  const found = anyExportOf(namespace, name)
  const problem = found === undefined ? `has no export "${name}"` : `exports "${name}", which is not a function`
  const list = exports.length === 0 ? 'It exports no functions.' : `Its functions: ${exports.join(', ')}.`
  const isLikeReducer = REDUCER_PARTS.every((part) => typeof ownValue(found, part) === 'function')
  const hint = isLikeReducer ? ` Export reducer(${name}) of it, and run that with --reduce.` : ''
  const message = `${displayName(url)} ${problem}.${hint}${didYouMean(nearestName(name, exports))} ${list}`
  return new ModuleLoadError(message, { module: url, exportName: name, exports })
}

function functionNames(namespace: Namespace): string[] {
  const names = new Set<string>()
  for (const holder of [namespace, namespace['default']]) {
    if (typeof holder !== 'object' || holder === null) continue
    for (const name of Object.keys(holder)) if (canRun(ownValue(holder, name))) names.add(name)
  }
  return [...names]
}

/** Returns an exported pipeline of which some steps run. */
export function withSteps(value: unknown, url: string, name: string, steps: readonly string[]): object {
  const prepare = runnableOf(value)
  if (prepare === undefined) {
    const message = `${displayName(url)} exports "${name}", which is not a pipeline: it has no steps`
    throw new ModuleLoadError(message, { module: url, exportName: name })
  }
  const some = {}
  markRunnable(some, (args) => prepare(args, steps))
  return some
}
