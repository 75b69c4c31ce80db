import { Script } from 'node:vm'

import { IS_IN_CONTEXT } from '../../wire/codec/own-realm.ts'
import type { SourceFunction, SourceModule } from '../../wire/protocol/portable.ts'
import { LIKE_FILE, silenceLoaderWarning } from './import-from.ts'
import { scriptName } from './map-stack.ts'

/** Makes a function from its source. Takes its variables, in the order of the names that it was compiled for. */
export type Factory = (...variables: unknown[]) => unknown

/** The result of a factory if some variables get their values afterwards. */
export interface Unfinished {
  readonly made: unknown
  readonly set: Readonly<Record<string, (value: unknown) => void>>
}

const MAX_FACTORIES = 500
const factories = new Map<string, Factory>()

/**
 * Compiles the text of a function at its position in its file, so that stacks show the user's own lines.
 *
 * Known variables are parameters around it, which the engine treats as constants; `late` ones can be set. The same text
 * is compiled once: a closure made again for each call stays optimised. Factories hold no captured value.
 */
export function compileFunction(
  fn: SourceFunction,
  module: SourceModule,
  names: readonly string[],
  late: readonly string[],
): Factory {
  const filename = scriptName(module)
  const key = [filename, fn.line, fn.column, fn.strict, fn.form, names.join(), late.join(), fn.code].join('\n')
  let factory = factories.get(key)
  if (factory === undefined) {
    if (fn.code.includes('import')) silenceLoaderWarning()
    const prefix = prefixOf(fn, names, late)
    const suffix = suffixOf(fn, late)
    factory = IS_IN_CONTEXT && !fn.code.includes('import') ? inContext(fn, prefix, suffix, filename) : undefined
    factory ??= inMainContext(fn, prefix, suffix, filename)
  }
  factories.delete(key)
  factories.set(key, factory)
  if (factories.size > MAX_FACTORIES) factories.delete(factories.keys().next().value as string)
  return factory
}

function inMainContext(fn: SourceFunction, prefix: string, suffix: string, filename: string): Factory {
  const script = new Script(prefix + fn.code + suffix, {
    filename,
    lineOffset: fn.line,
    columnOffset: fn.column - prefix.length,
    importModuleDynamically: LIKE_FILE,
  })
  return script.runInThisContext() as Factory
}

/**
 * Compiles a function in the context of this code, so that `instanceof` holds for what the engine makes in it.
 * `import()` would not work like that of its file there.
 */
function inContext(fn: SourceFunction, prefix: string, suffix: string, filename: string): Factory | undefined {
  const above = fn.line === 0 ? prefix : `${'\n'.repeat(fn.line - 1)}${prefix}\n${' '.repeat(fn.column)}`
  try {
    // oxlint-disable-next-line no-eval -- the text of a function of the program
    return globalThis.eval(`${above}${fn.code}${suffix}\n//# sourceURL=${filename}`) as Factory
  } catch (error) {
    // The context allows no code from texts.
    if (error instanceof EvalError) return undefined
    throw error
  }
}

function prefixOf(fn: SourceFunction, names: readonly string[], late: readonly string[]): string {
  const strict = fn.strict ? "'use strict';" : ''
  const variables = late.length > 0 ? `let ${late.join()};` : ''
  const start = late.length > 0 ? 'return {made:(' : 'return ('
  return `(function(${names.join()}){${strict}${variables}${start}${isMember(fn) ? '{' : ''}`
}

function suffixOf(fn: SourceFunction, late: readonly string[]): string {
  const end = isMember(fn) ? '\n})' : '\n)'
  if (late.length === 0) return `${end}})`
  const parameter = late.includes('$v') ? late.join('') : '$v'
  return `${end},set:{${late.map((name) => `${name}(${parameter}){${name}=${parameter}}`).join()}}}})`
}

function isMember(fn: SourceFunction): boolean {
  return fn.form !== 'expression'
}

/** Takes the function out of the object literal that a method, getter or setter was compiled in. */
export function unwrap(fn: SourceFunction, made: unknown): unknown {
  if (!isMember(fn)) return made
  const [key] = Reflect.ownKeys(made as object)
  const descriptor = Object.getOwnPropertyDescriptor(made, key as PropertyKey)
  if (fn.form === 'getter') return descriptor?.get
  return fn.form === 'setter' ? descriptor?.set : descriptor?.value
}
