import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { CaptureError } from '../../../errors/argument-errors.ts'
import type { PortableFunction, SourceModule } from '../../../wire/protocol/portable.ts'
import { mapText } from '../inspect/source-map.ts'
import type { ScriptInfo } from '../inspect/unchanged-file.ts'
import type { Callable } from '../reference/known-references.ts'

/** A captured value, and how to speak of it. */
export interface CapturedVariable {
  readonly variable: string
  readonly place: () => string
}

/** What must be known of the file of a function. */
type ModuleInfo = Pick<ScriptInfo, 'url' | 'isModule'> & Partial<Pick<ScriptInfo, 'sourceMapUrl'>>

/** How far a graph has grown. */
export interface Mark {
  readonly functions: number
  readonly slots: number
}

/** A portable graph while it grows: functions and values, each once. */
export class Graph {
  readonly functions: PortableFunction[] = []
  readonly modules: SourceModule[] = []
  /** Grows also while it is being encoded, as functions met inside values have captures of their own. */
  readonly values: unknown[] = []
  readonly slots: CapturedVariable[] = []
  readonly #ids = new Map<unknown, number>()
  readonly #slotOf = new Map<unknown, number>()
  readonly #moduleOf = new Map<string, number>()

  idOf(fn: Callable): number | undefined {
    return this.#ids.get(fn)
  }

  add(fn: Callable, portable: PortableFunction): number {
    return this.addObject(fn, portable)
  }

  /** A part of the runtime that is no function is reached in the same way. */
  addObject(part: unknown, portable: PortableFunction): number {
    const known = this.#ids.get(part)
    if (known !== undefined) return known
    this.#ids.set(part, this.functions.length)
    return this.functions.push(portable) - 1
  }

  /** The number of a value; an object has the same one wherever it is captured. */
  addValue(value: unknown, slot: CapturedVariable): number {
    const known = this.#slotOf.get(value)
    if (known !== undefined) return known
    if (typeof value === 'object' && value !== null) this.#slotOf.set(value, this.values.length)
    this.slots.push(slot)
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
    return { functions: this.functions.length, slots: this.values.length }
  }

  /** Forgets what came after a mark. */
  rollBack(mark: Mark): void {
    this.functions.length = mark.functions
    this.values.length = mark.slots
    this.slots.length = mark.slots
    for (const [fn, id] of this.#ids) if (id >= mark.functions) this.#ids.delete(fn)
    for (const [value, slot] of this.#slotOf) if (slot >= mark.slots) this.#slotOf.delete(value)
  }
}

/** Code from the command line, a prompt or `eval` resolves modules from the working directory. */
function fileUrl(url: string): string {
  return URL.canParse(url) ? url : pathToFileURL(resolve(url === '' ? '[anonymous]' : url)).href
}

const texts = new Map<string, string | undefined>()

/** A map in the running text itself: the file on disk may not have it. */
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
    // The text of the sources is of no use for positions, and long.
    const { sourcesContent: _, ...map } = JSON.parse(mapText(sourceMapUrl, url)) as Record<string, unknown>
    return JSON.stringify(map)
  } catch {
    return undefined
  }
}

/** The error that refuses to send what a slot holds. */
export function refused(slot: CapturedVariable, reason: string, cause?: unknown): CaptureError {
  return new CaptureError(slot.variable, slot.place(), reason, cause)
}
