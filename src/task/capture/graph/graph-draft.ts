import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { CaptureError } from '../../../errors/argument-errors.ts'
import type { PortableFunction, SourceModule } from '../../../wire/protocol/portable.ts'
import type { ScriptInfo } from '../inspect/script-file.ts'
import { mapText } from '../inspect/source-map.ts'
import type { Callable } from '../reference/known-references.ts'

/** The variable that a captured value comes from, for messages. */
export interface CapturedVariable {
  readonly variable: string
  readonly place: () => string
}

/** Facts about the file of a function. */
type ModuleInfo = Pick<ScriptInfo, 'url' | 'isModule'> & Partial<Pick<ScriptInfo, 'sourceMapUrl'>>

/** The size of a graph at some moment. */
export interface Mark {
  readonly functions: number
  readonly values: number
}

/** A portable graph while it grows. Each function and value occurs once. */
export class GraphDraft {
  readonly functions: PortableFunction[] = []
  readonly modules: SourceModule[] = []
  /** Grows while it is being encoded, because functions found inside values have captures of their own. */
  readonly values: unknown[] = []
  readonly variables: CapturedVariable[] = []
  /** Weak collections that classes keep private members of their instances in. */
  readonly ofClasses: Set<object> = new Set()
  readonly #ids = new Map<unknown, number>()
  readonly #valueIds = new Map<unknown, number>()
  readonly #moduleOf = new Map<string, number>()

  idOf(fn: Callable): number | undefined {
    return this.#ids.get(fn)
  }

  add(fn: Callable, portable: PortableFunction): number {
    return this.addObject(fn, portable)
  }

  /** Adds a part of the runtime that is not a function, such as `Math`; it is referred to in the same way. */
  addObject(part: unknown, portable: PortableFunction): number {
    const known = this.#ids.get(part)
    if (known !== undefined) return known
    this.#ids.set(part, this.functions.length)
    return this.functions.push(portable) - 1
  }

  /** Returns the number of a value; an object has the same one wherever it is captured. */
  addValue(value: unknown, captured: CapturedVariable): number {
    const known = this.#valueIds.get(value)
    if (known !== undefined) return known
    if (typeof value === 'object' && value !== null) this.#valueIds.set(value, this.values.length)
    this.variables.push(captured)
    return this.values.push(value) - 1
  }

  addModule(info: ModuleInfo): number {
    const type = info.isModule ? 'module' : 'commonjs'
    const key = `${type} ${info.url}`
    let number = this.#moduleOf.get(key)
    if (number === undefined) {
      const sourceMap = inlineMap(info)
      number = this.modules.push({ url: fileUrl(info.url), type, ...(sourceMap !== undefined && { sourceMap }) }) - 1
      this.#moduleOf.set(key, number)
    }
    return number
  }

  mark(): Mark {
    return { functions: this.functions.length, values: this.values.length }
  }

  /** Removes everything that was added after a mark. */
  rollBack(mark: Mark): void {
    this.functions.length = mark.functions
    this.values.length = mark.values
    this.variables.length = mark.values
    for (const [fn, id] of this.#ids) if (id >= mark.functions) this.#ids.delete(fn)
    for (const [value, id] of this.#valueIds) if (id >= mark.values) this.#valueIds.delete(value)
  }
}

/** Code from the command line, a prompt or `eval` resolves modules from the working directory. */
function fileUrl(url: string): string {
  return URL.canParse(url) ? url : pathToFileURL(resolve(url === '' ? '[anonymous]' : url)).href
}

const texts = new Map<string, string | undefined>()

/** Returns the source map in the running text itself, which the file on disk may lack. */
function inlineMap({ sourceMapUrl, url }: ModuleInfo): string | undefined {
  if (sourceMapUrl?.startsWith('data:') !== true) return undefined
  if (!texts.has(sourceMapUrl)) {
    if (texts.size >= 100) texts.clear()
    texts.set(sourceMapUrl, readMap(sourceMapUrl, url))
  }
  return texts.get(sourceMapUrl)
}

function readMap(sourceMapUrl: string, url: string): string | undefined {
  try {
    // The text of the sources is long, and not needed for positions.
    const { sourcesContent: _, ...map } = JSON.parse(mapText(sourceMapUrl, url)) as Record<string, unknown>
    return JSON.stringify(map)
  } catch {
    return undefined
  }
}

/** Makes the error that refuses to send a captured value. */
export function refused(captured: CapturedVariable, reason: string, cause?: unknown): CaptureError {
  return new CaptureError(captured.variable, captured.place(), reason, cause)
}
