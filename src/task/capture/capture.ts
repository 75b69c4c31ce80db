import { types } from 'node:util'

import type { PortableGraph } from '../../wire/protocol/portable.ts'
import type { CaptureOptions } from './graph/capturing.ts'
import { runsUnderTsx } from './inspect/program-start.ts'
import { type Callable, knownReference, setReference, type Reference } from './reference/known-references.ts'
import { looksNative, nativeReference } from './reference/native-reference.ts'
import { quickReferences } from './reference/quick-references.ts'
import { recipeOf } from './reference/recipe.ts'

/**
 * Makes functions ready to be sent: by reference if a worker can import them, else by value with everything that they
 * use.
 *
 * One call per run, so that classes and objects shared by several functions stay shared. The variables are read now.
 *
 * @throws {CaptureError} if one of them cannot be sent.
 * @throws {UnsupportedError} if a function must go by value and there is no inspector.
 */
export async function capture(functions: readonly Callable[], options: CaptureOptions = {}): Promise<PortableGraph> {
  const references = functions.map((fn) => referenceWithoutLooking(fn) ?? fn)
  if (references.every((one) => typeof one !== 'function')) return graphOf(references)
  // Generator functions are refused later, with their place.
  if (engine === undefined && !functions.some((fn) => types.isGeneratorFunction(fn) || recipeOf(fn) !== undefined)) {
    const found = await quickReferences(functions).catch((error: unknown) => ofRuntime(functions, error))
    if (found !== undefined) return graphOf(found)
  }
  engine ??= await import('./graph/capture-graph.ts')
  return engine.captureGraph(functions, options)
}

/** The part that needs the parser, loaded on first use. */
let engine: typeof import('./graph/capture-graph.ts') | undefined

/** Finds a reference without reading the source. */
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

/** Returns the position of a function in the user's files, relative to the working directory: `src/report.ts:12`. */
export async function placeOf(fn: Callable): Promise<string> {
  if (looksNative(fn)) return 'native code'
  try {
    const { findPlace } = await import('./graph/capture-graph.ts')
    return (await findPlace(fn)) ?? 'an unknown place'
  } catch {
    // Only names and messages need the place, so a missing inspector is no error.
    return 'an unknown place'
  }
}
