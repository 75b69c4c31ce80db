import { createRequire } from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { OWN_FILE } from '../../../util/own-package.ts'
import type { PortableFunction } from '../../../wire/protocol/portable.ts'
import { type Inspected, readVariable } from '../inspect/inspector.ts'
import { isEntryScript } from '../inspect/program-start.ts'
import type { ScriptInfo } from '../inspect/script-file.ts'
import type { Callable } from './known-references.ts'
import { entriesBefore } from './package-entries.ts'

type ExportReference = Extract<PortableFunction, { kind: 'export' }>

/** The modules that `require` has loaded. Read late: code that was bundled by webpack has no `createRequire`. */
const loadedModules = (): NodeJS.Dict<NodeJS.Module> => createRequire(OWN_FILE).cache

/** The exports of the ES module that contains a function. */
export interface ModuleExports {
  /** Local variables, and the names under which they are exported. */
  readonly names: Iterable<{ readonly local: string; readonly name: string }>
  /** True if the function itself is the unnamed default export. */
  readonly isDefault: boolean
}

/**
 * Finds the module and name under which a worker can import a function.
 *
 * The module is never imported here for this: it may be waiting for this very call, or be loaded by other means.
 */
export function moduleReference(
  fn: Callable,
  { moduleScope }: Inspected,
  info: ScriptInfo,
  exportsOf: () => ModuleExports,
  loaded: () => Iterable<string>,
): ExportReference | undefined {
  const reference = referenceIn(fn, moduleScope, info, exportsOf)
  const after = reference === undefined ? [] : entriesBefore(reference.url, () => [...required(), ...loaded()])
  return reference && after.length > 0 ? { ...reference, after } : reference
}

/** Returns the URLs of the CommonJS modules that are loaded. V8 no longer lists those whose code was garbage collected. */
function required(): string[] {
  return Object.keys(loadedModules()).flatMap((path) => (isAbsolute(path) ? pathToFileURL(path).href : []))
}

function referenceIn(
  fn: Callable,
  moduleScope: object | undefined,
  info: ScriptInfo,
  exportsOf: () => ModuleExports,
): ExportReference | undefined {
  const { url } = info
  if (!info.isMainContext || isEntryScript(url)) return undefined
  if (!info.isModule) return asReference(url, commonjsName(fn, url))
  // Code given on the command line has a URL, but no file.
  if (!/^(?:file|data|https?):/.test(url) || /\/\[eval\d*\]$/.test(url)) return undefined
  const { names, isDefault } = exportsOf()
  for (const { local, name } of names) {
    const reading = readVariable(moduleScope === undefined ? [] : [moduleScope], local)
    if (reading.state === 'value' && reading.value === fn) return asReference(url, name)
  }
  return isDefault ? asReference(url, 'default') : undefined
}

function asReference(url: string, name: string | undefined): ExportReference | undefined {
  return name === undefined ? undefined : { kind: 'export', url, name }
}

/** Returns the exports of a CommonJS module that this thread has loaded, by their names. */
export function commonjsExports(url: string): (readonly [name: string, value: unknown])[] {
  const exports: unknown = url.startsWith('file:') ? loadedModules()[fileURLToPath(url)]?.exports : undefined
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return []
  const own = exports
  return [['default', own], ...Object.getOwnPropertyNames(own).map((name) => [name, valueOf(own, name)] as const)]
}

function commonjsName(fn: Callable, url: string): string | undefined {
  const module = url.startsWith('file:') ? loadedModules()[fileURLToPath(url)] : undefined
  if (module === undefined) return undefined
  const exports = module.exports as unknown
  if (exports === fn) return 'default'
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return undefined
  const name = propertyOf(exports, fn)
  // A worker would take `default` for the function that is the module itself.
  return name === 'default' && typeof exports === 'function' ? undefined : name
}

function propertyOf(exports: object, fn: Callable): string | undefined {
  const names = Object.getOwnPropertyNames(exports)
  // Most functions are exported under their own name.
  if (names.includes(fn.name) && valueOf(exports, fn.name) === fn) return fn.name
  return names.find((name) => valueOf(exports, name) === fn)
}

/** Reads an export. Compilers turn `export` into getters without effects; other getters are not called. */
function valueOf(exports: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(exports, name)
  if (descriptor?.get === undefined) return descriptor?.value
  try {
    return Object.hasOwn(exports, '__esModule') ? descriptor.get.call(exports) : undefined
  } catch {
    return undefined
  }
}
