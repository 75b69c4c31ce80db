import { types } from 'node:util'

import { PACKAGE_ROOT } from '../../../util/own-package.ts'
import type { PortableFunction, RecipeName } from '../../../wire/protocol/portable.ts'
import { isBehindBatched } from '../../bundle.ts'
import type { AnyFunction } from '../../task-function.ts'
import type { Inspected, Inspector } from '../inspect/inspector.ts'
import { fileName, placeAt } from '../inspect/place.ts'
import {
  functionAt,
  inFile,
  inSource,
  scriptTree,
  scriptLocationOf,
  UnreadableSource,
  type ScriptLocation,
} from '../inspect/scripts.ts'
import { type Callable, knownReference, setReference } from '../reference/known-references.ts'
import { type ModuleExports, moduleReference } from '../reference/module-reference.ts'
import { looksNative, nativeReference } from '../reference/native-reference.ts'
import { isPackage } from '../reference/package-entries.ts'
import { partReference } from '../reference/part-reference.ts'
import { type Recipe, recipeOf } from '../reference/recipe.ts'
import { exportsOf, isDefaultExport } from '../syntax/exports.ts'
import { moduleStateOf } from '../syntax/module-state.ts'
import { positionOf } from '../syntax/parse.ts'
import type { BuilderOptions, Capture, Capturing, SelfReplacing } from './capturing.ts'
import { GraphDraft, type CapturedVariable, refused } from './graph-draft.ts'
import { originalFunction, sourceFunction } from './source-function.ts'
import { isMock, MOCK } from './tested-imports.ts'

/** A function can be sent only after a promise has resolved. Then all variables are read again. */
export class NotReady extends Error {
  readonly waiting: Promise<unknown>

  constructor(waiting: Promise<unknown>) {
    super('not ready')
    this.waiting = waiting
  }
}

/** Puts functions, and everything that they use, into one graph. */
export class Builder implements Capture {
  readonly graph: GraphDraft = new GraphDraft()
  readonly inspector: Inspector
  readonly options: BuilderOptions
  readonly #travels = new Map<Callable, boolean>()

  constructor(inspector: Inspector, options: BuilderOptions) {
    this.inspector = inspector
    this.options = options
  }

  addRoot(fn: Callable): number {
    const captured: CapturedVariable = { variable: nameOf(fn), place: () => this.placeOf(fn) }
    if (types.isGeneratorFunction(fn))
      throw refused(captured, 'it is a generator function, whose result cannot be sent. Return an array.')
    return this.add(fn, captured)
  }

  /** Returns the number of a function in the graph. `captured` names the variable that holds it. */
  add(fn: Callable, captured: CapturedVariable): number {
    const id = this.graph.idOf(fn)
    if (id !== undefined) return id
    const known = knownReference(fn)
    if (known !== undefined) return this.graph.add(fn, known)
    const recipe = recipeOf(fn)
    if (recipe !== undefined) return this.#addRecipe(fn, recipe, captured)
    if (isMock(fn)) throw refused(captured, MOCK)
    if (looksNative(fn)) return this.#addNative(fn, captured)
    const inspected = this.inspector.inspect(fn)
    const located = scriptLocationOf(this.inspector, fn, inspected)
    if (located === undefined) throw refused(captured, 'its source cannot be found.')
    if (located.info.url.startsWith('node:')) return this.#addNative(fn, captured, located.info.url)
    try {
      return this.#addReference(fn, inspected, located) ?? this.#addSource(fn, inspected, located)
    } catch (error) {
      if (error instanceof UnreadableSource) throw refused(captured, `${error.message}.`)
      if (isStackOverflow(error)) throw refused(captured, 'its file is nested too deeply to be read.')
      throw error
    }
  }

  addReplaced(fn: Callable, declared: SelfReplacing, around: Capturing, captured: CapturedVariable): number {
    const known = this.graph.idOf(fn)
    if (known !== undefined || this.#canTravel(fn)) return known ?? this.add(fn, captured)
    const id = this.graph.add(fn, PENDING)
    this.graph.functions[id] = originalFunction(this, fn, declared, around)
    return id
  }

  #canTravel(fn: Callable): boolean {
    const known = this.#travels.get(fn)
    if (known !== undefined) return known
    // Assumed while it is tried: it may refer to itself.
    this.#travels.set(fn, true)
    const travels = this.options.canTravel(this, fn)
    this.#travels.set(fn, travels)
    return travels
  }

  /** Returns the place of a function; for a native one, the place of the user's call. */
  placeOf(fn: Callable): string {
    const isMade = recipeOf(fn) !== undefined || isMock(fn)
    const located = isMade ? undefined : scriptLocationOf(this.inspector, fn, this.inspector.inspect(fn))
    if (located !== undefined) return placeAt(located.info, located.location)
    const site = this.options
      .callSites()
      .find(({ url }) => !url.startsWith('node:') && !url.startsWith(PACKAGE_ROOT.href))
    return site === undefined ? 'native code' : `${fileName(site.url)}:${site.line + 1}`
  }

  #addNative(fn: Callable, captured: CapturedVariable, url?: string): number {
    const reference = nativeReference(fn, url)
    if (reference !== undefined) return this.graph.add(fn, setReference(fn, reference))
    if (types.isProxy(fn)) throw refused(captured, 'it is a Proxy. Use a plain function.')
    if (url === undefined && this.inspector.inspect(fn).isBound)
      throw refused(captured, 'it is a bound function. Use an arrow function: (...args) => fn.call(object, ...args).')
    throw refused(captured, 'it is a function of the runtime that workers cannot reach. Make it inside the task.')
  }

  #addRecipe(fn: Callable, recipe: Recipe, captured: CapturedVariable): number {
    const { behind } = recipe
    const { hashed, parts } = this.options
    if (behind !== undefined && (hashed || (parts && behind.isOnlyHashed !== true))) {
      if (!hashed || behind.version === undefined) return this.add(behind.fn, captured)
      return this.#addMade(fn, recipe.recipe, [fn.name, behind.version], captured)
    }
    const waiting = recipe.ready?.()
    if (waiting !== undefined) throw new NotReady(waiting)
    return this.#addMade(fn, recipe.recipe, recipe.data, captured)
  }

  #addMade(fn: Callable, recipe: RecipeName, data: unknown, { place }: CapturedVariable): number {
    // Its data is read afterwards, and may refer back to it.
    const value = this.graph.addValue(data, { variable: fn.name, place })
    return this.graph.add(fn, { kind: 'made', name: fn.name, recipe, data: value })
  }

  #addReference(fn: Callable, inspected: Inspected, located: ScriptLocation): number | undefined {
    const { location, info } = located
    const exports = (): ModuleExports => {
      const script = scriptTree(this.inspector, location.scriptId, info)
      return { names: exportsOf(script), isDefault: isDefaultExport(script, inSource(location, info)) }
    }
    const reference = moduleReference(fn, inspected, info, exports, () => this.inspector.loaded())
    if (reference === undefined) return undefined
    if (!isPackage(info.url)) this.#warnOfState(fn, located)
    return this.graph.add(fn, setReference(fn, reference))
  }

  #addSource(fn: Callable, inspected: Inspected, located: ScriptLocation): number {
    const behind = isBehindBatched(fn as AnyFunction)
      ? partReference(this.inspector, fn, inspected, located)
      : undefined
    if (behind !== undefined) return this.graph.add(fn, setReference(fn, { kind: 'export', ...behind }))
    // Added before its variables are read: they may refer back to it.
    const id = this.graph.add(fn, PENDING)
    const source = sourceFunction(this, fn, inspected, located)
    const exported = this.options.parts ? partReference(this.inspector, fn, inspected, located) : undefined
    this.graph.functions[id] = exported === undefined ? source : { ...source, exported }
    return id
  }

  /** Warns once per function, because its reference is remembered. */
  #warnOfState(fn: Callable, { location, info }: ScriptLocation): void {
    const { script, found } = functionAt(this.inspector, location, info)
    if (found === undefined) return
    const own = placeAt(info, inFile(positionOf(script, found.node.start), info))
    for (const { variable, position } of moduleStateOf(script, found)) {
      const place = placeAt(info, inFile(position, info))
      this.options.warn(
        `${fn.name || 'a function'} (${own}) reads "${variable}", which ${place} sets. ` +
          `Workers load the module afresh and do not see that: pass it in args.`,
      )
    }
  }
}

function nameOf(fn: Callable): string {
  const { getMockName } = fn as { getMockName?: () => string }
  return isMock(fn) ? (getMockName?.call(fn) ?? 'fn') : fn.name || 'fn'
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message)
}

const PENDING: PortableFunction = { kind: 'global', path: [] }
