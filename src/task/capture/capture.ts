import { types } from 'node:util'

import type { PortableGraph } from '../../wire/portable.ts'
import type { Callable } from './callable.ts'
import type { CaptureOptions } from './capture-options.ts'
import { knownReference, setReference, type Reference } from './known-references.ts'
import { looksNative, nativeReference } from './native-reference.ts'
import { quickReferences } from './quick-references.ts'
import { recipeOf } from './recipe.ts'
import { runsUnderTsx } from './runs-under-tsx.ts'

/**
 * Makes functions fit to be sent: by reference where a worker can import them, else by value with what they use.
 *
 * One call per run, so that classes and objects that several of the functions use stay one. The variables are read now.
 *
 * @throws {CaptureError} when one of them cannot travel.
 * @throws {UnsupportedError} when a function must go by value and there is no inspector.
 */
export async function capture(functions: readonly Callable[], options: CaptureOptions = {}): Promise<PortableGraph> {
  const references = functions.map((fn) => referenceWithoutLooking(fn) ?? fn)
  if (references.every((one) => typeof one !== 'function')) return graphOf(references)
  // Those are refused with their place.
  if (engine === undefined && !functions.some((fn) => types.isGeneratorFunction(fn) || recipeOf(fn) !== undefined)) {
    const found = await quickReferences(functions).catch((error: unknown) => ofRuntime(functions, error))
    if (found !== undefined) return graphOf(found)
  }
  engine ??= await import('./capture-graph.ts')
  return engine.captureGraph(functions, options)
}

/** Brings the parser. Loaded when it is needed first. */
let engine: typeof import('./capture-graph.ts') | undefined

/** What needs no look at the source. */
function referenceWithoutLooking(fn: Callable): Reference | undefined {
  const known = knownReference(fn)
  if (types.isGeneratorFunction(fn)) return undefined
  if (known !== undefined || !looksNative(fn)) return known
  const reference = nativeReference(fn)
  return reference && setReference(fn, reference)
}

/** Without an inspector, functions of Node that are written in JavaScript can still be found. */
function ofRuntime(functions: readonly Callable[], error: unknown): Reference[] {
  const references = functions.map((fn) => knownReference(fn) ?? nativeReference(fn))
  if (!references.every((one) => one !== undefined)) throw error
  return references
}

function graphOf(functions: readonly Reference[]): PortableGraph {
  const roots = functions.map((_, i) => i)
  const values = { value: [], specials: undefined, bytes: 0 }
  return { roots, functions, modules: [], values, ...(runsUnderTsx() && { typescript: 'tsx' }) }
}
